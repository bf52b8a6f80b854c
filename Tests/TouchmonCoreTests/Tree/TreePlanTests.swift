import Testing
import TouchmonCore
import TouchmonTestSupport

/// What a tree selects, and what a reload, a guard and another daemon's ledger make of that.
@Suite struct TreePlanTests {
    private typealias Trees = TreeTests

    @Test(arguments: TreeTests.mechanisms)
    func `what git ignores is left out, until it is ignored no more`(marks: Bool) throws {
        var daemon = try Trees.daemon(
            [try .tree("/srv/", usesGitignore: true)], marks: marks,
            directories: ["/srv/build", "/srv/src"])
        daemon.ignored = [
            RawPath("/srv/.gitignore"): "build/\n*.o\n",
            RawPath("/srv/src/.gitignore"): "!keep.o\n",
        ]
        try Trees.write("/srv/.gitignore", &daemon.kernel)
        try Trees.write("/srv/src/.gitignore", &daemon.kernel)
        daemon.pass(.seconds(1))
        for path in ["build/x", "src/a.o", "src/keep.o", "src/b.c", "top.o"] {
            try Trees.write("/srv/\(path)", &daemon.kernel)
            daemon.pass(.seconds(1))
        }
        #expect(Trees.paths(daemon) == [["/srv/src/keep.o"], ["/srv/src/b.c"]])
        daemon.ignored[RawPath("/srv/.gitignore")] = "*.o\n"
        try Trees.write("/srv/.gitignore", &daemon.kernel)
        daemon.pass(.seconds(1))
        try Trees.write("/srv/build/y", &daemon.kernel)
        daemon.pass(.seconds(1))
        #expect(Trees.paths(daemon).last == ["/srv/build/y"])
    }

    @Test(arguments: TreeTests.mechanisms)
    func `a reload watches what is selected then`(marks: Bool) throws {
        var daemon = try Trees.daemon([try .tree("/srv/")], marks: marks)
        daemon.reload([try .tree("/srv/", exclude: ["*.tmp"])])
        daemon.settle()
        for name in ["1.tmp", "1.txt"] {
            try Trees.write("/srv/\(name)", &daemon.kernel)
            daemon.pass(.seconds(1))
        }
        #expect(Trees.paths(daemon) == [["/srv/1.txt"]])
        daemon.reload([try .tree("/srv/", exclude: ["*.tmp"], policy: .standard)])
        try Trees.write("/srv/2", &daemon.kernel)
        daemon.pass(.seconds(1))
        daemon.reload([])
        try Trees.write("/srv/3", &daemon.kernel)
        daemon.pass(.seconds(1))
        #expect(Trees.paths(daemon) == [["/srv/1.txt"], ["/srv/2"]])
        daemon.reload([try .tree("/srv/")])
        daemon.pass(.seconds(1))
        try Trees.write("/srv/4", &daemon.kernel)
        daemon.pass(.seconds(1))
        #expect(Trees.paths(daemon).dropFirst(2) == [["/srv/4"]])
    }

    /// Neither to a tree that it changes, nor to one that it adds, nor to another one of the same base.
    @Test(arguments: TreeTests.mechanisms)
    func `a reload tells of nothing that was there or was handled`(marks: Bool) throws {
        let plain = try PlannedAction.tree("/srv/")
        var daemon = try Trees.daemon(
            [plain], marks: marks, directories: ["/srv/a"], files: ["/srv/a/old"])
        try Trees.write("/srv/a/1", &daemon.kernel)
        daemon.pass(.milliseconds(5))
        let other = try PlannedAction.tree("/srv/", exclude: ["*.tmp"])
        daemon.reload([other])
        daemon.pass(.seconds(5))
        let pattern = try PlannedAction.tree("/srv/*/*")
        daemon.reload([other, pattern])
        daemon.pass(.seconds(5))
        #expect(Trees.paths(daemon) == [["/srv/a/1"]])
        try Trees.write("/srv/a/2", &daemon.kernel)
        daemon.pass(.seconds(1))
        daemon.reload([plain])
        daemon.pass(.seconds(5))
        #expect(Trees.paths(daemon).dropFirst() == [["/srv/a/2"], ["/srv/a/2"]])
    }

    @Test(arguments: TreeTests.mechanisms)
    func `what is touched while a reload begins to watch is told`(marks: Bool) throws {
        for steps in 0..<12 {
            var daemon = try Trees.daemon(
                [try .tree("/srv/")], marks: marks, directories: ["/srv/a", "/srv/a/b"])
            daemon.reload([
                try .tree("/srv/", exclude: ["*.tmp"]), try .tree("/srv/a/"),
            ])
            for _ in 0..<steps { _ = daemon.step() }
            try Trees.write("/srv/a/b/1", &daemon.kernel)
            daemon.pass(.seconds(5))
            #expect(Trees.paths(daemon) == [["/srv/a/b/1"], ["/srv/a/b/1"]], "\(steps)")
        }
    }

