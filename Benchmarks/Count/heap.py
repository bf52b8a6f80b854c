"""Memory that the daemon takes from the heap for a touch: calls that give it, and calls that give it back."""

import os
import struct
import subprocess

import scene

SOURCE = os.path.join(os.path.dirname(__file__), "allocations.c")
TOUCHES, WARM_UP = 50, 20


def _read(path):
    with open(path, "rb") as file:
        return struct.unpack("=2Q", file.read(16))


def allocations(binary, directory, more):
    library, counts = f"{directory}/allocations.so", f"{directory}/allocations"
    subprocess.run(["cc", "-std=gnu17", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", SOURCE, "-o",
                    library], check=True)
    with scene.Scene(binary, f"{directory}/heap", more=more,
                     environment={"LD_PRELOAD": library, "ALLOCATIONS": counts}) as daemon:
        for _ in range(WARM_UP):
            daemon.touch()
        found = []
        for _ in range(TOUCHES):
            before = _read(counts)
            daemon.touch()
            found.append([now - then for now, then in zip(_read(counts), before)])
    # Now and then there is a save, or a table that grows: that is not the touch's.
    taken, given = (sorted(column)[len(found) // 2] for column in zip(*found))
    return {"taken": taken, "given_back": given}
