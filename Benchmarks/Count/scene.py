"""A daemon with one path, that is touched when all is at rest."""

import json
import os
import subprocess
import time

import process

PATIENCE = 20


def wait_for(what, condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError(f"{what} did not come within {PATIENCE} s")
        time.sleep(0.002)


def nothing(place):
    """The path of a program that does nothing, linked statically: it has ended before anybody looks what it
    printed, which is asked after 2 ms."""
    program = f"{place}/nothing"
    subprocess.run(["cc", "-static", "-x", "c", "-", "-o", program], input=b"int main(void) { return 0; }\n", check=True)
    return program


class Scene:
    """`place` is made. The command does nothing and is over at once, or is `argv`; as root it is nobody's.
    `more` are further keys of the action."""

    def __init__(self, binary, place, in_tree=False, environment=None, argv=None, more=None):
        self.binary, self.place, self.environment = binary, place, environment or {}
        os.mkdir(place)
        self.directory = f"{place}/d"
        os.mkdir(self.directory)
        self.stamp, self.log = f"{self.directory}/stamp", f"{place}/log"
        with open(self.stamp, "w"):
            pass
        key = f"{self.directory}/" if in_tree else self.stamp
        action = {"argv": argv or [nothing(place)], "user": os.getuid() or 65534, **(more or {}),
                  **({"recursive": True} if in_tree else {})}
        self.actions = f"{place}/actions.json"
        with open(self.actions, "w") as file:
            json.dump({key: action}, file)
        os.chmod(place, 0o755)
        self.runs = 0

    def __enter__(self):
        with open(self.log, "w") as log:
            self.daemon = subprocess.Popen(
                [self.binary, "run", "--state-directory", f"{self.place}/state", self.actions], stdout=log,
                stderr=log, stdin=subprocess.DEVNULL, env={**os.environ, **self.environment})
        wait_for("readiness", lambda: self.logged(" ready: ") == 1)
        return self

    def __exit__(self, *_):
        self.daemon.terminate()
        self.daemon.wait(timeout=60)

    @property
    def pid(self):
        return self.daemon.pid

    def logged(self, words):
        with open(self.log) as log:
            return log.read().count(words)

    def children(self):
        with open(f"/proc/{self.pid}/task/{self.pid}/children") as file:
            return [int(child) for child in file.read().split()]

    def touch(self, rests=True):
        """Opens, sets the times, closes; returns once the run has ended and all is at rest again. Who is stepped
        through never is."""
        file = os.open(self.stamp, os.O_WRONLY | os.O_CLOEXEC)
        os.utime(file)
        os.close(file)
        self.runs += 1
        wait_for("the end of a run", lambda: self.logged(" ended with ") >= self.runs)
        if rests:
            self.rest()

    def rest(self, seconds=0.03):
        """Waits until the daemon has slept for so long. It saves its ledger two seconds after a run."""
        deadline, before, since = time.monotonic() + PATIENCE, None, time.monotonic()
        while time.monotonic() < deadline:
            now = process.switches(self.pid)
            if now != before:
                before, since = now, time.monotonic()
            elif time.monotonic() - since >= seconds:
                return
            time.sleep(seconds / 10)
        raise RuntimeError("the daemon is never at rest")