    @Test(arguments: TreeTests.mechanisms)
    func `files have the command of the plan that is in force`(marks: Bool) throws {
        var policy = RunPolicy.standard
        policy.maxParallel = 1
        var daemon = try Trees.daemon(
            [try .tree("/srv/", each: .file, policy: policy)], marks: marks)
        daemon.runDuration = nil
        for name in 1...3 { try Trees.write("/srv/\(name)", &daemon.kernel) }
        daemon.settle()
        policy.maxParallel = 2
        daemon.reload([try .tree("/srv/", each: .file, policy: policy)])
        daemon.end(RunNumber(1))
        daemon.settle()
        #expect(daemon.runs.count == 3)
        daemon.reload([])
        daemon.end(RunNumber(2))
        daemon.end(RunNumber(3))
        daemon.pass(.seconds(1))
        #expect(daemon.runs.count == 3)
    }

    @Test func `a tree that a reload removes while it is looked at is let go`() throws {
        var daemon = try Trees.daemon(
            [try .tree("/srv/")], marks: false, directories: ["/srv/a", "/srv/a/b"])
        daemon.kernel.advance(by: .seconds(1))
        try daemon.kernel.makeDirectory(RawPath("/srv/c"))
        for name in 1...3 { try Trees.write("/srv/c/\(name)", &daemon.kernel) }
        for _ in 1...6 { _ = daemon.step() }
        daemon.reload([])
        daemon.pass(.seconds(1))
        #expect(daemon.runs.isEmpty)
        daemon.reload([try .tree("/srv/a/")])
        daemon.pass(.seconds(1))
        try Trees.write("/srv/a/b/1", &daemon.kernel)
        daemon.pass(.seconds(1))
        #expect(Trees.paths(daemon) == [["/srv/a/b/1"]])
    }

    private static func toucher(_ user: UInt32, began: FileTime? = nil) -> Toucher {
        Toucher(process: 7, user: user, group: user, session: 7, name: "u\(user)", began: began)
    }

