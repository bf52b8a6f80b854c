"""Touch to exec, in batches of rounds, until floor against floor is quiet enough or the time is over."""

import collections
import pwd
import subprocess
import time

import figures

WARM_UP = 40


class Samples:
    """What was measured of some servers side by side. The first two are the floor."""

    def __init__(self, names):
        self.names = names
        self.values = collections.defaultdict(list)
        self.lost, self.doubled, self.strangers = (collections.Counter() for _ in range(3))
        self.rounds = 0

    def take(self, lines):
        for line in lines:
            word, *rest = line.split()
            if word == "=":
                name, *counts = rest
                for counter, count in zip((self.lost, self.doubled, self.strangers), counts):
                    counter[name] += int(count)
            else:
                self.values[word].append(int(rest[0]))

    @property
    def floor(self):
        """Both measurements of the floor: what all others are compared with."""
        return self.values[self.names[0]] + self.values[self.names[1]]

    def noise(self, share=0.5):
        return figures.noise(self.values[self.names[0]], self.values[self.names[1]], share)

    def quantile(self, name, share):
        return figures.quantile(self.values[name], share)

    def ratio(self, name, share):
        return figures.ratio(self.quantile(name, share), figures.quantile(self.floor, share))

    def is_broken(self, name):
        return self.lost[name] + self.doubled[name] + self.strangers[name] > 0

    @property
    def is_quiet(self):
        noise = self.noise()
        return noise is not None and noise <= figures.NOISE_LIMIT


def measure(place, servers, touch, user, rounds, batch, seconds):
    """At least `rounds` rounds; more of them while it is noisy, and at most so many seconds."""
    samples = Samples([server.name for server in servers])
    deadline = time.monotonic() + seconds
    uid = pwd.getpwnam(user).pw_uid
    left_out = set()
    while samples.rounds == 0 or time.monotonic() < deadline and not (
            samples.rounds >= rounds and samples.is_quiet):
        taking = [server for server in servers if server.name not in left_out]
        arguments = [str(word) for server in taking for word in (
            server.name, server.pid, server.job.file, server.job.fifo, server.every)]
        done = subprocess.run(
            [place.program("driver"), str(batch), str(WARM_UP if samples.rounds == 0 else 2), touch, str(uid),
             *arguments], capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip())
        samples.take(done.stdout.splitlines())
        samples.rounds += batch
        # Three lost ones cost their patience in every batch.
        left_out |= {server.name for server in servers if samples.lost[server.name] >= 3}
    return samples


def rows(samples, servers):
    """A row for each server: median, 90th and 99th percentile, ratios, and what went wrong."""
    lines = []
    for server in servers:
        name = server.name
        lines.append([
            server.describe(), *(figures.microseconds(samples.quantile(name, share)) for share in (0.5, 0.9, 0.99)),
            *(figures.number(samples.ratio(name, share)) for share in (0.5, 0.9, 0.99)),
            f"{len(samples.values[name]):,}", str(samples.lost[name]), str(samples.doubled[name])])
    return lines


COLUMNS = ["", "median, µs", "p90, µs", "p99, µs", "median / floor", "p90 / floor", "p99 / floor", "touches",
           "lost", "doubled"]


def noise_sentence(samples):
    parts = [f"{what} {100 * samples.noise(share):.1f} %" for what, share in
             (("median", 0.5), ("p90", 0.9), ("p99", 0.99)) if samples.noise(share) is not None]
    return f"Noise, floor against floor after {samples.rounds:,} rounds: {', '.join(parts)}."


def ranges(samples, servers):
    """For the plot: label, median, p90 and p99 in microseconds."""
    return [(server.label, *(samples.quantile(server.name, share) / 1000 for share in (0.5, 0.9, 0.99)))
            for server in servers if samples.values[server.name]]
