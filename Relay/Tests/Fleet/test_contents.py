"""What others put into etcd: hostile keys, large values and a flood of them."""

import os
import time
import unittest

from fleet import Fleet
from programs import eventually

MIB = 1 << 20
FLOOD = 20_000 if int(os.environ.get("TIMES") or 2) >= 50 else 2_000
TOUCHES = b"/touchmon/touches/"
# The relay takes 40 MiB at rest, and 74 MiB with 20,000 puts in a row.
LARGEST_MEMORY = 160 * MIB
HOSTILE = [
    b"", b"/", b"//", b".", b"..", b"./x", b"../x", b"../../outside/x", b"a/../x", b"a/../../outside/x", b"a/..",
    b"/etc/x", b"/", b"a//b", b"a/", b".hidden", b"a/.hidden", b".k.relay-1", b"a\0b", b"\0", b"a\nb", b"a\rb", b"a b",
    b"a\x1b[31m", b"\xff\xfe", b"\xc3", "ä".encode(), "\u202ex".encode(), b"a\\b", b"a:b", b"~", b"$(id)",
    b"x" * 201, b"x" * 300, b"x/" * 300 + b"x", b"-" * 513, b"link/x", b"link/link/x", b"chain/x", b"directory"]


class Contents(unittest.TestCase):
    def setUp(self):
        self.fleet = Fleet()
        self.addCleanup(self.fleet.stop)
        self.fleet.add(["web1"], {"all": ["--max-keys", "200", "--only-write"]})
        self.host = self.fleet.hosts["web1"]
        self.relay = self.host.relays["all"]
        self.outside = f"{self.fleet.place}/outside"
        os.mkdir(self.outside)
        with open(f"{self.outside}/victim", "w") as file:
            file.write("untouched")
        os.symlink(self.outside, f"{self.host.stamps}/link")
        os.symlink("link", f"{self.host.stamps}/chain")
        os.symlink(f"{self.outside}/victim", f"{self.host.stamps}/file")
        os.mkdir(f"{self.host.stamps}/directory")

    def put(self, key, value):
        self.fleet.cluster.put(TOUCHES + key, value)

    def content(self, key):
        try:
            with open(f"{self.host.stamps}/{key}", "rb") as file:
                return file.read()
        except FileNotFoundError:
            return None

    def everything(self):
        """All names of this host and beside it that no program of ours writes, and what is outside."""
        found = {}
        for place in (self.outside, self.fleet.place, "/etc"):
            found[place] = sorted(os.listdir(place))
        with open(f"{self.outside}/victim") as file:
            return found, file.read()

    def largest_memory(self):
        """That the relay ever had in use."""
        with open(f"/proc/{self.relay.pid}/status") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:"))

    def arrived(self, key, value):
        self.put(key.encode(), value)
        eventually(f"{len(value)} bytes as {key}", lambda: self.content(key) == value)

    def test_nothing_outside_is_written(self):
        before = self.everything()
        for key in HOSTILE:
            self.put(key, b"x")
        self.arrived("good/key", b"good")
        self.arrived("file", b"new")
        self.assertFalse(os.path.islink(f"{self.host.stamps}/file"))
        self.assertEqual(self.everything(), before)
        self.assertEqual(os.listdir(f"{self.host.stamps}/directory"), [])
        names = {os.path.relpath(f"{place}/{name}", self.host.stamps)
                 for place, directories, files in os.walk(self.host.stamps) for name in directories + files}
        self.assertEqual(names, {"link", "chain", "directory", "file", "good", "good/key"})
        # A line of the log stays one, whatever the key is.
        for line in self.relay.text().splitlines():
            self.assertRegex(line, r"^\d{4}-\d\d-\d\dT[\d:.]+Z (info|notice|warning|error) [^\x00-\x1f]*$")

    def test_values_of_all_sizes(self):
        for size in (0, 1, MIB, 5):
            self.arrived("size", os.urandom(size))
        self.put(b"size", b"x" * (MIB + 1))
        eventually("the word that it is too large", lambda: "more than 1 MiB" in self.relay.text())
        self.assertEqual(len(self.content("size")), 5)
        self.arrived("size", b"after it")

    def test_many_large_values(self):
        """All at once, as for a relay that was away."""
        keys = 200 if FLOOD == 20_000 else 30
        self.relay.kill()
        values = {f"large/k{number}": b"%03d" % number + bytes(MIB - 3) for number in range(keys)}
        for key, value in values.items():
            self.put(key.encode(), value)
        self.relay.start()
        for key, value in values.items():
            eventually(key, lambda: self.content(key) == value)
        memory = self.largest_memory()
        print(f"\n{keys} MiB to {keys} keys: the relay took at most {memory / MIB:.0f} MiB", flush=True)
        self.assertLess(memory, LARGEST_MEMORY)

    def test_a_flood(self):
        """Of good and of hostile keys, a hundred a time, with large values between them."""
        before, began = self.everything(), time.monotonic()
        for batch in range(FLOOD // 100):
            good = [(b"flood/k%d" % number, b"%d" % batch) for number in range(70)]
            good = [(b"flood/k%d" % number, b"%d" % batch) for number in range(70)]
            # A transaction may not put a key twice.
            hostile = [(HOSTILE[(batch + number) % len(HOSTILE)] + b"\n%d" % number, b"x") for number in range(30)]
            self.fleet.cluster.transact([(TOUCHES + key, value) for key, value in good + hostile])
            if batch % 2:
                self.put(b"flood/large%d" % (batch % 5), b"%03d" % batch + bytes(MIB - 3))
        latest = b"%d" % (FLOOD // 100 - 1)
        for number in range(70):
            eventually(f"the latest value of k{number}", lambda: self.content(f"flood/k{number}") == latest, 400)
        self.arrived("flood/k0", b"last")
        taken = time.monotonic() - began
        memory = self.largest_memory()
        print(f"\n{FLOOD} puts, {taken:.1f} s to the latest value: at most {memory / MIB:.0f} MiB", flush=True)
        self.assertLess(memory, LARGEST_MEMORY)
        self.assertEqual(self.everything(), before)
        self.assertTrue(self.relay.is_running)


if __name__ == "__main__":
    unittest.main()
