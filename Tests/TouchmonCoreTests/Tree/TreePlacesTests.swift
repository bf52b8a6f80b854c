import Testing
@testable import TouchmonTestSupport

@testable import TouchmonCore

/// Trees at the root, across file systems, beside what touchmon writes itself, and without watches left.
@Suite struct TreePlacesTests {
    private typealias Trees = TreeTests

    /// A daemon of all that is below /srv, where a file system with an old file is mounted, which has not looked
    /// yet.
    private static func daemon(
        mounting policy: FileSystemPolicy, at place: String, directories: [String], marks: Bool
    ) throws -> SimulatedDaemon {
        var kernel = SimulatedKernel()
        for directory in directories { try kernel.makeDirectory(RawPath(directory)) }
        try kernel.mount(kernel.makeFileSystem(policy), at: RawPath(place))
        try Trees.write("\(place)/old", &kernel)
        kernel.advance(by: .seconds(3600))
        _ = kernel.takeMountTableChange()
        var daemon = SimulatedDaemon(kernel: kernel, plan: [try .tree("/srv/")])
        daemon.marksFileSystems = marks
        daemon.runDuration = .milliseconds(5)
        return daemon
    }

    private static func flat(_ daemon: SimulatedDaemon) -> [String] {
        Trees.paths(daemon).flatMap { $0 }
    }

    private static func write(_ daemon: inout SimulatedDaemon, _ paths: String...) throws {
        for path in paths {
            try Trees.write(path, &daemon.kernel)
            daemon.pass(.seconds(1))
        }
    }

    @Test(arguments: TreeTests.mechanisms)
    func `a tree that is all there is, with a file system in it`(marks: Bool) throws {
        var daemon = try Trees.daemon([try .tree("/")], marks: marks, directories: ["/m"])
        try Self.write(&daemon, "/srv/1", "/2")
        try daemon.kernel.mount(daemon.kernel.makeFileSystem(.ext4), at: RawPath("/m"))
        daemon.pass(.seconds(1))
        try Self.write(&daemon, "/m/3", "/srv/4")
        #expect(Self.flat(daemon) == ["/srv/1", "/2", "/m/3", "/srv/4"])
    }

    @Test(arguments: TreeTests.mechanisms)
    func `each file of all there is, caught up by the next daemon once`(marks: Bool) throws {
        let plan = [try PlannedAction.tree("/", each: .file)]
        var daemon = try Trees.daemon(plan, marks: marks)
        daemon.pass(.seconds(5))
        try Self.write(&daemon, "/srv/1", "/2")
        daemon.pass(.seconds(20))
        daemon.signal(.terminate)
        daemon.pass(.seconds(1))
        try Trees.write("/srv/3", &daemon.kernel)
        daemon.restart(plan)
        daemon.pass(.seconds(5))
        #expect(Self.flat(daemon) == ["/srv/1", "/2", "/srv/3"])
    }

    @Test(arguments: TreeTests.mechanisms)
    func `a file system that was there before the daemon is watched too`(marks: Bool) throws {
        var daemon = try Self.daemon(
            mounting: .ext4, at: "/srv/m", directories: ["/srv", "/srv/m", "/srv/d"], marks: marks)
        daemon.settle()
        #expect(daemon.runs.isEmpty)
        try Self.write(&daemon, "/srv/m/1", "/srv/d/2", "/srv/m/old")
        #expect(Self.flat(daemon) == ["/srv/m/1", "/srv/d/2", "/srv/m/old"])
    }

    @Test(arguments: TreeTests.mechanisms)
    func `a file system in a directory that is left out is left out`(marks: Bool) throws {
        var daemon = try Trees.daemon(
            [try .tree("/srv/", exclude: ["m/"])], marks: marks, directories: ["/srv/m"])
        try daemon.kernel.mount(daemon.kernel.makeFileSystem(.ext4), at: RawPath("/srv/m"))
        daemon.pass(.seconds(1))
        try Self.write(&daemon, "/srv/m/1", "/srv/2")
        #expect(Self.flat(daemon) == ["/srv/2"])
        let parts = daemon.logs.compactMap { event -> RawPath? in
            if case .treeWatched(_, let part, _, _) = event { part } else { nil }
        }
        #expect(parts == [RawPath("/srv")])
    }

