import Foundation
import Testing

/// One save is one run on every kind of file system, heard or seen; and where one is mounted over a
/// watched directory or taken away, the path goes on with what is there.
@Suite(
    .enabled(if: Binary.isThere, Binary.reason),
    .enabled(if: Binary.isRoot, "needs root, to mount")
)
struct FileSystemTests {
    /// `$f` is the watched path, `$i` counts the saves.
    private static let saves: [(name: String, script: String)] = [
        ("touch", "touch $f"),
        ("touch -d", "touch -d @$((1577836800 + i * 60)) $f"),
        ("utime", "perl -e \"utime undef, undef, '$f'\""),
        (">", "echo $i > $f"),
        (">>", "echo $i >> $f"),
        ("mv over", "echo $i > $f.new; mv $f.new $f"),
        ("rsync", "head -c $i /dev/zero > $f.src; rsync -a $f.src $f"),
        ("vim", "vim -u NONE -es -c \"call setline(1, '$i')\" -c wq $f"),
        ("sed -i", "sed -i s/.*/$i/ $f"),
    ]
    private static let times = 5

    @Test(arguments: MountedKind.all)
    func `one save is one run`(kind: MountedKind) throws {
        guard try kind.isKnown() else { return }
        let place = try MountedPlace()
        try place.run(kind.script)
        let paths = Self.saves.indices.map { "\(place.point)/\($0)" }
        // What is changed unheard, and a barrier to it.
        let (behind, seen) = ("\(place.point)/behind", "\(place.point)/seen")
        let barrier = "\(place.point)/barrier"
        for path in paths + [barrier] { try place.run("echo 0 > $f", ["f": path]) }
        var watched = paths + [barrier]
        if let directory = kind.behind {
            try place.run("echo 0 > $s/\(directory)/behind; echo 0 > $s/\(directory)/seen")
            watched += [behind, seen]
        }
        let late = place.scratch("late")
        try place.run("echo 0 > $f", ["f": late])
        let daemon = try place.daemon(watched, late: late)
        defer { daemon.stop() }
        var passes = 0
        func pass() throws {
            passes += 1
            try place.run("touch $f", ["f": barrier])
            try #require(eventually { daemon.runs(of: barrier) >= passes }, "\(daemon.text)")
        }
        func expect(_ path: String, _ count: Int, _ comment: String) throws {
            try #require(
                eventually { daemon.runs(of: path) >= count },
                "lost: \(comment)\n\(daemon.text.suffix(2000))")
            try pass()
            try #require(
                daemon.runs(of: path) == count,
                "doubled: \(comment)\n\(daemon.text.suffix(2000))")
        }

        for number in 1...Self.times {
            for (save, path) in zip(Self.saves, paths) {
                try place.run(save.script, ["f": path, "i": String(number)])
                try expect(path, number, "save \(number) by \(save.name) on \(kind.name)")
            }
        }
        if let directory = kind.behind {
            var saves = ["touch $b", "echo more > $b", "touch $b"]
            if kind.showsReplaced { saves.append("echo other > $b.new; mv $b.new $b") }
            for (number, script) in saves.enumerated() {
                try place.run(script, ["b": place.scratch("s/\(directory)/behind")])
                try expect(behind, number + 1, "\(script), behind \(kind.name)")
            }
            // After two more looks at everything nothing was doubled.
            for number in 1...2 {
                try place.run("touch $s/\(directory)/seen")
                try #require(eventually { daemon.runs(of: seen) >= number })
            }
            #expect(daemon.runs(of: behind) == saves.count)
        } else {
            try place.run("touch $f", ["f": late])
            try #require(eventually { daemon.runs(of: late) == 1 })
            try pass()
        }
        for (save, path) in zip(Self.saves, paths) {
            #expect(daemon.runs(of: path) == Self.times, "late: \(save.name) on \(kind.name)")
        }
        let polled = daemon.events("polled").compactMap { $0["path"] as? String }
        #expect(polled.sorted() == (kind.behind == nil ? [] : watched.sorted()))
    }

    @Test(arguments: MountedKind.all)
    func `mounted over the watched directory, and taken away`(kind: MountedKind) throws {
        guard try kind.isKnown() else { return }
        let place = try MountedPlace()
        let path = "\(place.point)/f"
        try place.run("echo below > $m/f")
        let daemon = try place.daemon([path])
        defer { daemon.stop() }
        var runs = 0
        func expectOneMore(_ comment: String) throws {
            runs += 1
            try #require(
                eventually { daemon.runs(of: path) >= runs },
                "lost: \(comment), \(kind.name)\n\(daemon.text.suffix(2000))")
        }
        for round in 1...2 {
            try place.run(round == 1 ? kind.script : kind.again)
            if round == 1 {
                try place.run("echo first > $m/f")
            }
            try expectOneMore("another file is there, \(round)")
            try place.run("echo \(round) >> $m/f")
            try expectOneMore("saved on it, \(round)")
            if let directory = kind.behind {
                try place.run("ls $s/\(directory) > $s/list")
            }
            try place.run("umount $m")
            try expectOneMore("the one below is back, \(round)")
            try place.run("touch $m/f")
            try expectOneMore("touched below, \(round)")
            // It is heard again, and nothing is looked at for nothing.
            #expect(eventually { daemon.isAsleepForever })
        }
        #expect(daemon.runs(of: path) == runs)
        #expect(daemon.count("polled") == (kind.behind == nil ? 0 : 2))
    }

    /// The kernel's own files: what is written to them is heard, what the kernel makes is seen.
    @Test func `proc and sys`() throws {
        let ext4 = try #require(MountedKind.all.first { $0.name == "ext4" })
        let place = try MountedPlace()
        let sleeper = Process()
        sleeper.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        sleeper.arguments = ["sleep", "900"]
        try sleeper.run()
        defer { kill(sleeper.processIdentifier, SIGKILL) }
        let name = "/proc/\(sleeper.processIdentifier)/oom_score_adj"
        var made: [String] = []
        let hasImage = try ext4.isKnown()
        if hasImage {
            try place.run("truncate -s 16M $s/image; mkfs.ext4 -q -F $s/image")
            try place.run("losetup -f --show $s/image > $s/device")
            let device = try String(contentsOfFile: place.scratch("s/device"), encoding: .utf8)
                .trimmingCharacters(in: .whitespacesAndNewlines)
            let disk = URL(fileURLWithPath: device).lastPathComponent
            made = ["/proc/fs/ext4/\(disk)", "/sys/fs/ext4/\(disk)"]
        }
        defer { if hasImage { try? place.run("umount $m || :; losetup -d $(cat $s/device)") } }
        let daemon = try place.daemon([name] + made)
        defer { daemon.stop() }
        #expect(daemon.count("polled") == 1 + made.count)
        for number in 1...3 {
            try place.run("echo \(number) > \(name)")
            try #require(eventually { daemon.runs(of: name) >= number }, "\(daemon.text)")
        }
        for number in made.isEmpty ? [] : [1, 2] {
            try place.run("mount $(cat $s/device) $m")
            for path in made {
                try #require(eventually { daemon.runs(of: path) >= number }, "\(daemon.text)")
            }
            try place.run("umount $m")
            // It has to be gone for a look before it can come again.
            try #require(eventually { made.allSatisfy { access($0, F_OK) != 0 } })
            try place.run("echo 9\(number) > \(name)")
            try #require(eventually { daemon.runs(of: name) >= 3 + number })
        }
        #expect(daemon.runs(of: name) == (made.isEmpty ? 3 : 5))
        for path in made { #expect(daemon.runs(of: path) == 2) }
    }

    /// `poll` where all is heard: nothing is doubled by looking.
    @Test func `polled as the action says`() throws {
        let scratch = try Scratch()
        let path = try scratch.write("f")
        let user = NSUserName()
        let files = try scratch.write(
            "actions.json",
            "{\"\(path)\": {\"argv\": [\"true\"], \"user\": \"\(user)\", \"poll\": \"10ms\"}}")
        let daemon = try TouchmonProcess.daemon([files])
        defer { daemon.stop() }
        for number in 1...100 {
            let script = Self.saves[number % Self.saves.count].script
            let result = try Command.run(
                ["sh", "-c", script], environment: ["f": path, "i": String(number)])
            try #require(result.status == 0)
            try #require(eventually { daemon.runs(of: path) >= number })
        }
        #expect(daemon.runs(of: path) == 100)
        #expect(daemon.count("polled") == 0)
        #expect(!daemon.isAsleepForever)
    }
}
