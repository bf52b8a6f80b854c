import Testing
import TouchmonCore
import TouchmonTestSupport

/// Directories and patterns on the simulated daemon: the same behaviour, whether the kernel tells of whole
/// file systems or every directory is watched.
@Suite struct TreeTests {
    static let mechanisms = [true, false]

    /// A daemon that watches `actions`, with the directory /srv.
    static func daemon(
        _ actions: [PlannedAction], marks: Bool, directories: [String] = [], files: [String] = [],
        hidden: String? = nil
    ) throws -> SimulatedDaemon {
        var kernel = SimulatedKernel()
        for directory in ["/srv"] + directories { try kernel.makeDirectory(RawPath(directory)) }
        for file in files { try kernel.close(try kernel.open(RawPath(file), [.write, .create])) }
        kernel.advance(by: .seconds(3600))
        var daemon = SimulatedDaemon(kernel: kernel, plan: actions)
        daemon.marksFileSystems = marks
        daemon.engine.trees.hidden = hidden.map { RawPath($0) }
        daemon.runDuration = .milliseconds(5)
        daemon.settle()
        return daemon
    }

    static func write(_ path: String, _ kernel: inout SimulatedKernel) throws {
        let file = try kernel.open(RawPath(path), [.write, .create, .truncate])
        try kernel.write(file, count: 1)
        try kernel.close(file)
    }

    /// The paths that the runs were for.
    static func paths(_ daemon: SimulatedDaemon) -> [[String]] {
        daemon.runs.map { run in
            String(decoding: run.spec.changes ?? [], as: UTF8.self).split(separator: "\n")
                .compactMap { $0.split(separator: "\"").dropFirst(3).first.map(String.init) }
        }
    }

    @Test(arguments: mechanisms)
    func `a file that is written in a tree is one run, with its path`(marks: Bool) throws {
        var daemon = try Self.daemon(
            [try .tree("/srv/")], marks: marks, directories: ["/srv/a"], files: ["/srv/a/old"])
        try Self.write("/srv/a/f", &daemon.kernel)
        daemon.pass(.seconds(1))
        try Self.write("/srv/a/old", &daemon.kernel)
        daemon.pass(.seconds(1))
        #expect(Self.paths(daemon) == [["/srv/a/f"], ["/srv/a/old"]])
    }

    /// open(2) tells of the new name before it counts the file as open for writing, and a process may be
    /// interrupted in between.
    @Test(arguments: mechanisms)
    func `a file whose writer is slow to open it is one run, when it is closed`(marks: Bool) throws
    {
        var daemon = try Self.daemon([try .tree("/srv/")], marks: marks)
        try daemon.kernel.makeNode(RawPath("/srv/f"), .regular)
        daemon.pass(.milliseconds(15))
        #expect(daemon.runs.isEmpty)
        let file = try daemon.kernel.open(RawPath("/srv/f"), .write)
        daemon.pass(.milliseconds(15))
        try daemon.kernel.write(file, count: 1)
        daemon.pass(.milliseconds(15))
        try daemon.kernel.close(file)
        daemon.pass(.seconds(1))
        #expect(Self.paths(daemon) == [["/srv/f"]])
        // One that nobody opens counts by itself.
        try daemon.kernel.makeNode(RawPath("/srv/g"), .regular)
        daemon.pass(.seconds(1))
        #expect(Self.paths(daemon) == [["/srv/f"], ["/srv/g"]])
    }

    @Test(arguments: mechanisms)
    func `directories that are made and filled at once are seen`(marks: Bool) throws {
        var daemon = try Self.daemon([try .tree("/srv/")], marks: marks)
        for directory in ["/srv/a", "/srv/a/b", "/srv/a/b/c"] {
            try daemon.kernel.makeDirectory(RawPath(directory))
        }
        try Self.write("/srv/a/b/c/f", &daemon.kernel)
        daemon.pass(.seconds(1))
        #expect(Self.paths(daemon) == [["/srv/a/b/c/f"]])
    }