    @Test func `only those may touch who are allowed to`() throws {
        var daemon = try Trees.daemon(
            [try .tree("/srv/", guardian: ToucherGuard(users: [1001]))], marks: true)
        for user: UInt32? in [nil, 1002, 1001] {
            daemon.treeToucher = user.map { Self.toucher($0) }
            try Trees.write("/srv/\(user ?? 0)", &daemon.kernel)
            daemon.pass(.seconds(1))
        }
        #expect(Trees.paths(daemon) == [["/srv/1001"]])
        let line = String(decoding: daemon.runs[0].spec.changes ?? [], as: UTF8.self)
        #expect(line.contains(#""touched_by":{"pid":7,"uid":1001,"user":"u1001"}"#))
        #expect(
            daemon.logs.contains {
                if case .toucherRefused(RawPath("/srv/1002"), _) = $0 { true } else { false }
            })
    }

    @Test func `a process that is younger than the change did not make it`() throws {
        var daemon = try Trees.daemon(
            [try .tree("/srv/", guardian: ToucherGuard(users: [1001]))], marks: true)
        let now = daemon.kernel.now
        for (began, isExpected) in [(now.advanced(by: .seconds(1)), false), (now, true)] {
            daemon.treeToucher = Self.toucher(1001, began: began)
            try Trees.write("/srv/1", &daemon.kernel)
            daemon.pass(.milliseconds(100))
            #expect(daemon.runs.isEmpty != isExpected)
        }
    }

    @Test(arguments: [TreePolicy.Each.batch, .file])
    func `what a run of the tree changes itself may be ignored`(each: TreePolicy.Each) throws {
        var touch = TouchPolicy.standard
        touch.ownChanges = .ignore
        var daemon = try Trees.daemon([try .tree("/srv/", each: each, touch: touch)], marks: true)
        try Trees.write("/srv/1", &daemon.kernel)
        daemon.runDuration = nil
        daemon.settle()
        let process = Int32(1000 + daemon.runs[0].spec.number.value)
        daemon.treeToucher = Toucher(process: process, user: 0, group: 0, session: process)
        try Trees.write("/srv/2", &daemon.kernel)
        daemon.pass(.milliseconds(100))
        daemon.end(RunNumber(1))
        daemon.settle()
        // Heard of a moment after its end, and not its own file.
        try Trees.write("/srv/3", &daemon.kernel)
        daemon.pass(.seconds(1))
        #expect(Trees.paths(daemon) == [["/srv/1"]])
        // Long after, it is somebody else's session.
        daemon.pass(.seconds(2))
        try Trees.write("/srv/4", &daemon.kernel)
        daemon.pass(.seconds(1))
        #expect(Trees.paths(daemon) == [["/srv/1"], ["/srv/4"]])
    }

    @Test func `of a file that the owner of the action file can't read, nothing runs`() throws {
        let alice = RunIdentity(name: "alice", user: 1000, group: 1000, groups: [1000])
        var daemon = try Trees.daemon([try .tree("/srv/", reader: alice)], marks: true)
        daemon.readersMayRead = false
        try Trees.write("/srv/1", &daemon.kernel)
        daemon.pass(.seconds(1))
        #expect(daemon.runs.isEmpty)
        daemon.readersMayRead = nil
        for name in ["2", "3"] { try Trees.write("/srv/\(name)", &daemon.kernel) }
        daemon.pass(.seconds(1))
        daemon.readersMayRead = true
        daemon.pass(.seconds(5))
        #expect(Set(Trees.paths(daemon).flatMap { $0 }) == ["/srv/2", "/srv/3"])
        #expect(daemon.askedReadersOf.contains(RawPath("/srv/3")))
    }

    @Test func `a touch whose question is open when the daemon is killed is found again`() throws {
        let alice = RunIdentity(name: "alice", user: 1000, group: 1000, groups: [1000])
        let plan = [try PlannedAction.tree("/srv/", reader: alice)]
        var daemon = try Trees.daemon(plan, marks: true)
        daemon.pass(.seconds(5))
        daemon.readersMayRead = nil
        try Trees.write("/srv/1", &daemon.kernel)
        daemon.pass(.seconds(5))
        daemon.crash()
        daemon.readersMayRead = true
        daemon.restart(plan)
        daemon.pass(.seconds(5))
        #expect(Trees.paths(daemon) == [["/srv/1"]])
    }

    @Test(arguments: TreeTests.mechanisms)
    func `a ledger that is opened late tells what was handled`(marks: Bool) throws {
        let plan = [try PlannedAction.tree("/srv/")]
        var daemon = try Trees.daemon(plan, marks: marks)
        daemon.pass(.seconds(5))
        daemon.signal(.terminate)
        daemon.pass(.seconds(1))
        try Trees.write("/srv/1", &daemon.kernel)
        daemon.state.failure = LedgerFailure(.unusable, RawPath("/state"), reason: "closed")
        daemon.restart(plan)
        daemon.pass(.milliseconds(500))
        #expect(daemon.runs.isEmpty)
        daemon.state.failure = nil
        daemon.pass(.seconds(120))
        #expect(Trees.paths(daemon) == [["/srv/1"]])
    }

    @Test(arguments: [FileSystemPolicy.nfs, .fuseOnVfat])
    func `where things change unheard, all is looked at in intervals`(
        policy: FileSystemPolicy
    ) throws {
        var kernel = SimulatedKernel()
        try kernel.makeDirectory(RawPath("/srv"))
        let disk = kernel.makeFileSystem(policy)
        try kernel.mount(disk, at: RawPath("/srv"))
        try kernel.makeDirectory(RawPath("/srv/a"))
        try Trees.write("/srv/a/old", &kernel)
        kernel.advance(by: .seconds(3600))
        var daemon = SimulatedDaemon(kernel: kernel, plan: [try .tree("/srv/", poll: .seconds(2))])
        daemon.marksFileSystems = true
        daemon.runDuration = .milliseconds(5)
        daemon.pass(.seconds(20))
        daemon.kernel.isElsewhere = true
        try Trees.write("/srv/a/new", &daemon.kernel)
        daemon.pass(.seconds(60))
        try Trees.write("/srv/a/old", &daemon.kernel)
        daemon.pass(.seconds(60))
        #expect(Trees.paths(daemon) == [["/srv/a/new"], ["/srv/a/old"]])
    }

    @Test(arguments: TreeTests.mechanisms)
    func `only what is left out of the base is left out of it`(marks: Bool) throws {
        var daemon = try Trees.daemon(
            [try .tree("/srv/*/out/"), try .tree("/srv/a/*.c")], marks: marks,
            directories: ["/srv/a", "/srv/a/out", "/srv/b", "/srv/b/in"])
        for path in ["a/out/1", "a/1.c", "a/2.h", "b/in/1", "b/1.c"] {
            try Trees.write("/srv/\(path)", &daemon.kernel)
            daemon.pass(.seconds(1))
        }
        #expect(Trees.paths(daemon) == [["/srv/a/out/1"], ["/srv/a/1.c"]])
    }
}