    /// What was changed below the mount since the tree is watched counts, and nothing older.
    @Test(arguments: TreeTests.mechanisms)
    func `a file system that is mounted at the base itself is the tree`(marks: Bool) throws {
        var daemon = try Trees.daemon([try .tree("/srv/")], marks: marks, files: ["/srv/f"])
        let disk = daemon.kernel.makeFileSystem(.ext4)
        try daemon.kernel.mount(disk, at: RawPath("/srv"))
        daemon.pass(.seconds(1))
        try Self.write(&daemon, "/srv/1")
        try daemon.kernel.unmount(RawPath("/srv"))
        daemon.pass(.seconds(1))
        try Self.write(&daemon, "/srv/f")
        #expect(Self.flat(daemon) == ["/srv/1", "/srv/f"])
    }

    @Test func `a file system that goes while it is listed is listed no more`() throws {
        var daemon = try Trees.daemon(
            [try .tree("/srv/")], marks: false, directories: ["/srv/m"])
        let disk = daemon.kernel.makeFileSystem(.ext4)
        try daemon.kernel.mount(disk, at: RawPath("/srv/m"))
        for name in 1...9 { try daemon.kernel.makeDirectory(RawPath("/srv/m/\(name)")) }
        for _ in 0..<12 { _ = daemon.step() }
        try daemon.kernel.unmount(RawPath("/srv/m"))
        daemon.pass(.seconds(5))
        try Self.write(&daemon, "/srv/m/1", "/srv/2")
        #expect(Self.flat(daemon) == ["/srv/m/1", "/srv/2"])
        #expect(!daemon.engine.trees.isScanning)
    }

    // MARK: What touchmon writes itself

    @Test(arguments: TreeTests.mechanisms)
    func `no tree is watched where touchmon itself writes`(marks: Bool) throws {
        var daemon = try Trees.daemon(
            [try .tree("/srv/state/x/")], marks: marks,
            directories: ["/srv/state", "/srv/state/x", "/srv/state/x/d"], hidden: "/srv/state")
        try Self.write(&daemon, "/srv/state/x/d/1")
        #expect(daemon.runs.isEmpty)
    }

    @Test(arguments: TreeTests.mechanisms)
    func `a tree beside what touchmon writes has all of its files`(marks: Bool) throws {
        var daemon = try Trees.daemon(
            [try .tree("/srv/a/")], marks: marks,
            directories: ["/srv/a", "/srv/a/d", "/srv/state"], hidden: "/srv/state")
        try Self.write(&daemon, "/srv/a/d/1", "/srv/state/2")
        #expect(Self.flat(daemon) == ["/srv/a/d/1"])
    }

    @Test(arguments: TreeTests.mechanisms)
    func `of all there is, only the directory itself is hidden, and not one named nearly so`(
        marks: Bool
    ) throws {
        var daemon = try Trees.daemon(
            [try .tree("/")], marks: marks,
            directories: ["/state", "/state/d", "/stated", "/stated/d"], hidden: "/state")
        for directory in ["/state/e", "/stated/e"] {
            try daemon.kernel.makeDirectory(RawPath(directory))
        }
        daemon.pass(.seconds(1))
        try Self.write(
            &daemon, "/state/1", "/state/d/2", "/state/e/3", "/stated/4", "/stated/d/5",
            "/stated/e/6")
        #expect(Self.flat(daemon) == ["/stated/4", "/stated/d/5", "/stated/e/6"])
    }

    // MARK: Directories

