"""Programs that a fleet consists of: started, killed, started again, and ended by their process ids."""

import os
import random
import signal
import socket
import subprocess
import time

ROOT = os.path.realpath(f"{os.path.dirname(os.path.realpath(__file__))}/../../..")
TOUCHMON = os.environ.get("TOUCHMON_BINARY", f"{ROOT}/.build/release/touchmon")
RELAY = os.environ.get("TOUCHMON_RELAY_BINARY", f"{ROOT}/Relay/.build/release/touchmon-relay")
PATIENCE = 60
# Without what makes a relay or etcdctl speak to another etcd.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("ETCDCTL_")}

# As with Ctrl-C, so that what was started is ended.
signal.signal(signal.SIGTERM, signal.default_int_handler)


def eventually(what, condition, patience=PATIENCE):
    """What the condition answers as soon as that is true; fails when patience is at an end."""
    deadline = time.monotonic() + patience
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"{what() if callable(what) else what} did not come within {patience} s")
        time.sleep(0.02)


def free_ports(count):
    """So many different ports that nobody listens on now, and that no client is given for its end of a connection."""
    ports = set()
    while len(ports) < count:
        port = random.SystemRandom().randrange(10_000, 32_000)
        with socket.socket() as one:
            try:
                one.bind(("127.0.0.1", port))
            except OSError:
                continue
        ports.add(port)
    return list(ports)


class Program:
    """One that runs until it is ended, also where whoever started it is killed."""

    def __init__(self, argv, log, environment=None):
        self.argv, self.log = argv, log
        self.environment = environment or {}
        self.process = None
        # Of its log, since it was started last.
        self.beginning = 0

    def start(self):
        with open(self.log, "ab") as log:
            self.beginning = log.tell()
            self.process = subprocess.Popen(
                ["/usr/bin/setpriv", "--pdeathsig", "KILL", *self.argv], stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, env=ENVIRONMENT | self.environment, start_new_session=True)
        return self

    @property
    def pid(self):
        return self.process.pid

    @property
    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def signal(self, number):
        if self.is_running:
            os.kill(self.pid, number)

    def kill(self):
        """With SIGKILL: it can prepare for nothing."""
        self.signal(signal.SIGKILL)
        if self.process is not None:
            self.process.wait(timeout=PATIENCE)

    def stop(self):
        """As a supervisor does, and with SIGKILL where that does not help."""
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGTERM)
        if self.process is None:
            return
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.kill()

    def text(self, since=0):
        # Not as text: a beginning is counted in bytes.
        with open(self.log, "rb") as log:
            log.seek(since)
            return log.read().decode(errors="replace")

    def wait_for(self, text):
        """Until it has logged that since its start."""
        def logged():
            if text in self.text(self.beginning):
                return True
            if not self.is_running:
                raise AssertionError(f"{self.argv[0]} ended by itself: {self.text()[-600:].strip()}")
            return False
        eventually(lambda: f"{text!r} in {self.log}", logged)
