"""Everybody who is measured: how they are configured, known to be ready, and ended.

Each is configured as its manual says, with files of its own below a directory that is removed: nobody
reads or writes the configuration of the machine.
"""

import concurrent.futures
import json
import os
import pwd
import select
import signal
import subprocess
import time

import machine
import process

PATIENCE = 40
# struct stamp, Benchmarks/Latency/stamp.h.
RECORD = 24


class Job:
    """A file to watch, the command to run, and the FIFO by which that tells of its runs."""

    def __init__(self, place, name, inside=None):
        self.directory = place.scratch(name, inside)
        # Where the driver keeps what it renames over the file: on the same file system, and not watched.
        self.fifo = f"{place.scratch(name + '-fifo', inside)}/fifo"
        os.mkfifo(self.fifo)
        os.chmod(self.fifo, 0o622)
        self.file = f"{self.directory}/stamp"
        with open(self.file, "w"):
            pass
        self.argv = [place.program("stamp"), self.fifo]


class Server:
    """Somebody who watches a file and runs a command."""
    name = ""          # one word, for the driver and the JSON
    label = ""         # for people
    package = ""       # Debian's, for its version
    how = ""           # the configuration in words
    other_user = "by setpriv"
    ready_word = None  # what it logs when it is ready; None: it is tried by touching
    every = 1          # takes part in every so many-th round
    is_peer = True

    def __init__(self, place, job=None, user=None):
        self.place = place
        self.user = user or place.user
        self.job = job or Job(place, self.name)
        self.own = place.scratch(f"{self.name}-own")
        self.log = f"{self.own}/log"
        self.started = self.held = None

    def configure(self):
        """Writes what it needs, and returns its command."""
        raise NotImplementedError

    def command(self):
        """The command that it is to run, for who can't change the user."""
        if self.user == self.place.user or self.other_user != Server.other_user:
            return self.job.argv
        account = pwd.getpwnam(self.user)
        return ["/usr/bin/setpriv", "--reuid", str(account.pw_uid), "--regid", str(account.pw_gid),
                "--init-groups", *self.job.argv]

    def start(self):
        command = self.configure()
        # A run that begins when nobody listens any more has to end all the same.
        self.held = os.open(self.job.fifo, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(self.log, "w") as log:
            self.started = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                env={"PATH": os.environ["PATH"], "HOME": self.own})
        try:
            self.wait_until_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self):
        """Ends it with all that it has started, by its number."""
        if self.started is None:
            return
        leader = self.started.pid
        for signal_number, patience in (signal.SIGTERM, 10), (signal.SIGKILL, 10):
            members = process.of_session(leader)
            for member in members:
                try:
                    os.kill(member, signal_number)
                except ProcessLookupError:
                    pass
            try:
                self.started.wait(timeout=patience)
            except subprocess.TimeoutExpired:
                continue
            if not process.of_session(leader):
                break
        self.started = None
        os.close(self.held)

    @property
    def pid(self):
        """The process that starts the runs."""
        return self.started.pid

    def processes(self):
        return process.of_session(self.started.pid)

    def text(self):
        with open(self.log, errors="replace") as log:
            return log.read()

    def fail(self, what):
        raise RuntimeError(f"{self.label} {what}; its log ends with: {self.text()[-600:].strip()}")

    def wait_until_ready(self):
        deadline = time.monotonic() + PATIENCE
        if self.ready_word:
            while self.ready_word not in self.text():
                if self.started.poll() is not None:
                    self.fail("ended by itself")
                if time.monotonic() > deadline:
                    self.fail(f"is not ready after {PATIENCE} s")
                time.sleep(0.005)
        if self.is_peer:
            self.wait_until_heard(deadline)

    def wait_until_heard(self, deadline):
        """Touches until a run is told of, and then waits until no more come."""
        fifo = os.open(self.job.fifo, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            while not select.select([fifo], [], [], 0.3)[0]:
                if self.started.poll() is not None:
                    self.fail("ended by itself")
                if time.monotonic() > deadline:
                    self.fail(f"ran nothing in {PATIENCE} s")
                os.close(os.open(self.job.file, os.O_WRONLY))
                os.utime(self.job.file)
            while select.select([fifo], [], [], 0.5)[0]:
                os.read(fifo, 64 * RECORD)
        finally:
            os.close(fifo)

    def write(self, name, text):
        path = f"{self.own}/{name}"
        with open(path, "w") as file:
            file.write(text)
        return path

    def describe(self):
        version = machine.version(self.package) if self.package else ""
        return f"{self.label} {version}".strip()


class Floor(Server):
    label = "floor"
    how = "a C program: inotify, vfork, groups, gid, uid, exec; it keeps no state"
    other_user = "by itself"
    ready_word = "ready"
    is_peer = False

    def __init__(self, place, name="floor-a", job=None, user=None, options=()):
        self.name, self.label, self.options = name, name.replace("-", " "), list(options)
        super().__init__(place, job, user)

    def configure(self):
        return [self.place.program("floor"), *self.options, self.job.file, self.user, *self.job.argv]


class Touchmon(Server):
    label = "touchmon"
    how = "one action in an action file; everything on, as it is by default"
    other_user = "by itself"
    ready_word = " ready: "
    is_peer = False

    def __init__(self, place, name="touchmon", job=None, user=None, actions=None, options=()):
        """`actions` are more of them, beside that of the job."""
        self.name, self.label = name, name
        super().__init__(place, job, user)
        self.more, self.options = actions or {}, list(options)
        self.state = f"{self.own}/state"
        self.actions = f"{self.own}/actions.json"

    def configure(self):
        actions = {self.job.file: {"argv": self.job.argv, "user": self.user}, **self.more}  # these win
        with open(self.actions, "w") as file:
            json.dump(actions, file)
        return [self.place.binary, "run", "--state-directory", self.state, *self.options, self.actions]


class Incron(Server):
    name = label = package = "incron"
    how = "`FILE IN_CLOSE_WRITE COMMAND` in a system table; for another user in that user's own table"
    other_user = "by itself, in the user's own table"

    def configure(self):
        for directory in "system", "users":
            os.makedirs(f"{self.own}/{directory}", exist_ok=True)
        is_own = self.user == self.place.user
        table = "system/table" if is_own and self.place.is_root else f"users/{self.user}"
        self.write(table, self.line() + "\n")
        self.write("allow", f"{self.user}\n")
        return ["incrond", "--foreground", "-f", self.write("incron.conf", f"""\
system_table_dir = {self.own}/system
user_table_dir = {self.own}/users
allowed_users = {self.own}/allow
denied_users = {self.own}/deny
lockfile_dir = {self.own}
""")]

    def line(self):
        return f"{self.job.file} IN_CLOSE_WRITE {' '.join(self.job.argv)}"


class Direvent(Server):
    name = label = package = "direvent"
    how = "a watcher of the directory with `file` and `event CLOSE_WRITE`"
    other_user = "by itself, `user` of the watcher"

    def configure(self):
        user = "" if self.user == self.place.user else f"user {self.user}; "
        return ["direvent", "-f", self.write("direvent.conf", f"""\
watcher {{ path "{self.job.directory}"; file "stamp"; event (CLOSE_WRITE); {user}\
command "{' '.join(self.job.argv)}"; }}
""")]


class _Pipe(Server):
    """A program that prints names, and another that runs the command for each."""
    runs_with = ""

    @property
    def pid(self):
        for candidate in self.processes()[1:]:
            if process.name(candidate) == self.runs_with:
                return candidate
        return self.fail("has no process that runs commands")


class Inotifywait(_Pipe):
    name, label, package = "inotifywait", "inotifywait with a shell", "inotify-tools"
    how = "`inotifywait -m -q -e close_write FILE | while read`, in sh"
    runs_with = "sh"

    def configure(self):
        return ["sh", "-c", f"inotifywait -m -q -e close_write --format %w%f '{self.job.file}' |"
                f" while IFS= read -r file; do {' '.join(self.command())}; done"]


class Fswatch(_Pipe):
    name, label, package = "fswatch", "fswatch with xargs", "fswatch"
    how = "`fswatch -0 --event Updated FILE | xargs -0 -n 1 -I {}`, with its latency of a second"
    runs_with = "xargs"
    every = 20
    latency = ""

    def configure(self):
        return ["sh", "-c", f"fswatch -0 {self.latency} --event Updated '{self.job.file}' |"
                f" xargs -0 -n 1 -I {{}} {' '.join(self.command())}"]


class FswatchAtOnce(Fswatch):
    name, label = "fswatch-least", "fswatch with xargs, least latency"
    how = "the same with `--latency 0.1`, the least that it takes"
    every = 5
    latency = "--latency 0.1"


class Watchdog(Server):
    name, label, package = "watchdog", "Python watchdog", "python3-watchdog"
    how = "`watchmedo shell-command --patterns='*/stamp' --command=COMMAND DIRECTORY`"

    def configure(self):
        return ["watchmedo", "shell-command", "--patterns=*/stamp", f"--command={' '.join(self.command())}",
                self.job.directory]


class Watchman(Server):
    name, label, package = "watchman", "watchman", "watchman"
    how = "a trigger by `name`, with its settle of 20 ms"
    every = 5
    settings = {}

    def configure(self):
        with open(f"{self.job.directory}/.watchmanconfig", "w") as file:
            json.dump(self.settings, file)
        return ["watchman", "--foreground", "--no-save-state", f"--sockname={self.own}/sock",
                f"--pidfile={self.own}/pid", f"--logfile={self.own}/watchman.log"]

    def _ask(self, request):
        return subprocess.run(
            ["watchman", "--no-spawn", "--no-pretty", f"--sockname={self.own}/sock", "-j"],
            input=json.dumps(request), capture_output=True, text=True, timeout=PATIENCE,
            env={"PATH": os.environ["PATH"], "HOME": self.own})

    def wait_until_ready(self):
        deadline = time.monotonic() + PATIENCE
        while not os.path.exists(f"{self.own}/sock"):
            if self.started.poll() is not None or time.monotonic() > deadline:
                self.fail("does not listen")
            time.sleep(0.01)
        for request in (["watch", self.job.directory],
                        ["trigger", self.job.directory,
                         {"name": "stamp", "expression": ["name", "stamp"], "command": self.command()}]):
            answer = self._ask(request)
            if answer.returncode != 0 or '"error"' in answer.stdout:
                self.fail(f"refused: {answer.stdout} {answer.stderr}")
        self.wait_until_heard(deadline)


class WatchmanAtOnce(Watchman):
    name, label = "watchman-least", "watchman, least debounce"
    how = 'the same with `{"settle": 1}` in .watchmanconfig'
    settings = {"settle": 1}


class Entr(Server):
    name = label = package = "entr"
    how = "`echo FILE | entr -n -p COMMAND`; its 50 ms of debounce can't be set"
    every = 10

    def configure(self):
        return ["sh", "-c", f"echo '{self.job.file}' | exec entr -n -p {' '.join(self.command())}"]

    @property
    def pid(self):
        for candidate in self.processes():
            if process.name(candidate) == "entr":
                return candidate
        return self.fail("is gone")


PEERS = [Incron, Direvent, Inotifywait, Fswatch, FswatchAtOnce, Watchdog, Watchman, WatchmanAtOnce, Entr]


class Running:
    """Servers that are started together, and ended together. Who can't be started is noted: `notes` is a
    sentence for each, by its label."""

    def __init__(self, servers):
        self.servers, self.notes = [], {}
        self._given = servers

    def __enter__(self):
        try:
            # To know that a peer is ready takes a second of doing nothing.
            with concurrent.futures.ThreadPoolExecutor(len(self._given) or 1) as pool:
                starts = [(server, pool.submit(server.start)) for server in self._given]
            for server, start in starts:
                problem = start.exception()
                if problem is None:
                    self.servers.append(server)
                elif server.is_peer and isinstance(problem, (RuntimeError, OSError, subprocess.SubprocessError)):
                    # One line, as what follows may name places of the machine; all of it is seen now.
                    print(f"   {server.label}: {problem}", flush=True)
                    reason = str(problem).partition("; its log ends with")[0].split("\n")[0]
                    self.notes[server.label] = f"not measured: {reason}"
                else:
                    raise problem
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for server in reversed(self._given):
            server.stop()