    @Test func `the attributes of a directory that can be read change nothing`() throws {
        var daemon = try Trees.daemon(
            [try .tree("/srv/")], marks: false, directories: ["/srv/a"], files: ["/srv/a/old"])
        try daemon.kernel.setMode(RawPath("/srv/a"), to: 0o700)
        daemon.pass(.seconds(1))
        #expect(daemon.runs.isEmpty)
        try Self.write(&daemon, "/srv/a/1")
        #expect(Self.flat(daemon) == ["/srv/a/1"])
    }

    @Test(arguments: TreeTests.mechanisms)
    func `directories that come with a directory are creations, too`(marks: Bool) throws {
        var touch = TouchPolicy.standard
        touch.on = [.create, .move]
        var daemon = try Trees.daemon(
            [try .tree("/srv/", touch: touch)], marks: marks,
            directories: ["/out", "/out/a", "/out/a/b"], files: ["/out/a/f"])
        try daemon.kernel.rename(RawPath("/out/a"), to: RawPath("/srv/a"))
        daemon.pass(.seconds(1))
        #expect(Set(Self.flat(daemon)) == ["/srv/a", "/srv/a/b", "/srv/a/f"])
    }

    @Test(arguments: TreeTests.mechanisms)
    func `of a directory that comes, what git ignores in it is left out`(marks: Bool) throws {
        var daemon = try Trees.daemon(
            [try .tree("/srv/", usesGitignore: true)], marks: marks,
            directories: ["/out", "/out/a", "/out/a/b", "/out/a/build"],
            files: ["/out/a/f", "/out/a/f.o", "/out/a/b/g.o", "/out/a/b/g", "/out/a/build/x"])
        daemon.ignored = [
            RawPath("/srv/.gitignore"): "*.o\n", RawPath("/srv/a/.gitignore"): "build/\n",
        ]
        // What it says now is read now.
        try Self.write(&daemon, "/srv/.gitignore")
        try daemon.kernel.rename(RawPath("/out/a"), to: RawPath("/srv/a"))
        daemon.pass(.seconds(1))
        #expect(Set(Self.flat(daemon)) == ["/srv/a/f", "/srv/a/b/g"])
    }

    // MARK: Looking in intervals

