"""A reload, asked for as `touchmon reload` does, with one command changed in an action file of many actions,
until the daemon answers that it is done; and from touch to exec of another path of the same daemon, which is
touched all the time meanwhile, the next touch half a millisecond after the run of the one before has begun. A
delay counts to a reload where touch and run enclose a part of it."""

import json
import os
import select
import struct
import threading
import time

import control
import figures
import many
import plot
import process
import servers

TITLE = "Reload"
NEEDS_ROOT = False


class Toucher(threading.Thread):
    """Touches a file and waits for its run, over and over."""

    def __init__(self, job):
        super().__init__(daemon=True)
        self.job, self.found, self.problem, self.is_done = job, [], None, False
        self.fifo = os.open(job.fifo, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)

    def run(self):
        try:
            while not self.is_done:
                self.found.append(self.touch())
                time.sleep(0.0005)
        except (OSError, RuntimeError) as problem:
            self.problem = problem
        finally:
            os.close(self.fifo)

    def touch(self):
        """When it began and when its run did, in nanoseconds."""
        file = os.open(self.job.file, os.O_WRONLY)
        began = process.monotonic()
        os.utime(file)
        os.close(file)
        if not select.select([self.fifo], [], [], servers.PATIENCE)[0]:
            raise RuntimeError("a touch had no run")
        started, = struct.unpack_from("q", os.read(self.fifo, servers.RECORD))
        return began, started

    def delays(self, begin, end):
        """In nanoseconds, of those that were under way in that time; there need not be one."""
        return [started - began for began, started in list(self.found) if began < end and started > begin]


def wait_for(toucher, condition):
    deadline = time.monotonic() + servers.PATIENCE
    while not condition():
        if toucher.problem or time.monotonic() > deadline:
            raise RuntimeError(f"the runs do not come: {toucher.problem}")
        time.sleep(0.01)


def measure(bench, size):
    """The times of some reloads, the longest delay in each, and all delays when nothing is reloaded, in
    nanoseconds."""
    place = bench.place
    files = many.paths(place, size)
    job = servers.Job(place, "other")
    plan = {**many.actions(place, files), job.file: {"argv": job.argv, "user": place.user}}
    toucher = Toucher(job)
    took, delays = [], []
    # Its log is not read any more from then on, so it has to be short.
    with many.Daemon(place, plan, options=["--log-level", "notice"]) as daemon:
        daemon.wait_for(" ready: ")
        process.wait_until_idle(daemon.pid)
        toucher.start()
        try:
            wait_for(toucher, lambda: len(toucher.found) >= bench.pick(1000, 200))
            quiet = [started - began for began, started in toucher.found[50:]]
            for number in range(bench.pick(11, 3)):
                plan[files[number % size]]["argv"] = ["/bin/true", str(number)]
                with open(f"{daemon.actions}.new", "w") as file:
                    json.dump(plan, file)
                os.rename(f"{daemon.actions}.new", daemon.actions)
                count = len(toucher.found)
                wait_for(toucher, lambda: len(toucher.found) >= count + 20)
                client = control.Control(daemon.state)
                began = process.monotonic()
                client.send({"request": "reload"})
                answer, came = client.next(), process.monotonic()
                client.close()
                if not answer.get("done"):
                    raise RuntimeError(f"the reload was refused: {answer}")
                took.append(came - began)
                wait_for(toucher, lambda: toucher.found[-1][0] > came)
                delays.append(max(toucher.delays(began, came), default=0))
        finally:
            toucher.is_done = True
            toucher.join(servers.PATIENCE + 1)
    return took, delays, quiet


def run(bench, result):
    sizes = bench.pick([1000, 10_000, 100_000], [100, 1000, 10_000])
    times, longest, rows = [], [], []
    for size in sizes:
        bench.say(f"{size:,} actions")
        took, delays, quiet = measure(bench, size)
        times.append(figures.median(took) / 1e6)
        longest.append(max(delays) / 1e6)
        rows.append([f"{size:,}", figures.number(times[-1]), figures.number(max(took) / 1e6),
                     *(figures.number(value / 1e6) for value in (
                         figures.median(quiet), figures.quantile(quiet, 0.99), max(quiet))),
                     figures.number(figures.median(delays) / 1e6), figures.number(longest[-1])])
        typical = figures.median(quiet) / 1e6
    result.table("milliseconds", ["actions", "reload, median", "reload, longest", "a run at rest, median", "p99",
                                  "longest", "longest in a reload, median", "longest of all"], rows)
    result.claim(f"reload of {sizes[-1]:,} actions, one changed, median", times[-1], 300, unit="ms")
    result.claim(f"reload of {sizes[-1]:,} actions: the longest delay of a run meanwhile", longest[-1] - typical, 5,
                 unit="ms beyond the median at rest")
    result.growth("the reload", sizes, times)
    result.growth("the longest delay of a run in a reload", sizes, longest)
    result.plots["reload"] = plot.growth("Reload", "actions", "milliseconds", [
        ("until it is reloaded", sizes, times), ("longest delay of a run", sizes, longest)])
