"""Servers of many files in one directory, named by numbers, whose runs say which file they are for."""

import os
import subprocess

import servers


class Job(servers.Job):
    """The files are DIRECTORY/0 and on; the command gets the number, or the path, as its last argument."""

    def __init__(self, place, name, count, inside=None):
        super().__init__(place, name, inside)
        os.unlink(self.file)
        self.count = count
        for number in range(count):
            os.close(os.open(f"{self.directory}/{number}", os.O_CREAT | os.O_WRONLY, 0o644))
        self.file = f"{self.directory}/0"


def storm(place, job, touches, processes, patience=20, is_answered=True):
    """Touches, and waits for the runs. Nanoseconds of touching, nanoseconds to the last run, runs, lost."""
    done = subprocess.run(
        [place.program("storm"), job.directory, str(job.count), str(touches), str(processes), str(patience),
         job.fifo if is_answered else "-"], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip())
    return [int(word) for word in done.stdout.split()]


class Floor(servers.Floor):
    def configure(self):
        return [self.place.program("floor"), "-e", self.job.directory, self.user, *self.job.argv]


class Touchmon(servers.Touchmon):
    def __init__(self, place, job, user=None, options=()):
        more = {f"{job.directory}/{number}": {"argv": [*job.argv, str(number)], "user": user or place.user}
                for number in range(1, job.count)}
        super().__init__(place, job=job, user=user, actions=more, options=options)
        self.first = {"argv": [*job.argv, "0"], "user": self.user}

    def configure(self):
        self.more[self.job.file] = self.first
        return super().configure()


class Incron(servers.Incron):
    how = "one line for the directory, with `$#`"

    def line(self):
        return f"{self.job.directory} IN_CLOSE_WRITE {' '.join(self.job.argv)} $#"


class Direvent(servers.Direvent):
    how = "one watcher of the directory, with `$file`"

    def configure(self):
        user = "" if self.user == self.place.user else f"user {self.user}; "
        return ["direvent", "-f", self.write("direvent.conf", f"""\
watcher {{ path "{self.job.directory}"; event (CLOSE_WRITE); {user}command "{' '.join(self.job.argv)} $file"; }}
""")]


class Inotifywait(servers.Inotifywait):
    how = "`inotifywait -m` of the directory, and a shell that runs one command after the other"

    def configure(self):
        return ["sh", "-c", f"inotifywait -m -q -e close_write --format %f '{self.job.directory}' |"
                f" while IFS= read -r file; do {' '.join(self.command())} \"$file\"; done"]


PEERS = [Incron, Direvent, Inotifywait]
CANNOT = ("fswatch with xargs, Python watchdog, watchman and entr: can't run a command for each file at the same "
          "time by what their manuals say; each has one for whatever changed.")
