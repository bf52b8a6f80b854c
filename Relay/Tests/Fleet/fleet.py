"""Hosts of a fleet: directories, each with its own daemon, its own relays and a witness of its runs."""

import atexit
import collections
import json
import os
import pwd
import shutil
import subprocess
import tempfile

import programs
from etcd import Cluster
from programs import PATIENCE, RELAY, TOUCHMON, Program

USER = pwd.getpwuid(os.getuid()).pw_name

# The value of a touch is a word to know it by, how many seconds its run takes, and the hosts where it fails. Its line
# is written at once, when the run ends; /bin/sh would have to start programs for the time.
WITNESS = r"""#!/bin/bash
# witness FILE HOST DIRECTORY PATH
begin=$EPOCHREALTIME
read -r word seconds failing <"$4"
[ "${seconds:-0}" = 0 ] || sleep "$seconds"
echo "$begin $EPOCHREALTIME ${4#"$3"/} $word $TOUCHMON_REASON ${TOUCHMON_ATTEMPT:-1} $TOUCHMON_RUN" >>"$1"
echo "$2 has run $word"
case ",$failing," in *",$2,"*) exit 3 ;; esac
"""

Run = collections.namedtuple("Run", "begin end key word reason attempt number")


class Host:
    """A directory with what a host has. `groups` are a relay's keys and options each, by name."""

    def __init__(self, fleet, name, groups, endpoints=None):
        self.name, self.place = name, f"{fleet.place}/{name}"
        self.stamps, self.witness = f"{self.place}/stamps", f"{self.place}/witness"
        os.makedirs(self.stamps)
        with open(f"{self.place}/actions.json", "w") as file:
            json.dump({f"{self.stamps}/": {
                "argv": [fleet.witness, self.witness, name, self.stamps, "{path}"],
                "user": USER, "each": "file", "recursive": True, "follow": "output"}}, file)
        self.daemon = Program(
            [TOUCHMON, "run", "--state-directory", f"{self.place}/state", f"{self.place}/actions.json"],
            f"{self.place}/touchmon.log")
        self.relays = {}
        for group, options in groups.items():
            os.mkdir(f"{self.place}/relay-{group}")
            self.relays[group] = Program(
                [RELAY, "follow", "--into", self.stamps, "--host", name,
                 "--state-directory", f"{self.place}/relay-{group}", "--touchmon", fleet.touchmon,
                 "--daemon-state", f"{self.place}/state", "--lease-time", "2s",
                 "--endpoints", endpoints or fleet.cluster.endpoints, *options],
                f"{self.place}/relay-{group}.log")

    @property
    def programs(self):
        return [*self.relays.values(), self.daemon]

    def runs(self):
        """Those that have ended, in the order of their ends."""
        try:
            with open(self.witness) as file:
                lines = [line.split(" ") for line in file]
        except FileNotFoundError:
            return []
        return [Run(float(line[0]), float(line[1]), *line[2:5], int(line[5]), int(line[6])) for line in lines]

    def runs_of(self, key, word):
        return [run for run in self.runs() if (run.key, run.word) == (key, word)]


class Fleet:
    """Hosts on a cluster, all below a temporary directory. stop() leaves nothing of it."""

    def __init__(self):
        self.place = tempfile.mkdtemp(prefix="touchmon-fleet.")
        self.hosts, self.proxies = {}, []
        # unittest cleans up nothing where somebody ends it early.
        atexit.register(self.stop)
        self.witness = self.script("witness", WITNESS)
        # Where a relay's clock is off, touchmon's is not: it is compared with the times of files.
        self.touchmon = self.script("touchmon", f'#!/bin/bash\nunset LD_PRELOAD\nexec "{TOUCHMON}" "$@"\n')
        self.cluster = Cluster(self.place)
        try:
            self.cluster.start()
        except BaseException:
            self.stop()
            raise

    def script(self, name, text):
        path = f"{self.place}/{name}"
        with open(path, "w") as file:
            file.write(text)
        os.chmod(path, 0o755)
        return path

    def stop(self):
        atexit.unregister(self.stop)
        for host in self.hosts.values():
            for program in host.programs:
                program.stop()
        for proxy in self.proxies:
            proxy.stop()
        self.cluster.stop()
        shutil.rmtree(self.place)

    def add(self, names, groups, endpoints=None):
        """Starts hosts, and waits until the fleet knows them."""
        for name in names:
            self.hosts[name] = Host(self, name, groups, endpoints)
            self.hosts[name].daemon.start()
        for name in names:
            self.hosts[name].daemon.wait_for("ready")
            for relay in self.hosts[name].relays.values():
                relay.start()
        for name in names:
            for relay in self.hosts[name].relays.values():
                relay.wait_for("following touches")

    def command(self, *arguments, patience=PATIENCE):
        """What the relay's command answers."""
        return subprocess.run(
            [RELAY, *arguments, "--endpoints", self.cluster.endpoints], stdin=subprocess.DEVNULL, text=True,
            capture_output=True, timeout=patience + 30, env=programs.ENVIRONMENT)

    def publishing(self, key, value):
        """A publish that is under way."""
        return subprocess.Popen(
            [RELAY, "publish", key, "--value", value, "--endpoints", self.cluster.endpoints,
             "--command-timeout", "120s"],
            stdin=subprocess.DEVNULL, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=programs.ENVIRONMENT)

    def publish(self, key, value):
        """The revision."""
        answer = self.command("publish", key, "--value", value)
        if answer.returncode:
            raise AssertionError(f"publish {key} {value}: {answer.stderr}")
        return int(answer.stdout)

    def status(self, key, *options):
        return json.loads(self.command("status", key, "--json", *options).stdout)

    def states(self, key, *options):
        """What the table says of each host."""
        return {host["host"]: host["state"] for host in self.status(key, *options)["hosts"]}

    def runs(self, key, word):
        """Of all hosts."""
        return [run for host in self.hosts.values() for run in host.runs_of(key, word)]

    def logs(self):
        """The end of every log, for who reads of a failure."""
        parts = []
        for host in self.hosts.values():
            for program in host.programs:
                name = os.path.relpath(program.log, self.place)
                parts.append(f"The end of {name}:\n" + "".join(
                    f"    {line}\n" for line in program.text().splitlines()[-12:]))
            parts.append(f"The runs of {host.name}: {[tuple(run)[2:] for run in host.runs()][-6:]}")
        return "\n".join(parts + [f"In etcd: {self.cluster.below('/touchmon/')}"])
