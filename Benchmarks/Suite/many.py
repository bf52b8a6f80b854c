"""Daemons with many plain actions: each a file of its own, all with one command, a thousand in a directory."""

import json
import os
import select
import subprocess
import time

import servers

IN_DIRECTORY = 1000


def paths(place, count, inside=None):
    """Makes so many files, and returns their paths."""
    base, found = place.scratch("many", inside), []
    for number in range(count):
        if number % IN_DIRECTORY == 0:
            directory = f"{base}/{number // IN_DIRECTORY}"
            os.mkdir(directory)
        path = f"{directory}/{number % IN_DIRECTORY}"
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o644))
        found.append(path)
    return found


def actions(place, files, argv=("/bin/true",)):
    return {path: {"argv": list(argv), "user": place.user} for path in files}


class Daemon:
    """A touchmon whose log is read as it is written: how long it takes to say something can be told."""

    def __init__(self, place, plan, own=None, options=()):
        self.own = own or place.scratch("daemon")
        self.actions, self.state = f"{self.own}/actions.json", f"{self.own}/state"
        with open(self.actions, "w") as file:
            json.dump(plan, file)
        self.read = ""
        self.began = time.monotonic_ns()
        self.process = subprocess.Popen(
            [place.binary, "run", "--state-directory", self.state, *options, self.actions],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True,
            env={"PATH": os.environ["PATH"], "HOME": self.own})

    @property
    def pid(self):
        return self.process.pid

    def wait_for(self, words, seconds=servers.PATIENCE):
        """The line that has the words, of those not waited for yet, and when it came."""
        deadline = time.monotonic() + seconds
        while True:
            while "\n" in self.read:
                line, self.read = self.read.split("\n", 1)
                if words in line:
                    return line, time.monotonic_ns()
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.process.stderr], [], [], left)[0]:
                raise RuntimeError(f"touchmon did not say `{words}` within {seconds} s")
            data = os.read(self.process.stderr.fileno(), 65536)
            if not data:
                raise RuntimeError(f"touchmon ended before it said `{words}`: {self.read[-600:]}")
            self.read += data.decode(errors="replace")

    def stop(self):
        self.process.terminate()
        try:
            self.process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
