"""`touchmon touch --follow` of a path whose command is /bin/true, beside the bare round trip. Bare is a touch, the
floor's run of /bin/true, and a byte that the floor writes to a FIFO when it has reaped that: from before the
touch until the byte has been read. The round trip of a follow is from before the connection to the daemon until
its line that the run has ended has been read, by what measures the bare one too, with the words that the
command sends. The whole command is from before its process is made until it is reaped; the start of the program
is the same of `touchmon --version`, and stands beside it. All in turns, by one program, which is written in
Python: what that adds is in both."""

import os
import random
import select
import subprocess
import time

import control
import figures
import many
import plot
import process
import servers

TITLE = "Following a touch"
NEEDS_ROOT = False


class Floor(servers.Floor):
    """Runs /bin/true, and tells of its end."""

    def configure(self):
        return [self.place.program("floor"), "-t", self.job.fifo, self.job.file, self.user, "/bin/true"]

    def round_trip(self):
        fifo = os.open(self.job.fifo, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            began = process.monotonic()
            file = os.open(self.job.file, os.O_WRONLY | os.O_CLOEXEC)
            os.utime(file)
            os.close(file)
            if not select.select([fifo], [], [], servers.PATIENCE)[0]:
                raise RuntimeError("the floor did not tell of the end")
            os.read(fifo, 1)
            took = process.monotonic() - began
            time.sleep(0.003)
            while select.select([fifo], [], [], 0)[0]:
                os.read(fifo, 64)  # a run too many: the floor keeps no state
            return took
        finally:
            os.close(fifo)


def command(arguments):
    began = process.monotonic()
    subprocess.run(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   check=True)
    return process.monotonic() - began


def followed(daemon, path):
    began = process.monotonic()
    reply = control.follow(daemon.state, path)
    took = process.monotonic() - began
    if reply.get("event") != "ended" or reply.get("status") != 0:
        raise RuntimeError(f"the touch was not followed to its end: {reply}")
    return took


def run(bench, result):
    place = bench.place
    path, = many.paths(place, 1)
    names = {"floor-a": "bare, floor a", "floor-b": "bare, floor b", "follow": "touch --follow, without its start",
             "command": "touch --follow, the whole command", "version": "touchmon --version"}
    found = {name: [] for name in names}
    with servers.Running([Floor(place, "floor-a"), Floor(place, "floor-b")]) as floors, \
            many.Daemon(place, many.actions(place, [path]), options=["--log-level", "notice"]) as daemon:
        daemon.wait_for(" ready: ")
        state = ["--state-directory", daemon.state]
        ways = {
            "floor-a": floors.servers[0].round_trip, "floor-b": floors.servers[1].round_trip,
            "follow": lambda: followed(daemon, path),
            "command": lambda: command([place.binary, "touch", *state, "--follow", path]),
            "version": lambda: command([place.binary, "--version"]),
        }
        rounds, warm_up = bench.pick(1000, 40), bench.pick(40, 5)
        deadline = time.monotonic() + bench.pick(240, 10)
        number = 0
        while number < warm_up + rounds or not quiet(found) and time.monotonic() < deadline:
            for name in random.sample(list(ways), len(ways)):
                time.sleep(0.003 + random.random() * 0.001)
                took = ways[name]()
                if number >= warm_up:
                    found[name].append(took)
            number += 1
    bare = found["floor-a"] + found["floor-b"]
    noise = figures.noise(found["floor-a"], found["floor-b"])
    result.table(f"{number - warm_up:,} rounds", ["", "median, µs", "p90, µs", "p99, µs", "median / bare"], [
        [names[name], *(figures.microseconds(figures.quantile(values, share)) for share in (0.5, 0.9, 0.99)),
         figures.number(figures.ratio(figures.median(values), figures.median(bare)))]
        for name, values in found.items()])
    result.notes.append(f"Noise, floor against floor: median {100 * noise:.1f} %.")
    result.claim("touch --follow around /bin/true, without the start of the program, median",
                 figures.ratio(figures.median(found["follow"]), figures.median(bare)), 1.5,
                 unit="times the bare round trip", noise=noise)
    result.plots["follow"] = plot.ranges("Following a touch of /bin/true", "microseconds", [
        (label.replace("bare, ", ""), *(figures.quantile(found[name], share) / 1000 for share in (0.5, 0.9, 0.99)))
        for name, label in names.items()])


def quiet(found):
    noise = figures.noise(found["floor-a"], found["floor-b"])
    return noise is not None and noise <= figures.NOISE_LIMIT
