"""From a touch to the first line of the command's main for a file of a tree, beside the same file as a path
of its own. Both are touchmon: what a tree costs is compared, not the floor. `make bench-trees` measures what
it costs to watch one."""

import json

import servers
import touches

TITLE = "Touch to exec in a tree"
NEEDS_ROOT = False


class Tree(servers.Touchmon):
    def configure(self):
        action = {"argv": self.job.argv, "user": self.user, "recursive": True}
        with open(self.actions, "w") as file:
            json.dump({f"{self.job.directory}/": action}, file)
        return [self.place.binary, "run", "--state-directory", self.state, self.actions]


def run(bench, result):
    place = bench.place
    with servers.Running([servers.Touchmon(place, "path-a"), servers.Touchmon(place, "path-b"),
                          Tree(place, "tree")]) as running:
        samples = touches.measure(place, running.servers, "touch", place.user, bench.pick(500, 40),
                                  bench.pick(250, 40), bench.pick(60, 2))
        columns = [column.replace("floor", "path") for column in touches.COLUMNS]
        result.table("", columns, touches.rows(samples, running.servers))
        result.notes.append(touches.noise_sentence(samples).replace("floor", "path"))
        result.claim("touch to exec in a tree, median", samples.ratio("tree", 0.5), 1.15,
                     unit="times a path of its own", noise=samples.noise())
