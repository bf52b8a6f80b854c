"""The machine in words: what has to be known to read the figures, and nothing that names it."""

import os
import re
import subprocess


def _first(path, pattern, otherwise):
    with open(path) as file:
        found = re.search(pattern, file.read(), re.MULTILINE)
    return found.group(1) if found else otherwise


def describe(place):
    kernel = re.match(r"\d+\.\d+", os.uname().release).group()
    processor = _first("/proc/cpuinfo", r"^model name\s*:\s*(.*)$", os.uname().machine)
    memory = int(_first("/proc/meminfo", r"^MemTotal:\s*(\d+)", "0"))
    kind = "a virtual machine" if _first("/proc/cpuinfo", r"^flags\s*:.*\b(hypervisor)\b", "") else "a machine"
    system = subprocess.run(["stat", "-f", "-c", "%T", place.path], capture_output=True, text=True)
    name = {"ext2/ext3": "ext4"}.get(system.stdout.strip(), system.stdout.strip())
    cores = len(os.sched_getaffinity(0))
    return (f"{kind} with {cores} {'core' if cores == 1 else 'cores'} ({processor}) and "
            f"{memory / 1048576:.0f} GB of memory, Linux {kernel}, {name}")


def load():
    """How many processes of others wanted to run in the last minute, on average."""
    return os.getloadavg()[0]


def version(package):
    found = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package], capture_output=True, text=True)
    return re.sub(r"[-+].*", "", found.stdout) if found.returncode == 0 else ""
