"""Writes of others that have nothing to do with what is watched: each opens a file, writes a byte and closes.
Beside a watched file in the same directory, the daemon is compared with a C loop that has one inotify watch
on that directory; with a tree that is watched elsewhere on the file system, with a C loop that has one
fanotify mark on that. Both loops read and discard. One write at a time wakes whoever watches for each; of a
hundred at once most are read together. Where files are new, each is made, written and removed. All has gone on
for a second when it is measured: touchmon has the kernel leave out directories that are nobody's by then, so of
steady traffic in one it hears nothing. The cost of a write is the writer's, which the kernel asks to put the
event into each queue."""

import os
import subprocess
import time

import figures
import plot
import process
import servers

TITLE = "Unrelated traffic"
NEEDS_ROOT = True
DIRECTORY, FILE_SYSTEM = "the same directory", "a marked file system"
DIRECTORIES = 20_000
EXISTING, NEW, SPREAD = "existing files", "new files", f"spread over {DIRECTORIES:,} directories"


class Watcher(servers.Server):
    """One of the C loops."""
    other_user, ready_word, is_peer = "not at all", "ready", False

    def __init__(self, place, name, words, job):
        self.name, self.label, self.words = name, name.replace("-", " "), words
        super().__init__(place, job)

    def configure(self):
        return [self.place.program(self.words[0]), *self.words[1:]]


class Tree(servers.Touchmon):
    def __init__(self, place, job):
        super().__init__(place, "touchmon", job)
        os.mkdir(f"{job.directory}/tree")
        self.more = {f"{job.directory}/tree/": {"argv": ["/bin/true"], "user": place.user, "recursive": True}}


def writes(bench, directory, burst, files, server):
    """Processor time of the server and the time of the writer for a write, in nanoseconds; and how many."""
    seconds, rate = bench.pick(2, 1), 600_000
    traffic = subprocess.Popen(
        [bench.place.program("traffic"), *(["-n"] if files == NEW else []), directory,
         str(DIRECTORIES if files == SPREAD else 200), str(rate), str(seconds), str(burst),
         *([str(DIRECTORIES)] if files == SPREAD else [])],
        stdout=subprocess.PIPE, text=True)
    try:
        if traffic.stdout.readline() != "made\n":
            raise RuntimeError("the traffic does not begin")
        # It begins a second later: what its first writes cause is over by then.
        time.sleep(0.7)
        before = process.processor_time(server.pid) if server else 0
        count, median, _, _ = (int(word) for word in traffic.stdout.read().split())
        process.wait_until_idle(server.pid) if server else None
        after = process.processor_time(server.pid) if server else 0
    finally:
        traffic.kill()
        traffic.wait()
    return (after - before) / count, median, count


def run(bench, result):
    place = bench.place
    bars = []
    loads = [(where, burst, files) for where in (DIRECTORY, FILE_SYSTEM)
             for burst, files in ((1, EXISTING), (1, NEW), (100, EXISTING))] + [(FILE_SYSTEM, 1, SPREAD)]
    for place_of_it, burst, files in bench.pick(loads, [loads[0], loads[1], loads[3]]):
        is_tree = place_of_it == FILE_SYSTEM
        where = f"{place_of_it}, {files}"
        bench.say(f"{where}, {burst} at a time")
        names = ["nobody", "loop-a", "loop-b", "touchmon"]
        used, slow = ({name: [] for name in names} for _ in range(2))
        for _ in range(bench.pick(3, 1)):
            for name in names:
                disk = place.memory(512)
                job = servers.Job(place, name, disk)
                written = place.scratch("traffic", disk) if is_tree else job.directory
                words = ["mark", disk, "120"] if is_tree else ["discard", job.directory]
                server = None if name == "nobody" else Watcher(place, name, words, job) if name != "touchmon" \
                    else Tree(place, job) if is_tree else servers.Touchmon(place, job=job)
                with servers.Running([server] if server else []):
                    cost, median, count = writes(bench, written, burst, files, server)
                used[name].append(cost)
                slow[name].append(median)
                place.unmount(disk)
        loop = figures.median(used["loop-a"] + used["loop-b"])
        noise = figures.noise(used["loop-a"], used["loop-b"])
        result.table(f"{where}, {burst} at a time, {count:,} writes", [
            "", "processor time for a write, µs", "of the C loop", "a write takes, µs"], [[
                name.replace("-", " "), "–" if name == "nobody" else figures.number(figures.median(used[name]) / 1e3),
                "–" if name == "nobody" else figures.number(figures.ratio(figures.median(used[name]), loop)),
                figures.number(figures.median(slow[name]) / 1e3)] for name in names])
        result.claim(f"unrelated writes, {where}, {burst} at a time: processor time for a write",
                     figures.ratio(figures.median(used["touchmon"]), loop), 1.3,
                     unit="times the C loop that reads and discards", noise=noise)
        bars += [(f"{name}, {'tree' if is_tree else 'directory'}, {burst}, {files.split()[0]}", *(
            figures.quantile(used[key], share) / 1e3 for share in (0.5, 0.9, 0.99)))
            for name, key in (("floor", "loop-a"), ("touchmon", "touchmon")) if min(used[key]) > 0]
    result.plots["traffic"] = plot.ranges("Unrelated traffic: processor time for a write", "microseconds", bars)
