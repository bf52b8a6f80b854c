"""Many different files of one directory are written at once, and each has a run of its own: from the first
touch to the beginning of the last run. The floor begins the next run as soon as one is executed, and waits for
none. Here all run as the daemon's own user."""

import random

import crowd
import figures
import plot
import servers

TITLE = "A crowd of touches"
NEEDS_ROOT = False


def rates(bench, count, peers, rounds):
    """Runs per second of each in each round, in turns. Also what was lost in all."""
    place = bench.place
    inside = place.memory() if place.is_root else None
    given = [crowd.Floor(place, "floor-a", crowd.Job(place, "floor-a", count, inside)),
             crowd.Floor(place, "floor-b", crowd.Job(place, "floor-b", count, inside)),
             crowd.Touchmon(place, crowd.Job(place, "touchmon", count, inside))]
    given += [peer(place, crowd.Job(place, peer.name, count, inside)) for peer in peers]
    found = {server.name: [] for server in given}
    lost, runs = dict.fromkeys(found, 0), dict.fromkeys(found, 0)
    with servers.Running(given) as running:
        for round_number in range(rounds + 1):
            for server in random.sample(running.servers, len(running.servers)):
                _, last, began, missing = crowd.storm(place, server.job, count, 1, patience=5)
                if round_number > 0:  # the first one warms up
                    found[server.name].append((count - missing) / (last / 1e9) if last else 0)
                    lost[server.name] += missing
                    runs[server.name] += began
    if inside:
        place.unmount(inside)
    return running, found, lost, runs


def run(bench, result):
    count, rounds = bench.pick(1000, 100), bench.pick(9, 3)
    bench.say(f"{count:,} files, with every peer")
    running, found, lost, runs = rates(bench, count, crowd.PEERS, rounds)
    floor = figures.median(found["floor-a"] + found["floor-b"])
    noise = figures.noise(found["floor-a"], found["floor-b"])
    result.table(f"{count:,} files at once, {rounds} rounds", [
        "", "runs a second, median", "least", "most", "of the floor", "lost", "runs too many"], [[
            server.describe(), figures.number(figures.median(found[server.name])),
            figures.number(min(found[server.name])), figures.number(max(found[server.name])),
            figures.number(figures.ratio(figures.median(found[server.name]), floor)), str(lost[server.name]),
            str(runs[server.name] - rounds * count + lost[server.name])] for server in running.servers])
    result.notes += [f"{server.label}: {server.how}." for server in running.servers if server.is_peer]
    result.notes += [f"{label}: {note}" for label, note in running.notes.items()] + [crowd.CANNOT]
    result.claim(f"{count:,} files touched at once, runs a second",
                 figures.ratio(figures.median(found["touchmon"]), floor), 0.95, noise=noise, at_least=True)
    result.claim(f"{count:,} files touched at once, lost", lost["touchmon"], 0, unit="by touchmon")

    sizes = bench.pick([100, 1000, 10_000], [10, 100, 1000])
    series = {"floor": [], "touchmon": []}
    for size in sizes:
        bench.say(f"{size:,} files")
        _, found, _, _ = rates(bench, size, [], bench.pick(3, 1))
        series["floor"].append(size / figures.median(found["floor-a"] + found["floor-b"]) * 1e3)
        series["touchmon"].append(size / figures.median(found["touchmon"]) * 1e3)
    result.table("milliseconds from the first touch to the last run", ["files", "floor", "touchmon", "ratio"], [
        [f"{size:,}", figures.number(floor), figures.number(own), figures.number(own / floor)]
        for size, floor, own in zip(sizes, series["floor"], series["touchmon"])])
    for name, values in series.items():
        result.growth(f"the time until all run, {name}", sizes, values)
    result.plots["crowd"] = plot.growth("A crowd of touches", "files touched at once", "milliseconds",
                                        [(name, sizes, values) for name, values in series.items()])
