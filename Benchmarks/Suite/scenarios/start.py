"""From the start of the process until it says that it is ready, with a ledger that is not there yet and with
one that knows all paths. By its own log it counts from the beginning of main; from outside, from before the
process is made until the line has been read."""

import re
import statistics

import figures
import many
import plot

TITLE = "Start"
NEEDS_ROOT = False
GOALS = {10: 5, 10_000: 100, 100_000: 1000}  # milliseconds


def own_milliseconds(line):
    value, unit = re.search(r" in ([0-9.]+) (ms|s)$", line).groups()
    return float(value) * (1000 if unit == "s" else 1)


def once(place, plan, own=None):
    with many.Daemon(place, plan, own) as daemon:
        line, came = daemon.wait_for(" ready: ")
        return own_milliseconds(line), (came - daemon.began) / 1e6, daemon.own


def run(bench, result):
    place = bench.place
    sizes = bench.pick([10, 1000, 10_000, 100_000], [10, 100, 1000, 10_000])
    rows, growing = [], {"first": [], "again": []}
    for size in sizes:
        bench.say(f"{size:,} actions")
        plan = many.actions(place, many.paths(place, size))
        found = {"first": [], "again": []}
        for _ in range(bench.pick(7, 2)):
            *first, own = once(place, plan)
            found["first"].append(first)
            found["again"].append(once(place, plan, own)[:2])
        for kind, values in found.items():
            own, outside = (statistics.median(column) for column in zip(*values))
            growing[kind].append(own)
            rows.append([f"{size:,}", "no ledger yet" if kind == "first" else "all paths known",
                         figures.number(own), figures.number(outside), figures.number(1000 * own / size)])
            if size in GOALS:
                result.claim(f"start with {size:,} actions, {rows[-1][1]}, by its own log", own, GOALS[size], unit="ms")
    result.table("medians", ["actions", "", "by its own log, ms", "from the start of the process, ms",
                             "for an action, µs"], rows)
    for kind, words in ("first", "no ledger yet"), ("again", "all paths known"):
        # Ten actions are below what starts without any.
        exponent = result.growth(f"the start, {words}", sizes[1:], growing[kind][1:])
        result.claim(f"start, {words}, linear: exponent", exponent, 1.1, unit="")
    result.plots["start"] = plot.growth("Start", "actions", "milliseconds until ready, by its own log", [
        ("no ledger yet", sizes[1:], growing["first"][1:]), ("all paths known", sizes[1:], growing["again"][1:])])
