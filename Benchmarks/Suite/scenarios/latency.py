"""From a touch to the first line of the command's main, all in turns in one run, each touch after a rest of
some milliseconds. The command is one statically linked program, run as the daemon's own user and as another
one. `touch` opens for writing, sets the times and closes; `write` writes a byte instead; `times` sets them
without opening; `rename` puts another file into the place."""

import figures
import plot
import servers
import systemd
import touches

TITLE = "Touch to exec"
NEEDS_ROOT = False


def run(bench, result):
    place = bench.place
    users = [place.user] + (["nobody"] if place.is_root else [])
    for user in users:
        whose = "same user" if user == place.user else "other user"
        bench.say(f"{whose}, with every peer")
        given = [servers.Floor(place, "floor-a", user=user), servers.Floor(place, "floor-b", user=user),
                 servers.Touchmon(place, user=user)]
        given += [peer(place, user=user) for peer in [*servers.PEERS, systemd.SystemdPath]]
        with servers.Running(given) as running:
            samples = touches.measure(place, running.servers, "touch", user, bench.pick(1000, 40),
                                      bench.pick(100, 20), bench.pick(240, 10))
            tell(result, f"touch, {whose}, among all peers", samples, running.servers)
            result.plots[f"latency-{whose.replace(' ', '-')}"] = plot.ranges(
                f"Touch to exec, {whose}", "microseconds", touches.ranges(samples, running.servers))
            judge(result, f"{whose}, among all peers", samples)
            ahead(result, whose, samples, running.servers)
            if user == users[0]:
                result.notes += [f"{server.label}: {server.how}; as another user {server.other_user}."
                                 for server in given if server.name != "floor-b"]
            result.notes += [f"{label}, {whose}: {note}" for label, note in running.notes.items()]
        bench.say(f"{whose}, beside the floor alone, in four ways")
        for touch in ("touch", "write", "times", "rename"):
            with servers.Running(given[:3]) as running:
                samples = touches.measure(place, running.servers, touch, user, bench.pick(1000, 40),
                                          bench.pick(250, 40), bench.pick(60, 2))
                tell(result, f"{touch}, {whose}, beside the floor alone", samples, running.servers)
                promise(result, f"{touch}, {whose}", samples)
                if touch == "touch":
                    judge(result, f"{whose}, beside the floor alone", samples)


def tell(result, title, samples, measured):
    result.table(title, touches.COLUMNS, touches.rows(samples, measured))
    result.notes.append(f"{title}: {touches.noise_sentence(samples)}")


def promise(result, title, samples):
    """The floor may double a touch, for it keeps no state; touchmon may not, however fast it is."""
    result.claim(f"{title}: touches lost or doubled, and runs as another user",
                 samples.lost["touchmon"] + samples.doubled["touchmon"] + samples.strangers["touchmon"], 0,
                 unit="by touchmon")


def judge(result, which, samples):
    result.claim(f"touch to exec, {which}, median", samples.ratio("touchmon", 0.5), 1.05, noise=samples.noise())
    # Of fewer it would be the longest or the second longest.
    is_enough = len(samples.values["touchmon"]) >= 300
    result.claim(f"touch to exec, {which}, 99th percentile", samples.ratio("touchmon", 0.99) if is_enough else None,
                 1.2, noise=samples.noise(0.99))


def ahead(result, whose, samples, measured):
    peers = {server.label: samples.quantile(server.name, 0.5) for server in measured
             if server.is_peer and samples.values[server.name]}
    if peers:
        fastest = min(peers, key=peers.get)
        result.claim(f"touch to exec, {whose}, ahead of every peer: of the fastest, {fastest}",
                     figures.ratio(samples.quantile("touchmon", 0.5), peers[fastest]), 1.0,
                     unit="times its median", noise=samples.noise())
    promise(result, f"touch, {whose}, among all peers", samples)
