"""How long commands take with a long history and many actions, and what the daemon's memory does.

usage: commands.py TOUCHMON DIRECTORY ACTIONS RUNS REPEATS

Prints of each command the median and the longest time. Exit status: 0 where the medians of all but
the one that prints the whole history are below 50 ms and the daemon's memory grew by less than 2 MiB,
1 otherwise.
"""

import json
import os
import sqlite3
import statistics
import subprocess
import sys
import time

touchmon, place = sys.argv[1:3]
actions, runs, repeats = map(int, sys.argv[3:6])
BOUND, GROWTH = 50e-3, 2048
state = f"{place}/state"


def start():
    log = open(f"{place}/log", "w")
    daemon = subprocess.Popen(
        [touchmon, "run", "--state-directory", state, f"{place}/a.json"], stdout=log, stderr=log)
    while "ready" not in open(f"{place}/log").read():
        time.sleep(0.01)
    return daemon


def memory(process):
    with open(f"/proc/{process}/status") as status:
        for line in status:
            if line.startswith("RssAnon"):
                return int(line.split()[1])


def fill():
    """Puts runs into the history, as many of each action, every fiftieth failed."""
    ledger = sqlite3.connect(f"{state}/ledger.sqlite")
    now = time.time_ns()

    def rows():
        for number in range(1, runs + 1):
            began = now - (runs - number) * 1_000_000_000
            path = f"{place}/d/{number % actions}".encode()
            failed = 3 if number % 50 == 0 else 0
            yield (number, path, 0, 1000 + number % 30000, number, began, began + 5_000_000, 0,
                   failed, None, None, 0, 1)

    ledger.executemany("INSERT INTO run VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)", rows())
    ledger.execute("UPDATE summary SET last_run = ?", (runs,))
    ledger.commit()
    ledger.close()


def measure(arguments):
    times = []
    for _ in range(repeats):
        began = time.monotonic()
        subprocess.run([touchmon, arguments[0], "--state-directory", state] + arguments[1:],
                       stdout=subprocess.DEVNULL, check=True)
        times.append(time.monotonic() - began)
    return statistics.median(times), max(times)


def main():
    os.mkdir(f"{place}/d")
    action = {"argv": ["true"], "user": os.getuid()}
    with open(f"{place}/a.json", "w") as file:
        json.dump({f"{place}/d/{number}": action for number in range(actions)}, file)
    daemon = start()
    daemon.terminate()
    daemon.wait()
    fill()
    daemon = start()
    path = f"{place}/d/7"
    failed = False
    try:
        before = memory(daemon.pid)
        for arguments, isBounded in [
            (["status", path], True), (["history"], True), (["history", path], True),
            (["history", "--failed"], True), (["history", "--since", "1h"], True),
            (["history", "--user", "4242"], True), (["output", "--help"], True),
            (["explain", path], True), (["status"], True), (["status", "--json"], True),
            (["metrics"], True), (["history", "--json", "-n", str(runs)], False),
        ]:
            median, longest = measure(arguments)
            failed |= isBounded and median > BOUND
            text = " ".join(arguments).replace(place, "")
            print(f"{text:32}{median * 1e3:9.1f} ms{longest * 1e3:9.1f} ms"
                  + ("" if isBounded else "   (all runs)"))
        growth = memory(daemon.pid) - before
        failed |= growth > GROWTH
        print(f"the daemon's memory: {before} kB, and {growth} kB after all of this")
    finally:
        daemon.terminate()
        daemon.wait()
    return 1 if failed else 0


sys.exit(main())
