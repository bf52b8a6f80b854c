"""From a touch to the first line of the command's main for a daemon that has much to know: plain actions, a
tree, and a history in its ledger, with what runs print recorded, beside the floor and a daemon with one
action. The daemon keeps no run in memory that is over: its history is as large on the disk as is said here,
and what is resident of it is the kernel's cache of the file. The tree is on the file system of the files that
are touched."""

import os
import sqlite3
import subprocess
import time

import figures
import plot
import process
import servers
import touches

TITLE = "Touch to exec, big daemon"
NEEDS_ROOT = True
ROW_BYTES = 150  # of a run with its share of the indexes: how many are made at a time, no more


def fill(ledger, paths, size):
    """Puts runs into a ledger, an hour's worth of each, until its file has so many bytes. Returns how many."""
    database = sqlite3.connect(ledger, isolation_level=None)
    for setting in ("synchronous = OFF", "locking_mode = EXCLUSIVE", "cache_size = -200000"):
        database.execute(f"PRAGMA {setting}")
    database.execute("CREATE TEMP TABLE chosen (id INTEGER PRIMARY KEY, path BLOB)")
    database.executemany("INSERT INTO chosen VALUES (?, ?)", enumerate(path.encode() for path in paths))
    (number,), now = database.execute("SELECT last_run FROM summary").fetchone(), time.time_ns()
    first = number
    while (missing := size - os.path.getsize(ledger)) > 0:
        count = max(1000, min(500_000, missing // ROW_BYTES))
        database.execute("BEGIN")
        database.execute("""
            WITH RECURSIVE n(i) AS (SELECT :number + 1 UNION ALL SELECT i + 1 FROM n WHERE i < :number + :count)
            INSERT INTO run SELECT i, (SELECT path FROM chosen WHERE id = i % :paths), 0, 1000 + i % 30000, i,
              :now + i, :now + i + 5000000, 0, CASE WHEN i % 50 = 0 THEN 3 ELSE 0 END, NULL, NULL, 0, 1 FROM n
            """, {"number": number, "count": count, "paths": len(paths), "now": now - 3_600_000_000_000})
        number += count
        database.execute("UPDATE summary SET last_run = ?", (number,))
        database.execute("COMMIT")
        # What is in the write-ahead log is not in the file yet.
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return number - first


def run(bench, result):
    place = bench.place
    actions, files, history = bench.pick((10_000, 1_000_000, 1 << 30), (1000, 10_000, 1 << 23))
    # Each of the three sizes has files of its own.
    disk = place.disk(8, files * 3 // 2 + actions * 3 + 100_000)
    sizes, medians, ratios = [], [], []
    try:
        for step in (100, 10, 1):
            bench.say(f"{actions // step:,} actions, {files // step:,} files, {history // step:,} bytes of history")
            sizes.append(actions // step)
            value, ratio = measure(bench, result, disk, actions // step, files // step, history // step,
                                   is_largest=step == 1)
            medians.append(value)
            ratios.append(ratio)
    finally:
        place.unmount(disk)
    result.growth("the latency, with the size of everything", sizes, ratios)
    result.plots["big"] = plot.growth("Touch to exec over the size of the daemon", "actions",
                                      "times the floor", [("touchmon", sizes, ratios)])


def measure(bench, result, disk, actions, files, history, is_largest):
    place = bench.place
    base = place.scratch("files", disk)
    tree = f"{base}/tree"
    subprocess.run([place.program("make"), tree, str(max(1, files // 10)), str(files)], check=True)
    more = {f"{tree}/": {"argv": ["/bin/true"], "user": place.user, "recursive": True}}
    for number in range(actions - 1):
        if number % 1000 == 0:
            directory = place.scratch("actions", base)
        path = f"{directory}/{number}"
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o644))
        more[path] = {"argv": ["/bin/true"], "user": place.user}

    def job(name):
        return servers.Job(place, name, base)
    big = servers.Touchmon(place, "touchmon-big", job("big"), actions=more, options=["--keep-runs", "1000000000"])
    # Its ledger is made by itself, and then filled.
    big.start().stop()
    ledger = f"{big.state}/ledger.sqlite"
    count = fill(ledger, list(more)[1:] or list(more), history)
    with servers.Running([
            servers.Floor(place, "floor-a", job("floor-a")), servers.Floor(place, "floor-b", job("floor-b")),
            servers.Touchmon(place, "touchmon-one", job("one")), big]) as running:
        process.wait_until_idle(big.pid)
        samples = touches.measure(place, running.servers, "touch", place.user, bench.pick(1000, 40),
                                  bench.pick(250, 40), bench.pick(90, 2))
        resident, anonymous = (process.status(big.pid, key) / 1024 for key in ("VmRSS", "RssAnon"))
    title = (f"{actions:,} actions, {files:,} files in {max(1, files // 10):,} directories, {count:,} runs in a "
             f"ledger of {os.path.getsize(ledger) / (1 << 20):,.0f} MB")
    result.table(title, touches.COLUMNS, touches.rows(samples, running.servers))
    result.notes.append(f"{title}: {resident:.1f} MB resident, {anonymous:.1f} MB of it anonymous. "
                        + touches.noise_sentence(samples))
    ratio = samples.ratio(big.name, 0.5)
    if is_largest:
        result.claim("touch to exec, big daemon, median", ratio, 1.10, noise=samples.noise())
        result.claim("touch to exec, big daemon, beside one with one action, median",
                     figures.ratio(samples.quantile(big.name, 0.5), samples.quantile("touchmon-one", 0.5)), 1.03,
                     unit="times the small one", noise=samples.noise())
    return samples.quantile(big.name, 0.5), ratio