    @Test(arguments: mechanisms)
    func `a tree that is moved in counts with every file, and again where it is moved to`(
        marks: Bool
    ) throws {
        var daemon = try Self.daemon(
            [try .tree("/srv/")], marks: marks, directories: ["/out", "/out/t", "/out/t/u"],
            files: ["/out/t/1", "/out/t/u/2"])
        try daemon.kernel.rename(RawPath("/out/t"), to: RawPath("/srv/t"))
        daemon.pass(.seconds(1))
        try daemon.kernel.rename(RawPath("/srv/t"), to: RawPath("/srv/v"))
        daemon.pass(.seconds(1))
        try daemon.kernel.rename(RawPath("/srv/v"), to: RawPath("/out/t"))
        daemon.pass(.seconds(1))
        #expect(
            Self.paths(daemon).map { $0.sorted() } == [
                ["/srv/t/1", "/srv/t/u/2"], ["/srv/v/1", "/srv/v/u/2"],
            ])
        // What is done outside is nobody's affair.
        try Self.write("/out/t/1", &daemon.kernel)
        daemon.pass(.seconds(1))
        #expect(daemon.runs.count == 2)
    }

    @Test(arguments: mechanisms)
    func `changes during a run become one more run with all of them`(marks: Bool) throws {
        var daemon = try Self.daemon([try .tree("/srv/")], marks: marks)
        daemon.runDuration = nil
        try Self.write("/srv/1", &daemon.kernel)
        daemon.settle()
        for name in ["2", "3", "2"] {
            try Self.write("/srv/\(name)", &daemon.kernel)
            daemon.pass(.milliseconds(20))
        }
        daemon.end(RunNumber(1))
        daemon.pass(.seconds(1))
        #expect(Self.paths(daemon) == [["/srv/1"], ["/srv/2", "/srv/3"]])
    }

    @Test(arguments: mechanisms)
    func `each file has a run of its own, several at once and one at a time for each`(
        marks: Bool
    ) throws {
        var policy = RunPolicy.standard
        policy.maxParallel = 2
        var daemon = try Self.daemon(
            [try .tree("/srv/", each: .file, policy: policy)], marks: marks)
        daemon.runDuration = nil
        for name in ["1", "2", "3"] { try Self.write("/srv/\(name)", &daemon.kernel) }
        daemon.settle()
        #expect(Self.paths(daemon) == [["/srv/1"], ["/srv/2"]])
        daemon.kernel.advance(by: .milliseconds(20))
        try Self.write("/srv/1", &daemon.kernel)
        daemon.settle()
        #expect(daemon.runs.count == 2)
        daemon.end(RunNumber(2))
        daemon.settle()
        #expect(Self.paths(daemon) == [["/srv/1"], ["/srv/2"], ["/srv/3"]])
        daemon.end(RunNumber(1))
        daemon.settle()
        #expect(Self.paths(daemon).last == ["/srv/1"])
        let run = try #require(daemon.runs.last)
        #expect(run.variable("TOUCHMON_PATH") == Array("/srv/1".utf8))
        #expect(run.variable("TOUCHMON_ACTION") == Array("/srv/".utf8))
    }

    @Test(arguments: mechanisms)
    func `two hundred files at once have two hundred runs`(marks: Bool) throws {
        var daemon = try Self.daemon([try .tree("/srv/", each: .file)], marks: marks)
        for name in 1...200 { try Self.write("/srv/\(name)", &daemon.kernel) }
        daemon.pass(.seconds(10))
        #expect(Set(Self.paths(daemon)).count == 200)
        #expect(daemon.runs.count == 200)
    }

    @Test(arguments: mechanisms)
    func `chmod, reading and opening without a change are no touches`(marks: Bool) throws {
        var daemon = try Self.daemon([try .tree("/srv/")], marks: marks, files: ["/srv/f"])
        try daemon.kernel.setMode(RawPath("/srv/f"), to: 0o600)
        daemon.pass(.seconds(1))
        try daemon.kernel.close(try daemon.kernel.open(RawPath("/srv/f"), [.read]))
        try daemon.kernel.close(try daemon.kernel.open(RawPath("/srv/f"), [.write]))
        daemon.pass(.seconds(1))
        #expect(daemon.runs.isEmpty)
        try daemon.kernel.setTimes(RawPath("/srv/f"), access: .now, modification: .now)
        daemon.pass(.seconds(1))
        #expect(daemon.runs.count == 1)
    }

    /// Whatever the daemon has seen when the tool closes the file.
    @Test(arguments: mechanisms)
    func `a time that is set into the past by who has opened the file is one touch`(marks: Bool)
        throws
    {
        for steps in 0..<8 {
            var daemon = try Self.daemon([try .tree("/srv/")], marks: marks, files: ["/srv/f"])
            for number in 1...2 {
                let file = try daemon.kernel.open(RawPath("/srv/f"), [.write])
                let past = FileTime(seconds: Int64(1_000_000_000 - number))
                try daemon.kernel.setTimes(file, access: .set(past), modification: .set(past))
                for _ in 0..<steps { _ = daemon.step() }
                try daemon.kernel.close(file)
                daemon.pass(.seconds(1))
                #expect(Self.paths(daemon).count == number, "\(steps)")
            }
        }
    }

    @Test(arguments: mechanisms)
    func `what changed while no daemon was there is caught up, and nothing else`(
        marks: Bool
    ) throws {
        let plan = [try PlannedAction.tree("/srv/")]
        var daemon = try Self.daemon(
            plan, marks: marks, directories: ["/srv/a"], files: ["/srv/a/1"])
        try Self.write("/srv/a/2", &daemon.kernel)
        daemon.pass(.seconds(20))
        daemon.signal(.terminate)
        daemon.pass(.seconds(1))
        #expect(daemon.hasExited)
        try Self.write("/srv/a/3", &daemon.kernel)
        daemon.kernel.advance(by: .seconds(5))
        daemon.restart(plan)
        daemon.pass(.seconds(5))
        #expect(Self.paths(daemon) == [["/srv/a/2"], ["/srv/a/3"]])
        #expect(daemon.runs.last?.variable("TOUCHMON_REASON") == Array("catch-up".utf8))
        daemon.crash()
        daemon.restart(plan)
        daemon.pass(.seconds(5))
        #expect(daemon.runs.count == 2)
    }

    @Test(arguments: mechanisms)
    func `a run that was cut off is for the same files again`(marks: Bool) throws {
        let plan = [try PlannedAction.tree("/srv/")]
        var daemon = try Self.daemon(plan, marks: marks)
        daemon.pass(.seconds(5))
        daemon.runDuration = nil
        try Self.write("/srv/1", &daemon.kernel)
        daemon.settle()
        #expect(daemon.runs.count == 1)
        daemon.losePower(.keeps(1000))
        daemon.restart(plan)
        daemon.pass(.seconds(5))
        #expect(Self.paths(daemon) == [["/srv/1"], ["/srv/1"]])
    }

    @Test(arguments: mechanisms)
    func `an overflow of the queue loses nothing and doubles nothing`(marks: Bool) throws {
        var daemon = try Self.daemon([try .tree("/srv/")], marks: marks)
        daemon.kernel.queueLimit = 4
        for name in 1...20 { try Self.write("/srv/\(name)", &daemon.kernel) }
        try daemon.kernel.makeDirectory(RawPath("/srv/d"))
        try Self.write("/srv/d/f", &daemon.kernel)
        daemon.pass(.seconds(15))
        let paths = Self.paths(daemon).flatMap { $0 }
        #expect(Set(paths).count == 21)
        #expect(paths.count == 21)
    }

    @Test(arguments: mechanisms)
    func `a base that comes later counts with all that is in it`(marks: Bool) throws {
        var daemon = try Self.daemon(
            [try .tree("/srv/in/*.csv")], marks: marks, directories: ["/new"],
            files: ["/new/1.csv", "/new/2.txt"])
        try daemon.kernel.rename(RawPath("/new"), to: RawPath("/srv/in"))
        daemon.pass(.seconds(1))
        try Self.write("/srv/in/3.csv", &daemon.kernel)
        daemon.pass(.seconds(1))
        #expect(Self.paths(daemon) == [["/srv/in/1.csv"], ["/srv/in/3.csv"]])
    }

    @Test(arguments: mechanisms)
    func `other kinds of changes are told as such`(marks: Bool) throws {
        var touch = TouchPolicy.standard
        touch.on = [.delete, .create]
        var daemon = try Self.daemon(
            [try .tree("/srv/", touch: touch)], marks: marks, files: ["/srv/f"])
        try daemon.kernel.unlink(RawPath("/srv/f"))
        daemon.pass(.seconds(1))
        try daemon.kernel.makeDirectory(RawPath("/srv/d"))
        daemon.pass(.seconds(1))
        #expect(Self.paths(daemon) == [["/srv/f"], ["/srv/d"]])
        let lines = daemon.runs.map { String(decoding: $0.spec.changes ?? [], as: UTF8.self) }
        #expect(lines[0].contains("\"change\":\"delete\""))
        #expect(lines[1].contains("\"change\":\"create\"") && lines[1].contains("\"directory\""))
    }

    @Test(arguments: mechanisms)
    func `a file system that is mounted in a tree is watched too`(marks: Bool) throws {
        var daemon = try Self.daemon([try .tree("/srv/")], marks: marks, directories: ["/srv/m"])
        let disk = daemon.kernel.makeFileSystem(.ext4)
        try daemon.kernel.mount(disk, at: RawPath("/srv/m"))
        try Self.write("/srv/m/1", &daemon.kernel)
        daemon.pass(.seconds(1))
        try Self.write("/srv/m/2", &daemon.kernel)
        daemon.pass(.seconds(1))
        try daemon.kernel.unmount(RawPath("/srv/m"))
        daemon.pass(.seconds(1))
        try Self.write("/srv/m/3", &daemon.kernel)
        daemon.pass(.seconds(1))
        #expect(Self.paths(daemon) == [["/srv/m/1"], ["/srv/m/2"], ["/srv/m/3"]])
    }

    @Test(arguments: mechanisms)
    func `what is seen again below an unmounted file system is no news`(marks: Bool) throws {
        var daemon = try Self.daemon(
            [try .tree("/srv/")], marks: marks, directories: ["/srv/m", "/srv/m/d"],
            files: ["/srv/m/1", "/srv/m/d/2"])
        try daemon.kernel.mount(daemon.kernel.makeFileSystem(.ext4), at: RawPath("/srv/m"))
        daemon.pass(.seconds(1))
        try daemon.kernel.unmount(RawPath("/srv/m"))
        daemon.pass(.seconds(5))
        #expect(Self.paths(daemon) == [])
        for name in ["1", "d/2"] {
            try Self.write("/srv/m/\(name)", &daemon.kernel)
            daemon.pass(.seconds(1))
        }
        #expect(Self.paths(daemon) == [["/srv/m/1"], ["/srv/m/d/2"]])
    }

    @Test(arguments: mechanisms)
    func `what touchmon itself writes is part of no tree`(marks: Bool) throws {
        var daemon = try Self.daemon(
            [try .tree("/srv/")], marks: marks, directories: ["/srv/state"], hidden: "/srv/state")
        try Self.write("/srv/state/1", &daemon.kernel)
        try daemon.kernel.makeDirectory(RawPath("/srv/state/d"))
        try Self.write("/srv/state/d/1", &daemon.kernel)
        daemon.pass(.seconds(1))
        #expect(daemon.runs.isEmpty)
        try Self.write("/srv/stated", &daemon.kernel)
        daemon.pass(.seconds(1))
        #expect(Self.paths(daemon) == [["/srv/stated"]])
    }

    @Test(arguments: [true, false], 1...6)
    func `what the system can't tell for a moment is asked again`(marks: Bool, ordinal: Int) throws
    {
        for error: ErrorNumber in [.tooManyOpenFiles, .inputOutput, .noMemory] {
            var daemon = try Self.daemon([try .tree("/srv/")], marks: marks)
            daemon.kernel.faults.fail(.status, ordinal: ordinal, with: error)
            daemon.kernel.faults.fail(.addWatch, ordinal: ordinal, with: error)
            try daemon.kernel.makeDirectory(RawPath("/srv/a"))
            try Self.write("/srv/a/1", &daemon.kernel)
            daemon.pass(.seconds(10))
            try Self.write("/srv/2", &daemon.kernel)
            daemon.pass(.seconds(10))
            #expect(Self.paths(daemon) == [["/srv/a/1"], ["/srv/2"]])
        }
    }

    @Test func `a directory that could not be read is watched as soon as it can be`() throws {
        var daemon = try Self.daemon(
            [try .tree("/srv/")], marks: false, directories: ["/out", "/out/b"],
            files: ["/out/b/old"])
        daemon.kernel.faults.fail(.addWatch, with: .permissionDenied)
        try daemon.kernel.rename(RawPath("/out"), to: RawPath("/srv/a"))
        daemon.pass(.seconds(1))
        try Self.write("/srv/a/b/1", &daemon.kernel)
        daemon.pass(.seconds(1))
        #expect(daemon.runs.isEmpty)
        try daemon.kernel.setMode(RawPath("/srv/a"), to: 0o755)
        daemon.pass(.seconds(1))
        for name in ["/srv/a/2", "/srv/a/b/3"] {
            try Self.write(name, &daemon.kernel)
            daemon.pass(.seconds(1))
        }
        #expect(Self.paths(daemon) == [["/srv/a/b/1"], ["/srv/a/2"], ["/srv/a/b/3"]])
    }

    @Test func `a directory that can't be found for a moment is looked for again`() throws {
        var daemon = try Self.daemon([try .tree("/srv/")], marks: true, directories: ["/srv/a"])
        try Self.write("/srv/a/1", &daemon.kernel)
        daemon.findsDirectories = false
        daemon.settle()
        daemon.findsDirectories = true
        daemon.pass(.seconds(10))
        #expect(Self.paths(daemon) == [["/srv/a/1"]])
    }

    @Test func `without watches left, a tree is looked at in intervals`() throws {
        var kernel = SimulatedKernel()
        try kernel.makeDirectory(RawPath("/srv"))
        try kernel.makeDirectory(RawPath("/srv/a"))
        kernel.watchLimit = 3
        var daemon = SimulatedDaemon(kernel: kernel, plan: [try .tree("/srv/")])
        daemon.runDuration = .milliseconds(5)
        daemon.settle()
        daemon.pass(.seconds(30))
        try Self.write("/srv/a/f", &daemon.kernel)
        daemon.pass(.seconds(60))
        try Self.write("/srv/a/f", &daemon.kernel)
        daemon.pass(.seconds(60))
        #expect(Self.paths(daemon) == [["/srv/a/f"], ["/srv/a/f"]])
    }

    /// Whatever the daemon has seen of a file, and read of its events, when a run begins for another one.
    @Test(arguments: mechanisms)
    func `a file that is written while a run begins is told once`(marks: Bool) throws {
        for first in 0..<12 {
            for second in 0..<12 {
                var daemon = try Self.daemon([try .tree("/srv/")], marks: marks)
                try Self.write("/srv/1", &daemon.kernel)
                for _ in 0..<first { _ = daemon.step() }
                try daemon.kernel.makeDirectory(RawPath("/srv/d"))
                let file = try daemon.kernel.open(RawPath("/srv/2"), [.write, .create])
                for _ in 0..<second { _ = daemon.step() }
                try daemon.kernel.write(file, count: 1)
                try daemon.kernel.close(file)
                try Self.write("/srv/d/3", &daemon.kernel)
                daemon.pass(.seconds(1))
                #expect(
                    Self.paths(daemon).flatMap { $0 }.sorted() == ["/srv/1", "/srv/2", "/srv/d/3"],
                    "\(first) \(second)")
            }
        }
    }

    /// A daemon of a tree with a file that has another name outside, which was told.
    private static func daemonOfLinked(marks: Bool) throws -> SimulatedDaemon {
        var daemon = try daemon(
            [try .tree("/srv/a/")], marks: marks, directories: ["/srv/a"], files: ["/srv/f"])
        try daemon.kernel.link(RawPath("/srv/f"), to: RawPath("/srv/a/f"))
        daemon.pass(.seconds(60))
        return daemon
    }

    /// Who has the file open by another of its names closes it by that, which is no news of this one.
    @Test(arguments: mechanisms, [20, 700, 30_000])
    func `a file with several names counts when it is closed by another`(
        marks: Bool, milliseconds: Int
    ) throws {
        var daemon = try Self.daemonOfLinked(marks: marks)
        #expect(Self.paths(daemon) == [["/srv/a/f"]])
        let file = try daemon.kernel.open(RawPath("/srv/f"), [.write])
        try daemon.kernel.truncate(RawPath("/srv/a/f"), to: 7)
        daemon.pass(.milliseconds(milliseconds))
        #expect(daemon.runs.count == 1)
        try daemon.kernel.write(file, count: 1)
        try daemon.kernel.close(file)
        daemon.pass(.milliseconds(2 * milliseconds))
        #expect(Self.paths(daemon) == [["/srv/a/f"], ["/srv/a/f"]])
        daemon.pass(.seconds(60))
        #expect(daemon.runs.count == 2)
    }

    /// Something else is heard of it when the time of a look has passed, and that look is still to come.
    @Test(arguments: mechanisms, [15, 21, 45, 90, 500, 1500, 3000, 12_000])
    func `such a file is waited for by a daemon that is slow, too`(
        marks: Bool, milliseconds: Int
    ) throws {
        var daemon = try Self.daemonOfLinked(marks: marks)
        let file = try daemon.kernel.open(RawPath("/srv/f"), [.write])
        try daemon.kernel.truncate(RawPath("/srv/a/f"), to: 7)
        daemon.settle()
        daemon.tick(.milliseconds(milliseconds))
        try daemon.kernel.setMode(RawPath("/srv/a/f"), to: 0o600)
        daemon.settle()
        daemon.pass(.milliseconds(100))
        #expect(daemon.runs.count == 1)
        try daemon.kernel.write(file, count: 1)
        try daemon.kernel.close(file)
        daemon.pass(.seconds(60))
        #expect(Self.paths(daemon) == [["/srv/a/f"], ["/srv/a/f"]])
        #expect(daemon.engine.nextDeadline() == nil)
    }

    /// A directory has more than one link, and nobody closes it.
    @Test(arguments: mechanisms)
    func `a directory in place of a file that is being written is waited for by nobody`(
        marks: Bool
    ) throws {
        var daemon = try Self.daemon(
            [try .tree("/srv/a/")], marks: marks, directories: ["/srv/a"], files: ["/srv/f"])
        try daemon.kernel.link(RawPath("/srv/f"), to: RawPath("/srv/a/f"))
        let file = try daemon.kernel.open(RawPath("/srv/a/f"), [.write])
        try daemon.kernel.write(file, count: 1)
        daemon.pass(.seconds(1))
        try daemon.kernel.unlink(RawPath("/srv/a/f"))
        try daemon.kernel.makeDirectory(RawPath("/srv/a/f"))
        daemon.pass(.seconds(60))
        try daemon.kernel.close(file)
        daemon.pass(.seconds(60))
        #expect(daemon.engine.nextDeadline() == nil)
    }
}
