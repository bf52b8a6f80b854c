import Testing

@testable import TouchmonCore
@testable import TouchmonTestSupport

/// Directories that are nobody's, of which the kernel is asked to tell no more.
@Suite struct SilencedDirectoriesTests {
    /// Files that are written in a directory, each seen by the daemon.
    private static func busy(_ directory: String, _ daemon: inout SimulatedDaemon) throws {
        for number in 0..<10 {
            try TreeTests.write("\(directory)/\(number)", &daemon.kernel)
            daemon.settle()
        }
    }

    private static let lastOfEight = [Bool](repeating: false, count: 7) + [true]

    private static func daemon(_ directories: [String] = []) throws -> SimulatedDaemon {
        var daemon = try TreeTests.daemon(
            [try .tree("/srv/")], marks: true, directories: ["/out", "/out/d"] + directories)
        try busy("/out/d", &daemon)
        #expect(daemon.kernel.marked.ignored.count == 1)
        return daemon
    }

    @Test func `the eighth event of one that is nobody's is the last`() {
        var silenced = SilencedDirectories()
        for number in [UInt64(7), 8] {
            let heard = (0..<8).map { _ in silenced.heard(number) }
            #expect(heard == Self.lastOfEight)
        }
        // Told again, as the kernel may forget what it was asked.
        let again = (0..<8).map { _ in silenced.heard(7) }
        #expect(again == Self.lastOfEight)
        // Another one at its place makes it begin anew.
        let pushed = ([UInt64](repeating: 3, count: 7) + [259, 3]).map { silenced.heard($0) }
        #expect(!pushed.contains(true))
    }

    @Test func `all are to be heard when one may be a tree's, or when there are too many`() {
        var silenced = SilencedDirectories()
        silenced.forget()
        #expect(!silenced.mustHearAll)
        for _ in 0..<7 { _ = silenced.heard(1) }
        silenced.forget()
        #expect(!silenced.mustHearAll)
        // What was heard before is of whatever it was then.
        let heard = (0..<8).map { _ in silenced.heard(1) }
        #expect(heard == Self.lastOfEight)
        silenced.forget()
        #expect(silenced.mustHearAll)
        silenced.heardAll()
        #expect(!silenced.mustHearAll)
        for number in 0..<UInt64(4097) {
            #expect(!silenced.mustHearAll)
            for _ in 0..<8 { _ = silenced.heard(number) }
        }
        #expect(silenced.mustHearAll)
    }

    @Test func `nothing is told of a busy directory that is nobody's, and no run comes of it`()
        throws
    {
        var daemon = try Self.daemon()
        try TreeTests.write("/out/d/x", &daemon.kernel)
        var waiting = daemon.kernel.marked
        #expect(waiting.next() == nil)
        try daemon.kernel.makeDirectory(RawPath("/out/d/e"))
        try TreeTests.write("/out/d/e/x", &daemon.kernel)
        waiting = daemon.kernel.marked
        #expect(waiting.next() != nil)
        daemon.pass(.seconds(5))
        #expect(daemon.runs.isEmpty)
    }

    @Test(arguments: [false, true])
    func `when it comes into a tree nothing that is written in it is lost`(isDeep: Bool) throws {
        var daemon = try Self.daemon()
        let (old, new) = isDeep ? ("/out", "/srv/out") : ("/out/d", "/srv/d")
        let inner = isDeep ? "/srv/out/d" : "/srv/d"
        try daemon.kernel.rename(RawPath(old), to: RawPath(new))
        // Before anybody has heard of that, and of this nobody hears.
        try TreeTests.write("\(inner)/3", &daemon.kernel)
        try TreeTests.write("\(inner)/x", &daemon.kernel)
        daemon.pass(.seconds(1))
        let names = (0..<10).map { "\(inner)/\($0)" } + ["\(inner)/x"]
        #expect(TreeTests.paths(daemon).map { $0.sorted() } == [names.sorted()])
        try TreeTests.write("\(inner)/x", &daemon.kernel)
        daemon.pass(.seconds(1))
        #expect(TreeTests.paths(daemon).last == ["\(inner)/x"])
        #expect(daemon.kernel.marked.ignored.isEmpty)
    }

    @Test func `when a reload makes it a tree's it is heard`() throws {
        var daemon = try Self.daemon()
        daemon.reload([try .tree("/srv/"), try .tree("/out/")])
        daemon.pass(.seconds(1))
        try TreeTests.write("/out/d/x", &daemon.kernel)
        daemon.pass(.seconds(1))
        #expect(TreeTests.paths(daemon).last == ["/out/d/x"])
    }

    @Test func `when it was moved in unheard it is heard, and what was written in it found`() throws
    {
        var daemon = try Self.daemon()
        daemon.pass(.seconds(2))
        daemon.kernel.queueLimit = 0
        try daemon.kernel.rename(RawPath("/out/d"), to: RawPath("/srv/d"))
        try TreeTests.write("/srv/d/x", &daemon.kernel)
        daemon.kernel.queueLimit = 100
        daemon.pass(.seconds(1))
        #expect(Set(TreeTests.paths(daemon).joined()).contains("/srv/d/x"))
        let before = daemon.runs.count
        try TreeTests.write("/srv/d/x", &daemon.kernel)
        daemon.pass(.seconds(1))
        #expect(TreeTests.paths(daemon).dropFirst(before) == [["/srv/d/x"]])
    }

    @Test func `as long as the system refuses to tell of all, nothing is taken for listed`() throws
    {
        var daemon = try Self.daemon()
        daemon.kernel.faults.fail(.hearAll, with: .noMemory)
        try daemon.kernel.rename(RawPath("/out/d"), to: RawPath("/srv/d"))
        daemon.settle()
        // Nobody hears of this either.
        try TreeTests.write("/srv/d/x", &daemon.kernel)
        daemon.settle()
        #expect(daemon.runs.isEmpty)
        daemon.pass(.seconds(2))
        #expect(TreeTests.paths(daemon).joined().contains("/srv/d/x"))
        try TreeTests.write("/srv/d/y", &daemon.kernel)
        daemon.pass(.seconds(1))
        #expect(TreeTests.paths(daemon).last == ["/srv/d/y"])
    }

    @Test func `a directory of which was asked before its tree was watched is that tree's`() throws
    {
        var watcher = TreeWatcher(wall: FileTime(seconds: 1))
        let now = Instant(nanoseconds: 1)
        func hear() -> TreeHearing {
            Array("f".utf8).withUnsafeBytes { watcher.heard(7, $0, .create, at: now) }
        }
        for (number, base) in ["/one", "/two"].enumerated() {
            let action = try PlannedAction.tree(base + "/")
            let selection = try #require(action.command.tree?.value.selection)
            let id = ActionID(number)
            watcher.add(id, selection, kinds: .touch, interval: nil, known: nil)
            watcher.setPlace(id, RawPath(base), .start)
            #expect(watcher.nextRequest(at: now) == .attach(RawPath(base)))
            if number == 1 {
                // Of the first tree's file system this is heard while the second waits for its answer.
                watcher.found(7, at: [RawPath("/two/d")])
                #expect(hear() == .nothing)
            }
            watcher.reply(
                .attached(nil, fileSystem: nil, wall: FileTime(seconds: 1)), at: now)
        }
        #expect(hear() == .unknown)
        watcher.found(7, at: [RawPath("/two/d")])
        #expect(hear() == .selected)
    }
}
