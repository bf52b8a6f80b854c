"""What the daemon executes for a touch, instruction by instruction: by ptrace(2), because valgrind(1) knows no
clone(2) that shares memory without suspending the parent, and a virtual machine need not have counters."""

import os
import statistics
import struct
import subprocess
import time

import process
import scene

SYSTEM_CALL = 1 << 63
# x86-64: the wait, and what begins a run: the word to a process that was made ahead, or a new one.
WAIT, FUTEX, CLONE = 441, 202, 56
SOURCE = os.path.join(os.path.dirname(__file__), "../TouchPath/step.c")
TOUCHES = 3


def compile(directory):
    program = f"{directory}/step"
    subprocess.run(["cc", "-O2", "-Wall", "-Wextra", "-Werror", SOURCE, "-o", program], check=True)
    return program


class Stepped:
    """A daemon that was warmed up, and whose touches are executed step by step."""

    def __init__(self, binary, step, place, in_tree=False, **action):
        self.scene, self.binary, self.step = scene.Scene(binary, place, in_tree, **action), binary, step

    def __enter__(self):
        self.scene.__enter__()
        for _ in range(5):
            self.scene.touch()
        with open(f"/proc/{self.scene.pid}/maps") as maps:
            self.base = min(int(line.split("-")[0], 16) for line in maps if line.rstrip().endswith(self.binary))
        return self

    def __exit__(self, *failure):
        self.scene.__exit__(*failure)

    def _sleeps(self):
        time.sleep(0.01)
        with open(f"/proc/{self.scene.pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] == "S"

    def trace(self, *until):
        """What is executed for a touch: addresses, and numbers of system calls with the highest bit set.
        `until` are the arguments of step, after the process."""
        # The ledger is saved two seconds after a run. That gives memory back, and would take a minute step by
        # step: what is measured is a touch after a long rest.
        time.sleep(2.5)
        self.scene.rest()
        output = f"{self.scene.place}/words"
        with open(output, "wb") as file:
            stepper = subprocess.Popen([self.step, str(self.scene.pid), *map(str, until)], stdout=file)
        try:
            scene.wait_for("the tracer", lambda: process.status(self.scene.pid, "TracerPid") == stepper.pid)
            # It has to be asleep again before it is touched: between two steps it is stopped.
            scene.wait_for("the daemon's sleep", lambda: all(self._sleeps() for _ in range(20)))
            # How often it wakes up for one touch is a matter of time.
            while stepper.poll() is None:
                self.scene.touch(rests=False)
        finally:
            stepper.kill()
            stepper.wait()
        self.scene.rest()
        with open(output, "rb") as file:
            words = file.read()
        return struct.unpack(f"<{len(words) // 8}Q", words)


def until_run(words):
    """What lies between the last wake-up and the call that begins the run: addresses."""
    end = min(words.index(word) for word in (SYSTEM_CALL | FUTEX, SYSTEM_CALL | CLONE) if word in words)
    begin = max(index for index, word in enumerate(words[:end]) if word == SYSTEM_CALL | WAIT) + 1
    return [word for word in words[begin:end] if not word & SYSTEM_CALL]


def instructions(binary, directory, more):
    """The median of some touches, of a path and of a file of a tree."""
    step, found = compile(directory), {}
    for name in "path", "tree":
        with Stepped(binary, step, f"{directory}/steps-{name}", name == "tree", more=more) as stepped:
            found[name] = statistics.median_low([
                len(until_run(stepped.trace(9, FUTEX, CLONE))) for _ in range(TOUCHES)])
    return found
