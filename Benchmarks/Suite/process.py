"""What the kernel says of processes: proc(5)."""

import os
import time


def status(process, key):
    """One number of /proc/PROCESS/status, in the unit of the file (kB for memory)."""
    with open(f"/proc/{process}/status") as lines:
        for line in lines:
            if line.startswith(key + ":"):
                return int(line.split()[1])
    raise KeyError(key)


def switches(process):
    """How often the threads of a process went to sleep by themselves: each time something woke them."""
    return sum(status(f"{process}/task/{task}", "voluntary_ctxt_switches")
               for task in os.listdir(f"/proc/{process}/task"))


def processor_time(process):
    """Nanoseconds that the threads of a process had on a processor."""
    total = 0
    for task in os.listdir(f"/proc/{process}/task"):
        with open(f"/proc/{process}/task/{task}/schedstat") as file:
            total += int(file.read().split()[0])
    return total


def name(process):
    with open(f"/proc/{process}/comm") as file:
        return file.read().rstrip("\n")


def of_session(leader):
    """The processes of a session that have not ended, its leader first."""
    members = []
    for entry in os.listdir("/proc"):
        try:
            if not entry.isdigit() or os.getsid(int(entry)) != leader:
                continue
            with open(f"/proc/{entry}/stat") as file:
                if file.read().rsplit(")", 1)[1].split()[0] not in "ZX":
                    members.append(int(entry))
        except OSError:
            continue  # It has ended meanwhile.
    return sorted(members, key=lambda process: (process != leader, process))


def wait_until_idle(process, seconds=30, quiet=0.2):
    """Waits until a process has slept through `quiet` seconds."""
    deadline = time.monotonic() + seconds
    before = None
    while time.monotonic() < deadline:
        now = switches(process)
        if now == before:
            return
        before = now
        time.sleep(quiet)
    raise TimeoutError(f"process {process} is not idle after {seconds} s")


def monotonic():
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC)
