"""Clients of a control socket that behave badly, and what a run pays for it.

usage: hostile.py TOUCHMON STAMP DIRECTORY TOUCHES ACTIONS

Touches a stamp, with a daemon that nobody talks to and with each kind of client in turn, in rounds,
and prints from touch to exec: median, 99th percentile and longest, and how much larger the daemon's
memory became. Exit status: 0 where no client delays a touch's run by more than 10 ms in the median or
at the 99th percentile, 1 where one does.
"""

import os
import socket
import struct
import subprocess
import sys
import time

touchmon, stamp, place, touches, actions = (
    sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
ROUNDS = 5
BOUND = 10e-3
control = f"{place}/state/control"


def connect():
    client = socket.socket(socket.AF_UNIX)
    client.setblocking(False)
    try:
        client.connect(control)
    except OSError:
        pass  # The backlog is full: that is for who connects, not for the runs.
    return client


def send(client, data):
    try:
        return client.send(data)
    except OSError:
        return 0


class Quiet:
    """Nobody."""
    name = "nobody"

    def __init__(self):
        self.clients = []

    def poke(self):
        """Once before each touch."""

    def close(self):
        for client in self.clients:
            client.close()


class Garbage(Quiet):
    name = "garbage"

    def poke(self):
        self.clients.append(connect())
        send(self.clients[-1], os.urandom(4096) + b"\n")


class Half(Quiet):
    name = "half a request"

    def poke(self):
        self.clients.append(connect())
        send(self.clients[-1], b'{"request": "sta')


class Many(Quiet):
    """Ten thousand requests at once, whose answers are never read."""
    name = "10,000 requests, never read"

    def __init__(self):
        self.clients = [connect() for _ in range(8)]
        line = b'{"request":"status","from":0}\n' * 10000
        for client in self.clients:
            send(client, line)

    def poke(self):
        for client in self.clients:
            send(client, b'{"request":"history","limit":200}\n')


class Reading(Quiet):
    """Ten thousand requests, whose answers are read as fast as they come."""
    name = "10,000 requests, read"

    def __init__(self):
        self.clients = []
        self.child = subprocess.Popen([sys.executable, "-c", f"""
import socket
client = socket.socket(socket.AF_UNIX)
client.connect({control!r})
for _ in range(10000):
    client.sendall(b'{{"request":"status","from":0}}\\n')
    rest = b''
    while b'"end":true' not in rest[-4096:]:
        rest = rest[-4096:] + client.recv(1 << 20)
"""])

    def close(self):
        self.child.kill()
        self.child.wait()


class Held(Quiet):
    name = "1,000 connections"

    def __init__(self):
        self.clients = [connect() for _ in range(1000)]


class All(Quiet):
    name = "all of them"

    def __init__(self):
        self.clients = []
        self.kinds = [Garbage(), Half(), Many(), Held()]

    def poke(self):
        for kind in self.kinds:
            kind.poke()

    def close(self):
        for kind in self.kinds:
            kind.close()


def memory(process):
    with open(f"/proc/{process}/status") as status:
        for line in status:
            if line.startswith("RssAnon"):
                return int(line.split()[1])


def measure(fifo, kind):
    times = []
    client = kind()
    try:
        for _ in range(touches):
            client.poke()
            time.sleep(0.001)
            began = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
            os.utime(f"{place}/stamp")
            record = b""
            while len(record) < 24:
                record += os.read(fifo, 24 - len(record))
            times.append((struct.unpack("q", record[:8])[0] - began) / 1e9)
    finally:
        client.close()
    return times


def main():
    import json
    plan = {f"{place}/stamp": {"argv": [stamp, f"{place}/fifo"], "user": os.getuid()}}
    for number in range(actions):
        plan[f"{place}/d/{number}"] = {"argv": ["true"], "user": os.getuid()}
    with open(f"{place}/a.json", "w") as file:
        json.dump(plan, file)
    open(f"{place}/stamp", "w").close()
    os.mkdir(f"{place}/d")
    os.mkfifo(f"{place}/fifo")
    fifo = os.open(f"{place}/fifo", os.O_RDWR)
    with open(f"{place}/log", "w") as log:
        daemon = subprocess.Popen(
            [touchmon, "run", "--state-directory", f"{place}/state", "--log-level", "error",
             f"{place}/a.json"], stdout=log, stderr=log)
    while not os.path.exists(control):
        time.sleep(0.01)
    kinds = [Quiet, Garbage, Half, Many, Reading, Held, All]
    times = {kind: [] for kind in kinds}
    grown = dict.fromkeys(kinds, 0)
    try:
        measure(fifo, Quiet)
        for _ in range(ROUNDS):
            for kind in kinds:
                before = memory(daemon.pid)
                times[kind] += measure(fifo, kind)
                grown[kind] = max(grown[kind], memory(daemon.pid) - before)
    finally:
        daemon.terminate()
        daemon.wait()
    quiet = None
    failed = False
    print(f"{'client':30}{'median':>10}{'99 %':>10}{'longest':>10}{'memory':>12}")
    for kind in kinds:
        values = sorted(times[kind])
        row = [values[len(values) // 2], values[len(values) * 99 // 100], values[-1]]
        quiet = quiet or row
        failed |= row[0] - quiet[0] > BOUND or row[1] - quiet[1] > BOUND
        print(f"{kind.name:30}" + "".join(f"{value * 1e3:7.2f} ms" for value in row)
              + f"{grown[kind]:9} kB")
    return 1 if failed else 0


sys.exit(main())
