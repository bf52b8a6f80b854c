"""System calls of one touch, by strace(1): of the daemon, and of the run's process up to exec."""

import collections
import re
import statistics
import subprocess
import time

import process
import scene

TOUCHES, WARM_UP = 15, 5
LINE = re.compile(r"(\d+) +(\d+\.\d+) (.*)")
CALL = re.compile(r"(\w+)\(")


def trace(binary, place, more):
    """Traced lines (process, time, text), the times of the touches, and the daemon's number."""
    output = f"{place}.strace"
    with scene.Scene(binary, place, more=more) as daemon:
        for _ in range(WARM_UP):
            daemon.touch()
        time.sleep(2.5)  # the save that follows
        daemon.touch()
        tracees = [word for member in (daemon.pid, *daemon.children()) for word in ("-p", str(member))]
        tracer = subprocess.Popen(["strace", "-f", "-ttt", "-s", "0", "-o", output, *tracees],
                                  stderr=subprocess.DEVNULL)
        try:
            scene.wait_for("the tracer", lambda: process.status(daemon.pid, "TracerPid") == tracer.pid)
            daemon.rest()
            times = []
            for _ in range(TOUCHES):
                times.append(time.time())
                daemon.touch()
            times.append(time.time())
        finally:
            tracer.terminate()
            tracer.wait()
        with open(output) as lines:
            found = [match.groups() for match in map(LINE.match, lines) if match]
    return [(int(who), float(when), text) for who, when, text in found], times, daemon.pid


def count(lines, times, daemon):
    """Of each call the lower quartile of how often it is made for a touch, as a busy machine only adds to that: by the daemon until the run's process goes
    on, by the daemon afterwards, and by the run's process up to exec, with what was done when it was made ahead."""
    executed = set()
    touches = [Touch() for _ in times[:-1]]
    for who, when, text in lines:
        index = sum(when >= begun for begun in times) - 1
        if not 0 <= index < len(touches) or who in executed:
            continue
        touch, name = touches[index], CALL.match(text)
        if who == daemon and name:
            (touch.after if touch.is_begun else touch.before)[name.group(1)] += 1
            # The process was made ahead and waits for a word, or is made now.
            touch.is_begun |= name.group(1) in ("futex", "clone")
        elif name:
            touch.run[name.group(1)] += 1
            if name.group(1) == "execve":
                executed.add(who)
    return {key: usual([getattr(touch, key) for touch in touches]) for key in ("before", "after", "run")}


class Touch:
    def __init__(self):
        self.before, self.after, self.run = (collections.Counter() for _ in range(3))
        self.is_begun = False


def usual(counters):
    found = {name: sorted(counter[name] for counter in counters)[len(counters) // 4]
             for name in sorted(set().union(*counters))}
    return {name: number for name, number in found.items() if number > 0}


def switches(binary, place, more):
    """How often the daemon goes to sleep for one touch in all, when nobody traces it."""
    with scene.Scene(binary, place, more=more) as daemon:
        for _ in range(WARM_UP):
            daemon.touch()
        found = []
        for _ in range(TOUCHES):
            before = process.switches(daemon.pid)
            daemon.touch()
            found.append(process.switches(daemon.pid) - before)
    return statistics.median_low(found)
