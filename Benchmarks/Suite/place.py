"""A directory to measure in, with what has to be compiled, and file systems of its own.

All of it is gone when the suite ends, however it ends.
"""

import ctypes
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
CLONE_NEWNS = 0x00020000
COMPILE = ["cc", "-std=gnu17", "-O2", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]
PROGRAMS = {
    "driver": ["Latency/driver.c", "Latency/round.c"],
    "floor": ["Latency/floor.c"],
    # Statically linked: see the file.
    "stamp": ["-static", "Latency/stamp.c"],
    "discard": ["Load/discard.c"],
    "storm": ["Load/storm.c"],
    "make": ["Tree/make.c"],
    "mark": ["Tree/mark.c"],
    "traffic": ["Tree/traffic.c"],
}


def leave_mounts():
    """Takes the mounts to a namespace of its own: nobody else sees what is mounted here, nor is woken by it,
    and it ends with the suite even where that is killed. mount_namespaces(7)."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNS) != 0:
        sys.exit("touchmon: unable to measure: this root may not have mounts of its own\n"
                 "Run it where unshare(1) works, or as another user.")
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)


class Place:
    def __init__(self):
        self.binary = os.environ.get("TOUCHMON_BINARY", f"{ROOT}/.build/release/touchmon")
        if not os.access(self.binary, os.X_OK):
            sys.exit(f"touchmon: unable to measure: {self.binary} is not there\nRun `make build` first.")
        self.is_root = os.getuid() == 0
        if self.is_root:
            leave_mounts()
        self.user = pwd.getpwuid(os.getuid()).pw_name
        self.outside = tempfile.mkdtemp(prefix="touchmon-bench.")
        os.chmod(self.outside, 0o755)
        self.mounted = {}
        self.number = 0
        self.path = self.outside
        if self.is_root:
            # As servers have it: young, with a journal, and nobody else's. Without one, ext4 looks for an inode
            # that was not given back lately, which takes longer than all of a run.
            self.path = f"{self.outside}/place"
            os.mkdir(self.path)
            self._disk(self.path, f"{self.outside}/image", 4, 400_000)
        for name, sources in PROGRAMS.items():
            files = [source if source.startswith("-") else f"{ROOT}/Benchmarks/{source}" for source in sources]
            subprocess.run([*COMPILE, *files, "-o", f"{self.path}/{name}"], check=True)

    def program(self, name):
        return f"{self.path}/{name}"

    def scratch(self, name, inside=None):
        """A new directory that everybody may enter; its name says nothing and is used once."""
        self.number += 1
        path = f"{inside or self.path}/{self.number}-{name}"
        os.mkdir(path)
        os.chmod(path, 0o755)
        return path

    def memory(self, megabytes=512, path=None):
        """A new file system in memory."""
        path = path or self.scratch("memory")
        self._mount(["-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "touchmon"], path)
        return path

    def disk(self, gigabytes, files):
        """A new ext4 file system in a file."""
        path = self.scratch("disk")
        self._disk(path, f"{self.outside}/{self.number}.image", gigabytes, files)
        return path

    def _disk(self, path, image, gigabytes, files):
        with open(image, "wb") as file:
            file.truncate(gigabytes << 30)
        subprocess.run(["mkfs.ext4", "-q", "-F", "-N", str(files), image], check=True)
        self._mount(["-o", "loop", image], path, image)
        os.chmod(path, 0o755)

    def _mount(self, arguments, path, image=None):
        subprocess.run(["mount", *arguments, path], check=True)
        self.mounted[path] = image

    def unmount(self, path):
        """Gives back the file system at a path, and what it took."""
        # What has just been ended may still be on its way out.
        for _ in range(20):
            if subprocess.run(["umount", path], stderr=subprocess.DEVNULL).returncode == 0:
                break
            time.sleep(0.1)
        else:
            subprocess.run(["umount", "-l", path])
        image = self.mounted.pop(path)
        if image:
            os.unlink(image)

    def close(self):
        for path in list(reversed(self.mounted)):
            self.unmount(path)
        shutil.rmtree(self.outside, ignore_errors=True)