    /// More directories than watches: the way to the base takes some as well.
    @Test func `a tree with more directories than there are watches is looked at`() throws {
        var kernel = SimulatedKernel()
        for directory in ["/srv"] + (1...9).map({ "/srv/\($0)" }) {
            try kernel.makeDirectory(RawPath(directory))
        }
        try Trees.write("/srv/9/old", &kernel)
        kernel.advance(by: .seconds(3600))
        kernel.watchLimit = 5
        var daemon = SimulatedDaemon(kernel: kernel, plan: [try .tree("/srv/")])
        daemon.runDuration = .milliseconds(5)
        daemon.pass(.seconds(30))
        #expect(
            daemon.logs.contains(
                .treeWatched(RawPath("/srv/"), part: RawPath("/srv"), .poll, .noSpace)))
        #expect(daemon.runs.isEmpty)
        for path in ["/srv/1/f", "/srv/9/old", "/srv/1/f"] {
            try Trees.write(path, &daemon.kernel)
            daemon.pass(.seconds(60))
        }
        #expect(Self.flat(daemon) == ["/srv/1/f", "/srv/9/old", "/srv/1/f"])
    }

    @Test func `trees are looked at each in its own interval`() throws {
        var daemon = try Trees.daemon(
            [
                try .tree("/srv/a/", poll: .seconds(60)), try .tree("/srv/b/", poll: .seconds(5)),
            ], marks: true, directories: ["/srv/a", "/srv/b"])
        daemon.pass(.seconds(1))
        for path in ["/srv/a/1", "/srv/b/2"] { try Trees.write(path, &daemon.kernel) }
        daemon.pass(.seconds(20))
        #expect(Self.flat(daemon) == ["/srv/b/2"])
        daemon.pass(.seconds(120))
        #expect(Self.flat(daemon) == ["/srv/b/2", "/srv/a/1"])
    }

    @Test func `what changed while no daemon was there is found by the first look`() throws {
        let plan = [try PlannedAction.tree("/srv/", poll: .seconds(5))]
        var daemon = try Trees.daemon(plan, marks: true, files: ["/srv/old"])
        try Self.write(&daemon, "/srv/1")
        daemon.pass(.seconds(60))
        #expect(Self.flat(daemon) == ["/srv/1"])
        daemon.signal(.terminate)
        daemon.pass(.seconds(1))
        try Trees.write("/srv/2", &daemon.kernel)
        daemon.kernel.advance(by: .seconds(60))
        daemon.restart(plan)
        daemon.pass(.seconds(60))
        #expect(Self.flat(daemon) == ["/srv/1", "/srv/2"])
    }

    @Test func `a file system that keeps silent is looked at, though no action says so`() throws {
        var daemon = try Self.daemon(
            mounting: .nfs, at: "/srv", directories: ["/srv"], marks: true)
        daemon.pass(.seconds(30))
        daemon.kernel.isElsewhere = true
        for path in ["/srv/1", "/srv/old"] {
            try Trees.write(path, &daemon.kernel)
            daemon.pass(.seconds(120))
        }
        #expect(Self.flat(daemon) == ["/srv/1", "/srv/old"])
    }

    // MARK: Plans

    @Test(arguments: TreeTests.mechanisms)
    func `what changed while no daemon was there is not caught up where that is not wanted`(
        marks: Bool
    ) throws {
        let plan = [try PlannedAction.tree("/srv/", catchUp: false)]
        var daemon = try Trees.daemon(plan, marks: marks)
        daemon.pass(.seconds(20))
        daemon.signal(.terminate)
        daemon.pass(.seconds(1))
        try Trees.write("/srv/1", &daemon.kernel)
        daemon.kernel.advance(by: .seconds(60))
        daemon.restart(plan)
        daemon.pass(.seconds(5))
        try Self.write(&daemon, "/srv/2")
        #expect(Self.flat(daemon) == ["/srv/2"])
    }

    @Test(arguments: TreeTests.mechanisms)
    func `two hundred files that changed unheard have a run each, and each for that`(
        marks: Bool
    ) throws {
        let plan = [try PlannedAction.tree("/srv/", each: .file)]
        var daemon = try Trees.daemon(plan, marks: marks)
        daemon.pass(.seconds(20))
        daemon.signal(.terminate)
        daemon.pass(.seconds(1))
        for name in 1...200 { try Trees.write("/srv/\(name)", &daemon.kernel) }
        daemon.kernel.advance(by: .seconds(60))
        daemon.restart(plan)
        daemon.pass(.seconds(30))
        #expect(Set(Self.flat(daemon)).count == 200 && daemon.runs.count == 200)
        let reasons = daemon.runs.map { $0.variable("TOUCHMON_REASON") ?? [] }
        #expect(Set(reasons) == [Array("catch-up".utf8)])
    }

    /// A reload that is followed by another before the first was carried out.
    @Test func `a tree that comes and goes at once is let go`() throws {
        for steps in 0..<12 {
            var daemon = try Trees.daemon([PlannedAction("/srv/f")], marks: false)
            daemon.reload([PlannedAction("/srv/f"), try .tree("/srv/d/"), try .tree("/srv/")])
            for _ in 0..<steps { _ = daemon.step() }
            daemon.reload([PlannedAction("/srv/f")])
            daemon.pass(.seconds(1))
            #expect(daemon.engine.trees.isEmpty)
            try Self.write(&daemon, "/srv/1", "/srv/f")
            #expect(daemon.runs.map(\.path) == [RawPath("/srv/f")], "\(steps)")
        }
    }
}
