import Foundation
import Testing

/// What runs print: in their files, and in the log.
@Suite(.enabled(if: Binary.isThere, Binary.reason)) struct OutputTests {
    private static let user = NSUserName()

    private static func text(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
    }

    private static func blocks(_ path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_blocks) * 512 : 0
    }

    private static func names(_ daemon: TouchmonProcess) -> [String] {
        let path = "\(daemon.state)/output"
        return ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }

    @Test func `both streams are in the file in their order, and each line is in the log`() throws {
        let watched = try Watched(
            "for i in 1 2 3; do echo out $i; echo err $i >&2; done; printf 'no newline'")
        let daemon = try watched.start()
        for run in 1...3 {
            utimes(watched.path, nil)
            #expect(eventually { watched.ends(daemon).count == run })
            let lines = ["out 1", "err 1", "out 2", "err 2", "out 3", "err 3", "no newline"]
            #expect(try Self.text(daemon.output(of: run)) == lines.joined(separator: "\n"))
            let events = daemon.events("output").filter { $0["run"] as? Int == run }
            #expect(events.compactMap { $0["text"] as? String } == lines)
            #expect(events.allSatisfy { $0["path"] as? String == watched.path })
            // All of them before the run's end.
            let log = daemon.text.split(separator: "\n").filter { $0.contains("\"run\":\(run),") }
            #expect(log.last?.contains("\"event\":\"run_ended\"") == true)
            #expect(log.first?.contains("\"event\":\"run_started\"") == true)
        }
        daemon.stop()
        #expect(Self.names(daemon) == ["1", "2", "3"])
    }

    @Test func `a run that prints nothing leaves no file`() throws {
        let watched = try Watched()
        let daemon = try watched.start()
        utimes(watched.path, nil)
        #expect(eventually { watched.ends(daemon).count == 1 })
        // What is there is of the run that will come.
        #expect(eventually { Self.names(daemon) == ["2"] })
        daemon.stop()
        #expect(Self.names(daemon) == [])
    }

    @Test func `what is no text is escaped in the log, and as it is in the file`() throws {
        let watched = try Watched(#"printf 'a\000b\033[31m\tc\r\n'"#)
        let daemon = try watched.start()
        utimes(watched.path, nil)
        #expect(eventually { watched.ends(daemon).count == 1 })
        #expect(daemon.printed == ["a\u{0}b\u{1b}[31m\tc\r"])
        let message = daemon.events("output").first?["message"] as? String
        #expect(message == #"run 1: a\x00b\x1b[31m\x09c\x0d"#)
        #expect(try Self.text(daemon.output(of: 1)) == "a\u{0}b\u{1b}[31m\tc\r\n")
        daemon.stop()
    }

    @Test(.enabled(if: Binary.isRoot, Binary.rootReason))
    func `another user's run can open its standard streams again, and nothing else there`() throws {
        let scratch = try Scratch()
        let stamp = try scratch.write("stamp")
        let script = """
            echo one; echo two >> /dev/stderr; echo three >> /dev/stdout
            cat /proc/self/fd/1 2>/dev/null || echo not readable
            cat "$STATE/output/1" 2>/dev/null || echo not reachable
            ls "$STATE/output" 2>/dev/null || echo not listed
            """
        let state = scratch("state")
        let file = try scratch.actions([
            stamp: [
                "argv": ["sh", "-c", script], "user": Users.alice.name,
                "environment": ["STATE": state],
            ]
        ])
        let daemon = try TouchmonProcess.daemon([file], state: state)
        utimes(stamp, nil)
        #expect(daemon.wait(for: "run_ended", count: 1))
        let lines = ["one", "two", "three", "not readable", "not reachable", "not listed"]
        #expect(daemon.printed == lines)
        #expect(try Self.text(daemon.output(of: 1)) == lines.joined(separator: "\n") + "\n")
        daemon.stop()
    }

    @Test func `a run that empties its file goes on in it`() throws {
        let watched = try Watched("echo before; read line < $gate; echo after > /dev/stderr")
        let daemon = try watched.start()
        utimes(watched.path, nil)
        #expect(daemon.wait(for: "output", count: 1))
        watched.gate.open()
        #expect(eventually { watched.ends(daemon).count == 1 })
        #expect(daemon.printed == ["before", "after"])
        #expect(try Self.text(daemon.output(of: 1)) == "after\n")
        daemon.stop()
    }

    @Test func `of 200 MB head and tail are kept, and the disk holds little more at any time`()
        throws
    {
        let size = 200_000_000
        // It goes on when the disk has got back most of what it printed before: however busy the machine is.
        let wait = "while [ $(stat -L -c %b /dev/fd/1) -gt 20000 ]; do sleep 0.01; done"
        let watched = try Watched(
            "seq 100000000 999999999 | for part in $(seq 20); do "
                + "head -c \(size / 20); \(wait); done; echo; echo the end; read line < $gate",
            extra: ["output_limit": "64K"])
        let daemon = try watched.start()
        utimes(watched.path, nil)
        let path = daemon.output(of: 1)
        var most = 0
        var status = stat()
        #expect(
            eventually(within: 60) {
                most = max(most, Self.blocks(path))
                return stat(path, &status) == 0 && Int(status.st_size) > size
            })
        #expect(most < size / 8, "\(most) bytes")
        // Without a further word of the run.
        #expect(eventually { Self.blocks(path) <= 3 * 65_536 })
        watched.gate.open()
        #expect(eventually { watched.ends(daemon).count == 1 })
        let data = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
        #expect(data.count == size + 9)
        let head = (100_000_000..<100_010_000).map { "\($0)\n" }.joined()
        #expect(data.prefix(32_768) == Data(head.utf8.prefix(32_768)))
        #expect(data.suffix(9) == Data("\nthe end\n".utf8))
        // The rest reads as zeros.
        let printed = try Command.run(["sh", "-c", "tr -d '\\0' < \(path) | wc -c"]).output
        #expect(printed == "65536\n")
        #expect(Self.blocks(path) <= 2 * 65_536)
        // The log has the beginning, and says that there is more.
        let lines = daemon.printed
        #expect(lines.first == "100000000")
        #expect(lines.count >= 3276 && lines.count <= 6554)
        let cut = try #require(daemon.events("output_cut").first)
        #expect(cut["file"] as? String == path)
        let shortened = try #require(daemon.events("output_shortened").first)
        #expect(shortened["printed"] as? Int == size + 9)
        #expect(shortened["kept"] as? Int == 65_536)
        daemon.stop()
    }

    @Test func `a run outlives its daemon, prints on, and the next daemon goes on copying`() throws
    {
        let watched = try Watched(
            """
            echo one; read line < $gate; echo two; echo 2 > $SAID
            read line < $gate; echo three; read line < $gate; echo four >&2
            """, with: "SAID")
        let first = try watched.start()
        utimes(watched.path, nil)
        #expect(first.wait(for: "output", count: 1))
        first.stop(with: SIGKILL)
        watched.gate.open()
        #expect(eventually { (try? Self.text(watched.file("SAID"))) == "2\n" })
        let second = try watched.start()
        #expect(second.wait(for: "run_adopted", count: 1))
        watched.gate.open()
        #expect(second.wait(for: "output", count: 1))
        watched.gate.open()
        #expect(eventually { watched.ends(second).count == 1 })
        #expect(second.printed == ["three", "four"])
        #expect(try Self.text(second.output(of: 1)) == "one\ntwo\nthree\nfour\n")
        second.stop()
        #expect(Self.names(second) == ["1"])
    }

    @Test func `a daemon that is killed while a run prints takes nothing of it away`() throws {
        let watched = try Watched(
            """
            i=0; while [ ! -e $END ]; do i=$((i + 1)); echo $i; sleep 0.001; done
            read line < $gate
            """, with: "END")
        var daemon = try watched.start()
        utimes(watched.path, nil)
        for _ in 0..<3 {
            #expect(daemon.wait(for: "output", count: 10))
            daemon.stop(with: SIGKILL)
            daemon = try watched.start()
        }
        #expect(daemon.wait(for: "output", count: 10))
        try watched.scratch.write("END")
        let lines = { try Self.text(daemon.output(of: 1)).split(separator: "\n").map(String.init) }
        let isAllThere = try eventually {
            let (before, last) = (try lines(), daemon.printed.last)
            return last == before.last && daemon.isAsleepForever
        }
        #expect(isAllThere)
        watched.gate.open()
        #expect(eventually { watched.ends(daemon).count == 1 })
        let all = try lines()
        #expect(all.count > 40)
        #expect(all == (1...all.count).map(String.init))
        daemon.stop()
    }

    @Test func `what an earlier daemon made for a run that never was is removed`() throws {
        let watched = try Watched("echo x")
        let first = try watched.start()
        utimes(watched.path, nil)
        #expect(eventually { watched.ends(first).count == 1 })
        #expect(eventually { Self.names(first) == ["1", "2"] })
        first.stop(with: SIGKILL)
        try watched.scratch.write("state/output/99")
        try watched.scratch.write("state/output/mine")
        let second = try watched.start()
        try watched.pass(second)
        second.stop()
        #expect(Self.names(second) == ["1", "mine"])
    }

    @Test func `without a state directory runs print where the daemon does, which is said once`()
        throws
    {
        let scratch = try Scratch()
        let stamp = try scratch.write("stamp")
        let file = try scratch.actions([stamp: (["echo", "printed"], Self.user)])
        // A file is no directory, whoever asks.
        let daemon = try TouchmonProcess.daemon(
            [file], state: try scratch.write("file") + "/state")
        for run in 1...3 {
            utimes(stamp, nil)
            #expect(daemon.wait(for: "run_ended", count: run))
        }
        daemon.stop()
        #expect(daemon.count("output_degraded") == 1)
        #expect(daemon.plainLines == ["printed", "printed", "printed"])
        #expect(daemon.count("output") == 0)
    }

    @Test(.enabled(if: Binary.isRoot, Binary.rootReason))
    func `where there is no room for a file, runs start all the same, until there is`() throws {
        let place = try MountedPlace()
        // Room for a journal, and no more files than there are.
        try place.run("mount -t tmpfs -o nr_inodes=64 tmpfs $m; mkdir $m/state")
        let stamp = try place.scratch.write("stamp")
        let file = try place.scratch.actions([stamp: (["echo", "printed"], Self.user)])
        let daemon = try TouchmonProcess.daemon(
            [file], prefix: place.prefix, state: "\(place.point)/state")
        utimes(stamp, nil)
        #expect(daemon.wait(for: "run_ended", count: 1))
        #expect(daemon.printed == ["printed"])
        try place.run("for i in $(seq 100); do touch $m/full.$i || break; done 2>/dev/null")
        for run in 2...4 {
            utimes(stamp, nil)
            #expect(daemon.wait(for: "run_ended", count: run))
        }
        let isSaid = daemon.count("output_degraded") == 1
        #expect(isSaid, "\(daemon.text)")
        let event = daemon.events("output_degraded").first
        #expect((event?["message"] as? String)?.contains("make room") == true)
        try place.run("rm $m/full.*")
        for run in 5...6 {
            utimes(stamp, nil)
            #expect(daemon.wait(for: "run_ended", count: run))
        }
        daemon.stop()
        #expect(daemon.count("output_restored") == 1)
        #expect(daemon.count("output_degraded") == 1)
        #expect(daemon.printed.last == "printed")
    }

    @Test(.enabled(if: Binary.isRoot, Binary.rootReason))
    func `a disk that is full under a run is the run's own trouble`() throws {
        let place = try MountedPlace()
        try place.run("mount -t tmpfs -o size=4M tmpfs $m; mkdir $m/state")
        let stamp = try place.scratch.write("stamp")
        let result = try place.scratch.write("result")
        let script = "head -c 8M /dev/zero; echo $? > \(result)"
        let file = try place.scratch.actions([
            stamp: ["argv": ["sh", "-c", script], "user": Self.user, "output_limit": "1G"]
        ])
        let daemon = try TouchmonProcess.daemon(
            [file], prefix: place.prefix, state: "\(place.point)/state")
        utimes(stamp, nil)
        #expect(daemon.wait(for: "run_ended", count: 1))
        #expect(try Self.text(result) == "1\n")
        #expect(daemon.stop() == 0)
    }

    @Test(.enabled(if: Binary.isRoot, Binary.rootReason))
    func `where a file system has no holes, the head is kept, and the disk is bounded`() throws {
        let place = try MountedPlace()
        let vfat = try #require(MountedKind.all.first { $0.kernelName == "vfat" })
        guard try vfat.isKnown() else { return }
        try place.run(vfat.script)
        let stamp = try place.scratch.write("stamp")
        let script =
            "i=0; while [ $i -lt 60 ]; do head -c 1M /dev/zero | tr '\\0' x; "
            + "sleep 0.02; i=$((i + 1)); done; echo the end"
        let file = try place.scratch.actions([
            stamp: ["argv": ["sh", "-c", script], "user": Self.user, "output_limit": "8K"]
        ])
        let daemon = try TouchmonProcess.daemon(
            [file], prefix: place.prefix, state: "\(place.point)/state")
        utimes(stamp, nil)
        #expect(daemon.wait(for: "run_ended", count: 1, within: 60))
        // The file system holds 16 MB.
        #expect(daemon.events("run_ended").first?["status"] as? Int == 0)
        #expect((daemon.events("output_shortened").first?["printed"] as? Int ?? 0) > 60 << 20)
        #expect(daemon.stop() == 0)
    }

    @Test func `inherit prints where the daemon does, discard nowhere, and neither leaves a file`()
        throws
    {
        let scratch = try Scratch()
        let (one, two) = (try scratch.write("one"), try scratch.write("two"))
        let file = try scratch.actions([
            one: ["argv": ["echo", "inherited"], "user": Self.user, "output": "inherit"],
            two: ["argv": ["echo", "discarded"], "user": Self.user, "output": "discard"],
        ])
        let daemon = try TouchmonProcess.daemon([file])
        for (number, stamp) in [one, two, one, two].enumerated() {
            utimes(stamp, nil)
            #expect(daemon.wait(for: "run_ended", count: number + 1))
        }
        #expect(Self.names(daemon) == [])
        daemon.stop()
        #expect(daemon.plainLines == ["inherited", "inherited"])
        #expect(daemon.count("output") == 0)
    }

    @Test func `beside runs that record, others leave no file`() throws {
        let scratch = try Scratch()
        let (one, two) = (try scratch.write("one"), try scratch.write("two"))
        let file = try scratch.actions([
            one: ["argv": ["echo", "recorded"], "user": Self.user],
            two: ["argv": ["echo", "discarded"], "user": Self.user, "output": "discard"],
        ])
        let daemon = try TouchmonProcess.daemon([file])
        for (number, stamp) in [two, one, two, two, one].enumerated() {
            utimes(stamp, nil)
            #expect(daemon.wait(for: "run_ended", count: number + 1))
        }
        daemon.stop()
        #expect(Self.names(daemon) == ["2", "5"])
        #expect(daemon.printed == ["recorded", "recorded"])
    }

    @Test(.enabled(if: Binary.isRoot, Binary.rootReason))
    func `a silent run wakes nobody, and a chatty one seldom`() throws {
        // Away from the other tests: their directories are names on the way to theirs, and their
        // mounts would wake it.
        let scratch = try Scratch()
        let gate = try Gate(scratch("gate"))
        let script = "read line < \(scratch("gate")); while echo x; do :; done"
        let files = try scratch.actions(["/mnt/stamp": (["sh", "-c", script], Self.user)])
        let daemon = try TouchmonProcess.daemon(
            [files],
            prefix: [
                "unshare", "-m", "--propagation", "private", "sh", "-c",
                "mount -t tmpfs touchmon /mnt && exec \"$@\"", "sh",
            ])
        close(open("/proc/\(daemon.pid)/root/mnt/stamp", O_WRONLY | O_CREAT | O_CLOEXEC, 0o644))
        #expect(daemon.wait(for: "run_started", count: 1))
        // No deadline is left: only the run itself, a touch or a signal can wake it.
        #expect(eventually { daemon.isAsleepForever })
        let silent = try Self.switches(daemon.pid)
        try Command.run(["sleep", "2"])
        #expect(try Self.switches(daemon.pid) == silent)
        gate.open()
        #expect(daemon.wait(for: "output_cut", count: 1, within: 240))
        let before = try Self.switches(daemon.pid)
        try Command.run(["sleep", "2"])
        let after = try Self.switches(daemon.pid)
        // Every 10 ms, since it prints so much.
        #expect(after - before < 300, "\(after - before) in 2 s")
        let process = try #require(daemon.values("pid", of: "run_started", as: Int.self).first)
        kill(Int32(process), SIGKILL)
        #expect(daemon.wait(for: "run_ended", count: 1))
        daemon.stop()
    }

    /// How often a process gave up the processor by itself.
    private static func switches(_ process: Int32) throws -> Int {
        let status = try text("/proc/\(process)/status")
        let line = try #require(
            status.split(separator: "\n").first { $0.hasPrefix("voluntary_ctxt_switches") })
        return try #require(Int(line.split(separator: "\t").last ?? ""))
    }
}
