"""Nothing is touched, and everybody is there at once: how often a process wakes up (each time that it goes to
sleep by itself is counted, in all its threads), its processor time, and its memory. Anonymous memory is its
own; the rest of what is resident is its program and libraries. All files are on a file system in memory that
nobody else sees, so that nobody's work on a directory above them is a reason to wake. touchmon has 1,000
actions, its peers one file each. What a further action takes is the difference of two daemons that differ in
nothing else, with the bytes of their paths taken off."""

import os
import time

import figures
import many
import plot
import process
import servers
import systemd

TITLE = "Idle"
NEEDS_ROOT = True


def run(bench, result):
    place = bench.place
    seconds = bench.pick(60, 5)
    # Of the directories above the files, the root is then the only one that others use.
    inside = place.memory(512, "/mnt")
    given = [servers.Floor(place, "floor", job=servers.Job(place, "floor", inside)),
             servers.Touchmon(place, job=servers.Job(place, "touchmon", inside),
                              actions=many.actions(place, many.paths(place, 999, inside)))]
    given += [peer(place, job=servers.Job(place, peer.name, inside)) for peer in [*servers.PEERS, systemd.SystemdPath]]
    with servers.Running(given) as running:
        bench.say(f"{seconds} s of nothing, with every peer")
        # With what is made ahead of a next run.
        running.servers[1].wait_until_heard(time.monotonic() + servers.PATIENCE)
        process.wait_until_idle(running.servers[1].pid)
        time.sleep(bench.pick(5, 3))  # its ledger is saved two seconds after a run
        before = {server.name: counts(server) for server in running.servers}
        time.sleep(seconds)
        after = {server.name: counts(server) for server in running.servers}
        memory = {server.name: [sum(process.status(member, key) for member in server.processes()) / 1024
                                for key in ("VmRSS", "RssAnon")] for server in running.servers}
    woken = {name: [now - then for now, then in zip(after[name], before[name])] for name in after}
    result.table(f"in {seconds} s", ["", "wake-ups", "processor time, ms", "resident, MB", "anonymous, MB",
                                     "processes", "threads"], [[
        server.describe() + (", 1,000 actions" if server.name == "touchmon" else ""),
        f"{woken[server.name][0]:,}", figures.number(woken[server.name][1] / 1e6),
        *(figures.number(value) for value in memory[server.name]), *(f"{value:,}" for value in after[server.name][2:])]
        for server in running.servers])
    result.notes += [f"{label}: {note}" for label, note in running.notes.items()]
    result.notes.append("touchmon: the process that it made ahead of its next run shares its memory, and is not "
                        "counted twice.")
    result.claim(f"idle for {seconds} s with 1,000 actions, wake-ups", woken["touchmon"][0], 0, unit="wake-ups")
    result.claim("1,000 actions, anonymous memory", memory["touchmon"][1], 1.5, unit="MB")

    sizes = bench.pick([1000, 10_000, 100_000], [100, 1000, 10_000])
    used, strings = [], []
    for size in sizes:
        bench.say(f"{size:,} actions")
        files = many.paths(place, size, inside)
        with many.Daemon(place, many.actions(place, files)) as daemon:
            daemon.wait_for(" ready: ")
            process.wait_until_idle(daemon.pid)
            time.sleep(bench.pick(3, 1))  # what starting took is given back with the first save
            used.append(process.status(daemon.pid, "RssAnon") * 1024)
        strings.append(sum(len(path) for path in files))
    place.unmount(inside)
    further = ((used[-1] - used[-2]) - (strings[-1] - strings[-2])) / (sizes[-1] - sizes[-2])
    result.table("anonymous memory", ["actions", "MB", "paths alone, MB"], [
        [f"{size:,}", figures.number(total / (1 << 20)), figures.number(own / (1 << 20))]
        for size, total, own in zip(sizes, used, strings)])
    result.claim(f"each action from {sizes[-2]:,} to {sizes[-1]:,}, beyond the bytes of its path", further, 100,
                 unit="bytes")
    result.growth("anonymous memory", sizes, used)
    result.plots["idle"] = plot.growth("Memory of actions", "actions", "kB of anonymous memory", [
        ("touchmon", sizes, [total / 1024 for total in used]),
        ("its paths alone", sizes, [own / 1024 for own in strings])])


def counts(server):
    """Wake-ups, processor time in nanoseconds, processes and threads of a server and all that belongs to it."""
    members = server.processes()
    return [sum(map(process.switches, members)), sum(map(process.processor_time, members)), len(members),
            sum(len(os.listdir(f"/proc/{member}/task")) for member in members)]
