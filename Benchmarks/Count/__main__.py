"""count-touch [--check] [--counted FILE] [--action JSON]: what one touch costs, in things that can be counted.

Prints JSON: system calls (of the daemon until the run's process goes on and after that, and of that process up
to exec), wake-ups, allocations, instructions from the wake-up until the run's process goes on. With --check it
holds them to Benchmarks/thresholds.json and to the table in docs/performance.md. Exit status: 0, 1 where
something is more than that, 77 where it can't be counted.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
ROOT = os.path.realpath(f"{HERE}/../..")
sys.path.append(f"{HERE}/../Suite")

import calls  # noqa: E402
import check  # noqa: E402
import heap  # noqa: E402
import place  # noqa: E402
import steps  # noqa: E402


def count(binary, more):
    """In a namespace of its own, on a file system in memory below the root: nobody else's work wakes it."""
    place.leave_mounts()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "touchmon", "/mnt"], check=True)
    made = calls.count(*calls.trace(binary, "/mnt/calls", more))
    return {
        "system_calls": made,
        "wake_ups": {"until_the_run": 1 + made["before"].get("epoll_pwait2", 0),
                     "in_all": calls.switches(binary, "/mnt/switches", more)},
        "allocations": heap.allocations(binary, "/mnt", more),
        "instructions": steps.instructions(binary, "/mnt", more),
    }


def main():
    parser = argparse.ArgumentParser(prog="count-touch", description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--check", action="store_true", help="hold what was counted to what is promised")
    parser.add_argument("--counted", help="what an earlier one printed, instead of counting")
    parser.add_argument("--action", type=json.loads, default={}, help="further keys of the action, as JSON")
    options = parser.parse_args()
    # Whoever started it may block signals, and what is started here is ended by them.
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    if options.counted:
        with open(options.counted) as file:
            counted = json.load(file)
    else:
        if os.getuid() != 0 or os.uname().machine != "x86_64" or not shutil.which("strace"):
            print("touchmon: unable to count: it needs root, x86-64 and strace", file=sys.stderr)
            return 77
        binary = os.path.realpath(os.environ.get("TOUCHMON_BINARY", f"{ROOT}/.build/release/touchmon"))
        counted = count(binary, options.action)
    print(json.dumps(counted, indent=1))
    if not options.check:
        return 0
    with open(f"{ROOT}/Benchmarks/thresholds.json") as file:
        thresholds = json.load(file)
    with open(f"{ROOT}/docs/performance.md") as file:
        found = check.problems(counted, thresholds, file.read())
    for problem in found:
        print(f"touchmon: a touch costs more than it may: {problem}", file=sys.stderr)
    return 1 if found else 0


sys.exit(main())
