"""timeline [--touches N] [--user NAME] [--json]: where the time of a touch goes, as the kernel's scheduler saw it.

The floor and touchmon are touched in turns, each after a rest, while the kernel's trace tells who was woken, who ran
when and what was called: tracefs, sched and raw_syscalls. Each line of the table is a part of the way, in microseconds,
the median of all touches; tracing makes the kernel slower, so the sum is more than it takes without. Needs root.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.realpath(__file__))
ROOT = os.path.realpath(f"{HERE}/../..")
sys.dont_write_bytecode = True
sys.path[:0] = [f"{ROOT}/Benchmarks/Count", f"{ROOT}/Benchmarks/Suite"]

import place as places  # noqa: E402
import process  # noqa: E402
import scene  # noqa: E402

TRACING = "/sys/kernel/tracing"
INSTANCE = f"{TRACING}/instances/touchmon-timeline"
LINE = re.compile(r"\s*(?:<\.\.\.>|\S.*?)-(\d+)\s+\[(\d+)\]\s+\S+\s+([\d.]+): (\w+): (.*)")
EVENTS = ("sched/sched_waking", "sched/sched_switch", "sched/sched_process_exec", "raw_syscalls/sys_enter",
          "raw_syscalls/sys_exit")
OPEN, EXECVE, VFORK, CLONE, FUTEX, WAIT = 257, 59, 58, 56, 202, 441
WARM_UP = 10
PARTS = (
    ("touch", "the touch: from open(2) until whoever watches is woken"),
    ("woken", "until it runs"),
    ("decides", "until it begins the run: events read, file looked at, decided"),
    ("begun", "until the run's process goes on"),
    ("prepares", "record, user, rights, until execve(2)"),
    ("executes", "execve(2)"),
    ("starts", "until the program's first call"),
)


class Trace:
    """What the kernel tells while the body runs."""

    def __enter__(self):
        if not os.path.exists(f"{TRACING}/trace"):
            subprocess.run(["mount", "-t", "tracefs", "nodev", TRACING], check=True)
        os.mkdir(INSTANCE)
        self._write("trace_clock", "mono")
        self._write("buffer_size_kb", "32768")
        for event in EVENTS:
            self._write(f"events/{event}/enable", "1")
        return self

    def __exit__(self, *_):
        self._write("tracing_on", "0")
        os.rmdir(INSTANCE)

    def _write(self, name, text):
        with open(f"{INSTANCE}/{name}", "w") as file:
            file.write(text)

    def lines(self):
        """Since the last call: (process, time in microseconds, event, text)."""
        self._write("tracing_on", "0")
        with open(f"{INSTANCE}/trace") as file:
            found = [match.groups() for match in map(LINE.match, file) if match]
        self._write("trace", "")
        self._write("tracing_on", "1")
        return [(int(who), float(when) * 1e6, event, text) for who, _, when, event, text in found]


def parts(lines, toucher, watcher):
    """How long each part took; nil where something else came between."""
    at = {}

    def first(name, *, after, who=None, event=None, text=None):
        for pid, when, kind, words in lines:
            if when >= at.get(after, 0) and (who is None or pid == who) and (event is None or kind == event) \
                    and (text is None or re.search(text, words)):
                at[name] = when
                return pid
        raise LookupError(name)

    first("begin", after="", who=toucher, event="sys_enter", text=rf"NR {OPEN} \(")
    first("woken", after="begin", event="sched_waking", text=rf"pid={watcher} ")
    first("runs", after="woken", event="sched_switch", text=rf"next_pid={watcher} ")
    first("starts", after="runs", who=watcher, event="sys_enter", text=rf"NR ({VFORK}|{CLONE}|{FUTEX}) \(")
    child = first("execs", after="starts", event="sys_enter", text=rf"NR {EXECVE} \(")
    first("goes", after="starts", event="sched_switch", text=rf"next_pid={child} ")
    first("executed", after="execs", who=child, event="sys_exit", text=rf"NR {EXECVE} = 0")
    first("main", after="executed", who=child, event="sys_enter")
    waits = sum(at["runs"] < when < at["starts"] and pid == watcher and kind == "sys_enter" and f"NR {WAIT} (" in words
                for pid, when, kind, words in lines)
    marks = ("begin", "woken", "runs", "starts", "goes", "execs", "executed", "main")
    return [at[later] - at[earlier] for earlier, later in zip(marks, marks[1:])] + [waits]


class Toucher:
    """A process that opens a file, sets its times and closes it: for each line that it reads."""

    SOURCE = """
        #include <fcntl.h>
        #include <stdio.h>
        #include <sys/stat.h>
        #include <unistd.h>
        int main(int argc, char **argv) {
            while (argc > 1 && getchar() != EOF) {
                int file = open(argv[1], O_WRONLY | O_CLOEXEC);
                futimens(file, NULL);
                close(file);
            }
        }"""

    def __init__(self, directory, path):
        program = f"{directory}/toucher"
        if not os.path.exists(program):
            subprocess.run(["cc", "-O2", "-x", "c", "-", "-o", program], input=self.SOURCE.encode(), check=True)
        self.process = subprocess.Popen([program, path], stdin=subprocess.PIPE, bufsize=0)
        self.pid = self.process.pid

    def touch(self):
        self.process.stdin.write(b"x")

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def measure(binary, directory, user, touches):
    subprocess.run(["cc", "-O2", f"{ROOT}/Benchmarks/Latency/floor.c", "-o", f"{directory}/floor"], check=True)
    found = {"floor": [], "touchmon": []}
    with scene.Scene(binary, f"{directory}/touchmon", more={"user": user}) as daemon:
        os.mkdir(f"{directory}/f")
        stamp = f"{directory}/f/stamp"
        open(stamp, "w").close()
        floor = subprocess.Popen([f"{directory}/floor", stamp, user, f"{directory}/touchmon/nothing"],
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        touchers = [("floor", Toucher(directory, stamp), floor.pid),
                    ("touchmon", Toucher(directory, daemon.stamp), daemon.pid)]
        try:
            with Trace() as trace:
                for index in range(WARM_UP + touches):
                    for name, toucher, watcher in touchers:
                        time.sleep(0.03)
                        trace.lines()
                        toucher.touch()
                        time.sleep(0.02)
                        lines = trace.lines()
                        try:
                            if index >= WARM_UP:
                                found[name].append(parts(lines, toucher.pid, watcher))
                        except LookupError:
                            pass
                process.wait_until_idle(daemon.pid)
        finally:
            for _, toucher, _ in touchers:
                toucher.end()
            floor.terminate()
            floor.wait()
    return found


def main():
    parser = argparse.ArgumentParser(prog="timeline", description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--touches", type=int, default=200)
    parser.add_argument("--user", default="nobody")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    binary = os.path.realpath(os.environ.get("TOUCHMON_BINARY", f"{ROOT}/.build/release/touchmon"))
    places.leave_mounts()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "touchmon", "/mnt"], check=True)
    found = measure(binary, "/mnt", options.user, options.touches)
    medians = {name: [statistics.median(column) for column in list(zip(*rows))[:-1]] for name, rows in found.items()}
    sums = {name: statistics.median(sum(row[:-1]) for row in rows) for name, rows in found.items()}
    again = {name: sum(row[-1] > 0 for row in rows) / len(rows) for name, rows in found.items()}
    if options.json:
        print(json.dumps({"parts": [name for name, _ in PARTS], **medians, "all": sums,
                          "woken_again": again}, indent=1))
        return
    print(f"| µs, medians of {len(found['floor'])} and {len(found['touchmon'])} touches | floor | touchmon |")
    print("|---|---:|---:|")
    for (_, words), *numbers in zip(PARTS, medians["floor"], medians["touchmon"]):
        print(f"| {words} | {numbers[0]:.0f} | {numbers[1]:.0f} |")
    print(f"| of all, woken once more before the run | {again['floor']:.0%} | {again['touchmon']:.0%} |")
    print(f"| in all | {sums['floor']:.0f} | {sums['touchmon']:.0f} |")


main()
