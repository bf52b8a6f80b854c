"""One touch, ten hosts: what each does, and what the table says of it."""

import unittest

from fleet import Fleet
from programs import eventually

HOSTS = [f"web{number}" for number in range(10)]
NAMES = ",".join(HOSTS)
GROUPS = {
    "all": ["all/"],
    "one": ["one/", "--elect"],
    "rolling": ["rolling/", "--max-parallel", "2"],
    "stopping": ["stopping/", "--max-parallel", "1", "--max-failures", "1"],
}


class TenHosts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.fleet = Fleet()
        cls.addClassCleanup(cls.fleet.stop)
        cls.fleet.add(HOSTS, GROUPS)

    def wait(self, key, *options):
        return self.fleet.command("status", key, "--wait", "--timeout", "60s", *options)

    def test_one_touch_ten_runs(self):
        revision = self.fleet.publish("all/plain", "v1")
        table = self.wait("all/plain", "--hosts", NAMES)
        self.assertEqual(table.returncode, 0, table.stdout + table.stderr)
        lines = table.stdout.splitlines()
        self.assertEqual(lines[0].split(), ["HOST", "STATE", "RUN", "STATUS", "SECONDS", "WHEN"])
        for name, line in zip(HOSTS, lines[1:]):
            number = self.fleet.hosts[name].runs_of("all/plain", "v1")[0].number
            self.assertEqual(line.split()[:4], [name, "ended", str(number), "0"])
        self.assertEqual(lines[-1], f"all/plain at revision {revision}: 10 hosts: 10 ended")
        for host in self.fleet.hosts.values():
            self.assertEqual(len(host.runs_of("all/plain", "v1")), 1, host.name)

    def test_a_failure_is_the_fleets(self):
        self.fleet.publish("all/failing", "v1 0 web3")
        table = self.wait("all/failing", "--hosts", NAMES)
        self.assertEqual(table.returncode, 1, table.stdout + table.stderr)
        self.assertIn("10 hosts: 9 ended, 1 failed", table.stdout)
        status = self.fleet.status("all/failing", "--hosts", NAMES)
        self.assertEqual((status["settled"], status["succeeded"]), (True, False))
        outcomes = {host["host"]: host for host in status["hosts"]}
        self.assertEqual(sorted(outcomes), HOSTS)
        self.assertEqual((outcomes["web3"]["state"], outcomes["web3"]["outcome"]["status"]), ("failed", 3))
        self.assertEqual((outcomes["web4"]["state"], outcomes["web4"]["outcome"]["status"]), ("ended", 0))
        self.assertEqual(len(self.fleet.runs("all/failing", "v1")), 10)

    def test_behind_silent_and_back(self):
        self.fleet.publish("all/away", "v1")
        self.assertEqual(self.wait("all/away", "--hosts", NAMES).returncode, 0)
        behind, silent = (self.fleet.hosts[name].relays["all"] for name in ("web1", "web2"))
        silent.kill()
        self.addCleanup(lambda: silent.is_running or silent.start())
        # Its daemon is away, so it runs v2 for as long as it takes to come back, and v3 waits meanwhile.
        daemon = self.fleet.hosts["web1"].daemon
        daemon.stop()
        self.addCleanup(lambda: daemon.is_running or daemon.start())
        self.fleet.publish("all/away", "v2")
        eventually("web1's word that it waits", lambda: self.fleet.states("all/away").get("web1") == "waiting")
        self.fleet.publish("all/away", "v3")

        def states():
            found = self.fleet.states("all/away", "--hosts", NAMES)
            others = {found[name] for name in HOSTS if name not in ("web1", "web2")}
            return found["web1"], found["web2"], others
        eventually(lambda: f"one behind and one silent, but {states()}",
                   lambda: states() == ("behind", "silent", {"ended"}))
        early = self.fleet.command("status", "all/away", "--wait", "--timeout", "1s", "--hosts", NAMES)
        self.assertEqual(early.returncode, 75, early.stdout + early.stderr)
        self.assertIn("8 ended, 1 behind, 1 silent", early.stdout)
        self.assertTrue(behind.is_running)
        daemon.start()
        silent.start()
        self.assertEqual(self.wait("all/away", "--hosts", NAMES).returncode, 0)
        self.assertEqual(len(self.fleet.runs("all/away", "v3")), 10)
        self.assertEqual([run.word for run in self.fleet.hosts["web2"].runs() if run.key == "all/away"], ["v1", "v3"])

    def test_one_of_all(self):
        for number in range(5):
            self.fleet.publish("one/job", f"v{number} 0.1")
            table = self.wait("one/job")
            self.assertEqual(table.returncode, 0, table.stdout + table.stderr)
            self.assertEqual(len(self.fleet.runs("one/job", f"v{number}")), 1, table.stdout)
        eventually("nine that stand by", lambda: sorted(self.fleet.states("one/job").values())
                   == ["ended"] + 9 * ["standby"])

    def test_never_more_than_two(self):
        self.fleet.publish("rolling/deploy", "v1 0.3")
        table = self.wait("rolling/deploy", "--hosts", NAMES)
        self.assertEqual(table.returncode, 0, table.stdout + table.stderr)
        runs = self.fleet.runs("rolling/deploy", "v1")
        self.assertEqual(len(runs), 10)
        at_once = [sum(other.begin <= run.begin < other.end for other in runs) for run in runs]
        self.assertLessEqual(max(at_once), 2, sorted(runs))
        # Or nothing was shown but that they came one after the other.
        self.assertEqual(max(at_once), 2, sorted(runs))

    def test_too_many_failures_hold_back_the_rest(self):
        self.fleet.publish("stopping/deploy", f"v1 0 {NAMES}")
        table = self.wait("stopping/deploy", "--hosts", NAMES)
        self.assertEqual(table.returncode, 1, table.stdout + table.stderr)
        self.assertIn("10 hosts: 8 held back, 2 failed", table.stdout)
        self.assertEqual(len(self.fleet.runs("stopping/deploy", "v1")), 2)


if __name__ == "__main__":
    unittest.main()
