"""Touches of many paths in turns, as fast as two processes can, on a file system in memory. None is lost if
each path has a run that began after its last touch; that a run serves several touches is as it should be. The
daemon's processor time is compared with that of a C loop with one watch that reads the same events, starts
nothing and forgets them. The daemon also begins runs in that time; the processor time of the runs themselves
is not its own."""

import crowd
import figures
import plot
import process
import servers

TITLE = "A storm of touches"
NEEDS_ROOT = True
PROCESSES = 2


class Discard(servers.Server):
    other_user, ready_word, is_peer = "not at all", "ready", False

    def __init__(self, place, name, job):
        self.name, self.label = name, name.replace("-", " ")
        super().__init__(place, job)

    def configure(self):
        return [self.place.program("discard"), self.job.directory]


def once(place, server, touches, is_answered):
    """Processor time in nanoseconds a touch, and what the storm told."""
    with servers.Running([server]):
        process.wait_until_idle(server.pid)
        before = process.processor_time(server.pid)
        told = crowd.storm(place, server.job, touches, PROCESSES, 30, is_answered)
        process.wait_until_idle(server.pid)
        return (process.processor_time(server.pid) - before) / touches, told, server.text().count("overflow")


def run(bench, result):
    place = bench.place
    paths = bench.pick(1000, 100)
    sizes = bench.pick([10_000, 100_000, 1_000_000], [1000, 10_000, 100_000])
    cost = {"floor": [], "touchmon": []}
    rows = []
    for size in sizes:
        bench.say(f"{size:,} touches of {paths:,} paths")
        inside = place.memory(1024)
        floors = []
        for name in "floor-a", "floor-b":
            used, told, _ = once(place, Discard(place, name, crowd.Job(place, name, paths, inside)), size, False)
            floors.append(used)
            rows.append([f"{size:,}", name.replace("-", " "), figures.number(used / 1000),
                         figures.number(told[0] / 1e9), "–", "–", "–"])
        server = crowd.Touchmon(place, crowd.Job(place, "touchmon", paths, inside),
                                options=["--log-level", "notice"])
        used, (touching, _, runs, lost), overflows = once(place, server, size, True)
        rows.append([f"{size:,}", "touchmon", figures.number(used / 1000), figures.number(touching / 1e9),
                     f"{runs:,}", str(lost), str(overflows)])
        place.unmount(inside)
        cost["floor"].append(sum(floors) / 2 * size)
        cost["touchmon"].append(used * size)
    result.table("", ["touches", "", "its processor time a touch, µs", "touching, s", "runs", "lost",
                      "overflows of the queue"], rows)
    noise = abs(floors[1] / floors[0] - 1)
    result.claim(f"storm of {sizes[-1]:,} touches on {paths:,} paths: paths without a run after their last touch",
                 lost, 0, unit="lost")
    result.claim(f"storm of {sizes[-1]:,} touches on {paths:,} paths: processor time a touch",
                 figures.ratio(used, sum(floors) / 2), 1.5, unit="times the C loop that reads and discards",
                 noise=noise)
    for name, values in cost.items():
        result.growth(f"the processor time of a storm, {name}", sizes, values)
    result.plots["storm"] = plot.growth("A storm of touches", "touches", "milliseconds of processor time", [
        (name, sizes, [value / 1e6 for value in values]) for name, values in cost.items()])
