"""Faults at random moments around touches: none is lost, and none runs twice without being marked.

Each comes TIMES times (2), at moments from SEED (1), which every failure names. Three hosts follow each touch of
all/KEY, and elect one of them for each of one/KEY.
"""

import json
import os
import random
import signal
import subprocess
import time
import unittest

from fleet import Fleet
from programs import eventually
from proxy import Proxy

TIMES = int(os.environ.get("TIMES") or 2)
SEED = int(os.environ.get("SEED") or 1)
OUTAGES = int(os.environ.get("OUTAGES") or 0)
HOSTS = ["web1", "web2", "web3"]
GROUPS = {"all": ["all/"], "one": ["one/", "--elect"]}
EVERY, ONE = "all/deploy", "one/job"
# A run that outlives its daemon is waited for by the next one, which can't see how it ends.
ENDED = {"ended", "interrupted"}
HERE = os.path.dirname(os.path.realpath(__file__))


def setUpModule():
    print(f"SEED={SEED} TIMES={TIMES}", flush=True)


class Faults(unittest.TestCase):
    def setUp(self):
        self.random = random.Random(f"{SEED} {self.id()}")
        self.fleet = Fleet()
        self.addCleanup(self.fleet.stop)
        # What runs more than once, and says so.
        self.marked = 0
        self.others = []
        # When a round's touch comes, between these.
        self.earliest, self.latest = 0, 0.4
        # How long its run takes.
        self.shortest, self.longest = 0, 0.5

    def start(self, endpoints=None):
        for name in HOSTS:
            self.fleet.add([name], GROUPS, (endpoints or {}).get(name))
        self.play(0, lambda: [])

    def times(self, fault):
        """Plays rounds with the fault; it answers what is done in a round, as moments and functions."""
        self.start()
        self.rounds(fault)

    def rounds(self, fault):
        for number in range(1, TIMES + 1):
            self.play(number, fault)
        print(f"{self.id()}: {TIMES} times, {self.marked} runs done again and marked", flush=True)

    def play(self, number, fault):
        try:
            self.round(number, fault)
        except Exception as error:
            raise AssertionError(
                f"round {number}, SEED={SEED}: {error}\n{self.fleet.logs()}") from error

    def round(self, number, fault):
        word, self.puts = f"v{number}", 0
        before = {key: self.fleet.cluster.version(f"/touchmon/touches/{key}") for key in (EVERY, ONE)}
        publishing = []
        begins = self.random.uniform(self.earliest, self.latest)
        seconds = self.random.choice([self.shortest, self.random.uniform(self.shortest, self.longest)])
        steps = [
            (begins + index * 0.05, lambda key=key: publishing.append(
                self.fleet.publishing(key, f"{word} {seconds:.3f}")))
            for index, key in enumerate((EVERY, ONE))]
        beginning = time.monotonic()
        for moment, step in sorted(steps + fault(), key=lambda pair: pair[0]):
            time.sleep(max(0, beginning + moment - time.monotonic()))
            step()
        for touch in publishing:
            _, errors = touch.communicate(timeout=150)
            self.assertEqual(touch.returncode, 0, errors)
        # An answer that was lost may have made two touches of one: each is run.
        touches = {
            key: self.fleet.cluster.version(f"/touchmon/touches/{key}") - before[key] - self.puts for key in before}
        self.check_every(word, touches[EVERY])
        self.check_one(word, touches[ONE])

    def check_every(self, word, touches):
        status = self.settled(EVERY)
        for row in status["hosts"]:
            host, outcome = self.fleet.hosts[row["host"]], row["outcome"]
            self.assertEqual(outcome["revision"], status["revision"], status)
            self.check(host.runs_of(EVERY, word), touches, 1, host.name)
            words = [run.word for run in host.runs() if run.key == EVERY]
            self.assertEqual(words[-1], word, f"{host.name} ran an older touch later")

    def check_one(self, word, touches):
        status = self.settled(ONE)
        said = [row["outcome"] for row in status["hosts"] if row["outcome"]]
        attempts = max(outcome["attempt"] for outcome in said if outcome["revision"] == status["revision"])
        self.check(self.fleet.runs(ONE, word), touches, attempts, "all hosts together")

    def settled(self, key):
        """What is said when every host is there again and has nothing left to do."""
        def settled():
            status = self.fleet.status(key, "--hosts", ",".join(HOSTS))
            states = {row["state"] for row in status["hosts"]}
            return status if states & ENDED and states <= ENDED | {"standby"} else None
        status = eventually(
            lambda: "the end of all: " + self.fleet.command("status", key, "--hosts", ",".join(HOSTS)).stdout, settled)
        answer = self.fleet.command("status", key, "--wait", "--timeout", "5s", "--hosts", ",".join(HOSTS))
        is_known = not any(row["state"] == "interrupted" for row in status["hosts"])
        self.assertEqual(answer.returncode, 0 if is_known else 1, f"{answer.stdout}{answer.stderr}")
        return status

    def check(self, runs, touches, attempts, where):
        """Once for a touch, and again only if the outcome or the run itself says that it is again."""
        own = [run for run in runs if run.reason != "interrupted"]
        self.marked += len(runs) - len(own) + max(0, attempts - 1)
        self.assertGreaterEqual(len(runs), 1, f"lost by {where}")
        self.assertLessEqual(len(own), touches * attempts, f"done twice by {where}, unmarked: {runs}")

    def host(self):
        return self.fleet.hosts[self.random.choice(HOSTS)]

    def moment(self):
        return self.random.uniform(0, 0.8)

    def restarted(self, program):
        """A program that is killed, and started again by its supervisor."""
        killed = self.moment()
        # Sometimes it is away for longer than its lease lives.
        away = self.random.choice([0.05, 0.1, 0.3, 0.6, 3])
        return [(killed, program.kill), (killed + away, program.start)]

    def test_relay_is_killed(self):
        def fault():
            host = self.host()
            return self.restarted(host.relays["all"]) + self.restarted(host.relays["one"])
        self.times(fault)

    def test_elected_relay_is_killed(self):
        """While its run is under way; another host takes over, or it comes back in time."""
        self.start()
        self.shortest, self.longest = 1, 1.5

        def fault():
            killed = []

            def kill():
                elected = eventually("a claim", self.claimants)[0]
                killed.append(self.fleet.hosts[elected].relays["one"])
                time.sleep(self.random.uniform(0, 1))
                killed[0].kill()
            return [(0.6, kill), (self.random.uniform(1.7, 6), lambda: killed[0].start())]
        self.rounds(fault)

    def claimants(self):
        """Whose elected run is under way."""
        claims = self.fleet.cluster.below(f"/touchmon/claims/{ONE}/")
        said = [json.loads(value) for name, value in claims.items() if not name.endswith("/attempts")]
        return [claim["host"] for claim in said if "ended" not in claim]

    def test_daemon_is_killed(self):
        self.times(lambda: self.restarted(self.host().daemon))

    def test_leader_is_killed(self):
        def fault():
            leader = self.fleet.cluster.leader()
            killed = self.moment()
            return [(killed, leader.kill), (killed + self.random.uniform(0.1, 1.5), leader.start)]
        self.times(fault)

    def test_etcd_is_away(self):
        self.start()
        # Some runs end while nobody can be told.
        self.longest = 4
        self.rounds(lambda: self.away(self.random.uniform(1, 4)))

    def test_etcd_is_away_for_longer(self):
        """For a minute, where OUTAGES says how often, else for some seconds: killed, or without an answer."""
        self.start()
        for number in range(OUTAGES or 2):
            self.play(number + 1, lambda: self.away(60 if OUTAGES else 6, kills=number % 2 == 0))
        print(f"{self.id()}: {OUTAGES or 2} times, {self.marked} runs done again and marked", flush=True)

    def away(self, seconds, kills=None):
        """All of etcd is killed, or does not answer, for so long."""
        kills = self.random.random() < 0.5 if kills is None else kills
        begins, servers = self.moment(), self.fleet.cluster.servers

        def begin():
            for server in servers:
                server.kill() if kills else server.signal(signal.SIGSTOP)

        def end():
            for server in servers:
                server.start() if kills else server.signal(signal.SIGCONT)
            self.fleet.cluster.wait_until_healthy()
        return [(begins, begin), (begins + seconds, end)]

    def test_cut_off_for_longer_than_a_compaction(self):
        proxy = Proxy(self.fleet.cluster.urls)
        self.fleet.proxies.append(proxy)
        self.start({"web2": proxy.url})

        # After others of the same keys, of which the host that is away need not run any.
        self.earliest, self.latest = 0.5, 1.5

        def fault():
            silently = self.random.random() < 0.5
            others = [f"o{self.random.randrange(1 << 40):x}" for _ in range(self.random.randint(1, 3))]
            self.others += others
            return [(self.random.uniform(0, 0.45), lambda other=other: self.put(other)) for other in others] + [
                (self.random.uniform(0, 0.45), lambda: proxy.cut(silently)),
                (self.random.uniform(0.5, 1.6), self.fleet.cluster.compact),
                (self.random.uniform(1.7, 4), proxy.join)]
        self.rounds(fault)
        self.assertIn("are gone; listing all", self.fleet.hosts["web2"].relays["all"].text())
        for host in self.fleet.hosts.values():
            for other in self.others:
                self.assertLessEqual(len(host.runs_of(EVERY, other)), 1, f"{host.name} SEED={SEED}")

    def put(self, word):
        self.puts += 1
        for key in (EVERY, ONE):
            self.fleet.cluster.put(f"/touchmon/touches/{key}", f"{word} 0.2")

    def test_clock_is_an_hour_off(self):
        """The relay's clock. The kernel's, by which files have their times, touchmon shares with this machine."""
        library = f"{self.fleet.place}/wrong_clock.so"
        subprocess.run(
            ["cc", "-Wall", "-Werror", "-shared", "-fPIC", "-o", library, f"{HERE}/wrong_clock.c"], check=True)
        self.start()

        def fault():
            host, off = self.host(), self.random.choice(["3600", "-3600"])
            for relay in host.relays.values():
                relay.environment = {"LD_PRELOAD": library, "CLOCK_OFF": off}
            return [step for relay in host.relays.values() for step in self.restarted(relay)]
        self.rounds(fault)


if __name__ == "__main__":
    unittest.main()
