"""systemd.path, under a systemd that is process 1 of namespaces of its own: of a small Debian system whose files
are a copy, in a control group that is removed again. namespaces(7), systemd's CONTAINER_INTERFACE."""

import os
import signal
import subprocess
import time

import process
import servers
from place import ROOT

MAKE_ROOT = f"{ROOT}/scripts/debian-root"

# start ROOT GROUPS GROUP SHARED...: the shared directories are the same inside.
START = r"""
set -e
mkdir -p "$2"
mount -t cgroup2 none "$2"
mkdir "$2/$3"
echo $$ >"$2/$3/cgroup.procs"
umount "$2"
mount --bind "$1" "$1"
exec unshare --mount --pid --fork --kill-child --uts --ipc --cgroup bash -c '
    set -e
    mount -t proc proc "$1/proc"
    # What it may not change is this machine'"'"'s own.
    mount --bind -o ro "$1/proc/sys" "$1/proc/sys"
    mount -o remount,bind,ro "$1/proc/sys"
    mount -t sysfs -o ro sysfs "$1/sys"
    mount -t cgroup2 cgroup2 "$1/sys/fs/cgroup"
    mount -t tmpfs -o mode=755 tmpfs "$1/run"
    mount -t tmpfs tmpfs "$1/tmp"
    mount -t tmpfs -o mode=755 tmpfs "$1/dev"
    mkdir "$1/dev/pts" "$1/dev/shm"
    for name in full null random tty urandom zero; do
        touch "$1/dev/$name"
        mount --bind "/dev/$name" "$1/dev/$name"
    done
    root=$1
    shift 3
    for shared; do
        mkdir -p "$root$shared"
        mount --bind "$shared" "$root$shared"
    done
    exec env -i container=lxc PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot "$root" /lib/systemd/systemd
' bash "$@"
"""


class SystemdPath(servers.Server):
    name, label = "systemd-path", "systemd.path 252"
    how = ("`PathChanged=` and a service of `Type=oneshot`, as process 1 of a namespace; its TriggerLimit and "
           "StartLimit, which would stop it, are off")
    other_user = "by itself, `User=` of the service"
    every = 5

    def configure(self):
        if not os.access(MAKE_ROOT, os.X_OK):
            raise RuntimeError("needs a Debian system of its own, with systemd as process 1 of a namespace; "
                               "scripts/debian-root would make its files")
        if not self.place.is_root:
            raise RuntimeError("needs root")
        made = subprocess.run([MAKE_ROOT, "bookworm"], capture_output=True, text=True)
        if made.returncode != 0:
            raise RuntimeError(made.stderr.strip())
        self.root, self.group = f"{self.own}/root", f"touchmon-bench-{os.getpid()}-{self.place.number}"
        subprocess.run(["cp", "-a", "--reflink=auto", made.stdout.strip(), self.root], check=True)
        units = f"{self.root}/etc/systemd/system"
        with open(f"{units}/stamp.path", "w") as file:
            file.write(f"[Path]\nPathChanged={self.job.file}\nTriggerLimitIntervalSec=0\n")
        with open(f"{units}/stamp.service", "w") as file:
            file.write("[Unit]\nStartLimitIntervalSec=0\n[Service]\nType=oneshot\n"
                       f"User={self.user}\nExecStart={' '.join(self.job.argv)}\n")
        wants = f"{units}/multi-user.target.wants"
        os.makedirs(wants, exist_ok=True)
        os.symlink("../stamp.path", f"{wants}/stamp.path")
        return ["unshare", "--mount", "--propagation", "private", "bash", "-c", START, "bash", self.root,
                f"{self.own}/groups", self.group, *sorted({self.place.path, os.path.dirname(self.job.directory)})]

    @property
    def pid(self):
        """Process 1 as others see it."""
        with open(f"/proc/{self.started.pid}/task/{self.started.pid}/children") as file:
            children = file.read().split()
        if not children or process.name(int(children[0])) != "systemd":
            self.fail("has no process 1")
        return int(children[0])

    def processes(self):
        return [self.pid]

    def stop(self):
        if self.started is None:
            return
        try:
            # Nobody in its namespace outlives process 1.
            os.kill(self.pid, signal.SIGKILL)
        except (RuntimeError, OSError):
            pass
        super().stop()
        groups = f"{self.own}/groups"
        subprocess.run(["mount", "-t", "cgroup2", "none", groups], check=True)
        try:
            self.remove(f"{groups}/{self.group}")
        finally:
            subprocess.run(["umount", groups], check=True)

    @staticmethod
    def remove(group):
        if not os.path.isdir(group):
            return
        with open(f"{group}/cgroup.kill", "w") as file:
            file.write("1")
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with open(f"{group}/cgroup.events") as file:
                if "populated 0" in file.read():
                    break
            time.sleep(0.01)
        for directory, _, _ in os.walk(group, topdown=False):
            os.rmdir(directory)
