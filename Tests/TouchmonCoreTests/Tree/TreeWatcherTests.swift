import Testing

@testable import TouchmonCore

/// What the watch stage for trees asks, and what it makes of answers that come late or say too little: each
/// answer is given by hand.
@Suite struct TreeWatcherTests {
    private static let now = Instant(nanoseconds: 0), wall = FileTime(seconds: 1000)
    private static let (a, b) = (ActionID(1), ActionID(2))
    private static let attached = TreeReply.attached(nil, fileSystem: nil, wall: wall)
    private static let notMarked = TreeReply.attached(.notPermitted, fileSystem: nil, wall: wall)

    private static func add(
        _ watcher: inout TreeWatcher, _ action: ActionID, at path: String = "/srv",
        usesGitignore: Bool = false, poll: Duration? = nil
    ) throws {
        let key = try TreeKey(Array("\(path)/".utf8), relativeTo: RawPath("/"), isDeep: true)
        watcher.add(
            action, try Selection(key, exclude: [], usesGitignore: usesGitignore), kinds: .touch,
            interval: poll, known: nil)
        watcher.setPlace(action, RawPath(path), .start)
    }

    /// What is asked next, all listings allowed.
    private static func asked(_ watcher: inout TreeWatcher) -> TreeRequest? {
        watcher.beginSlice()
        return watcher.nextRequest(at: now)
    }

    /// Answers what is asked, if it is that.
    private static func answer(
        _ watcher: inout TreeWatcher, _ request: TreeRequest, _ reply: TreeReply,
        sourceLocation: Testing.SourceLocation = #_sourceLocation
    ) {
        let asked = asked(&watcher)
        #expect(asked == request, sourceLocation: sourceLocation)
        if asked == request { watcher.reply(reply, at: now) }
    }

    private static func isIdle(_ watcher: inout TreeWatcher) -> Bool { asked(&watcher) == nil }

    @Test func `a tree that is gone before it is asked about is not asked about`() throws {
        var watcher = TreeWatcher(wall: Self.wall)
        try Self.add(&watcher, Self.a)
        try Self.add(&watcher, Self.b, at: "/var")
        watcher.remove(Self.a)
        #expect(Self.asked(&watcher) == .attach(RawPath("/var")))
    }

    @Test func `a question about a tree that is gone is withdrawn`() throws {
        var watcher = TreeWatcher(wall: Self.wall)
        watcher.becomeReady()
        try Self.add(&watcher, Self.a)
        #expect(Self.asked(&watcher) == .attach(RawPath("/srv")))
        try Self.add(&watcher, Self.b, at: "/var")
        watcher.remove(Self.a)
        Self.answer(&watcher, .attach(RawPath("/var")), Self.attached)
        watcher.remove(Self.b)
        Self.answer(&watcher, .detach(RawPath("/var")), .done)
        #expect(Self.isIdle(&watcher))

        try Self.add(&watcher, Self.a)
        Self.answer(&watcher, .attach(RawPath("/srv")), Self.notMarked)
        #expect(Self.asked(&watcher) == .watch(RawPath("/srv")))
        watcher.remove(Self.a)
        #expect(Self.isIdle(&watcher))

        try Self.add(&watcher, Self.a)
        Self.answer(&watcher, .attach(RawPath("/srv")), Self.notMarked)
        Self.answer(&watcher, .watch(RawPath("/srv")), .watch(.success(1)))
        #expect(Self.asked(&watcher) == .list(nil, withStatus: false))
        watcher.remove(Self.a)
        Self.answer(&watcher, .removeWatch(1), .done)
        #expect(Self.isIdle(&watcher))

        try Self.add(&watcher, Self.a, usesGitignore: true)
        Self.answer(&watcher, .attach(RawPath("/srv")), Self.notMarked)
        Self.answer(&watcher, .watch(RawPath("/srv")), .watch(.success(1)))
        #expect(Self.asked(&watcher) == .readIgnored(RawPath("/srv/.gitignore")))
        watcher.remove(Self.a)
        Self.answer(&watcher, .removeWatch(1), .done)
        #expect(Self.isIdle(&watcher))
    }

    @Test func `a question about one tree stays when another goes`() throws {
        var watcher = TreeWatcher(wall: Self.wall)
        watcher.becomeReady()
        try Self.add(&watcher, Self.a)
        Self.answer(&watcher, .attach(RawPath("/srv")), Self.notMarked)
        try Self.add(&watcher, Self.b, at: "/var")
        Self.answer(&watcher, .attach(RawPath("/var")), Self.notMarked)
        guard case .watch(let first) = Self.asked(&watcher) else {
            Issue.record("nothing is watched")
            return
        }
        watcher.remove(first == RawPath("/srv") ? Self.b : Self.a)
        Self.answer(&watcher, .watch(first), .watch(.success(1)))
        watcher.remove(first == RawPath("/srv") ? Self.b : Self.a)
        Self.answer(&watcher, .list(nil, withStatus: false), .listed(.success(false)))
        #expect(Self.isIdle(&watcher))
    }

    @Test func `a directory is listed to its end, however many answers that takes`() throws {
        var watcher = TreeWatcher(wall: Self.wall)
        watcher.becomeReady()
        try Self.add(&watcher, Self.a)
        Self.answer(&watcher, .attach(RawPath("/srv")), Self.notMarked)
        Self.answer(&watcher, .watch(RawPath("/srv")), .watch(.success(1)))
        for _ in 1...3 {
            Self.answer(&watcher, .list(nil, withStatus: false), .listed(.success(true)))
        }
        Self.answer(&watcher, .list(nil, withStatus: false), .listed(.success(false)))
        #expect(Self.isIdle(&watcher) && !watcher.isScanning)
    }

    @Test func `two trees on one file system share its mark, which goes with the last`() throws {
        var watcher = TreeWatcher(wall: Self.wall)
        watcher.becomeReady()
        for action in [Self.a, Self.b] {
            try Self.add(&watcher, action)
            Self.answer(&watcher, .attach(RawPath("/srv")), Self.attached)
        }
        watcher.remove(Self.a)
        #expect(Self.isIdle(&watcher))
        watcher.remove(Self.b)
        Self.answer(&watcher, .detach(RawPath("/srv")), .done)
        #expect(Self.isIdle(&watcher))
    }

    @Test func `a mark that is wanted again by the time that it was to go stays`() throws {
        var watcher = TreeWatcher(wall: Self.wall)
        watcher.becomeReady()
        try Self.add(&watcher, Self.a)
        Self.answer(&watcher, .attach(RawPath("/srv")), Self.attached)
        try Self.add(&watcher, Self.b)
        #expect(Self.asked(&watcher) == .attach(RawPath("/srv")))
        watcher.remove(Self.a)
        watcher.reply(Self.attached, at: Self.now)
        #expect(Self.isIdle(&watcher))
        watcher.remove(Self.b)
        Self.answer(&watcher, .detach(RawPath("/srv")), .done)
    }

    @Test func `of two trees a file system that is unmounted takes one mark from each`() throws {
        var watcher = TreeWatcher(wall: Self.wall)
        watcher.becomeReady()
        watcher.mountsChanged([RawPath("/srv/m")])
        for action in [Self.a, Self.b] {
            try Self.add(&watcher, action)
            for path in ["/srv", "/srv/m"] {
                Self.answer(&watcher, .attach(RawPath(path)), Self.attached)
            }
        }
        #expect(watcher.mechanisms(of: Self.a) == "fanotify")
        // The marks went with it: nobody has to be asked to take them away.
        watcher.mountsChanged([])
        for action in [Self.a, Self.b] { watcher.remove(action) }
        Self.answer(&watcher, .detach(RawPath("/srv")), .done)
        #expect(Self.isIdle(&watcher))
    }

    @Test func `a file that can't be looked at while all is compared says nothing`() throws {
        var watcher = TreeWatcher(wall: Self.wall)
        watcher.becomeReady()
        try Self.add(&watcher, Self.a, poll: .seconds(5))
        Self.answer(&watcher, .attach(RawPath("/srv")), Self.notMarked)
        #expect(Self.asked(&watcher) == .list(RawPath("/srv"), withStatus: true))
        Array("f".utf8).withUnsafeBytes { watcher.entry($0, .regular, nil, at: Self.now) }
        watcher.reply(.listed(.success(false)), at: Self.now)
        #expect(Self.isIdle(&watcher) && !watcher.hasUrgent)
        #expect(watcher.nextDeadline() == Self.now.advanced(by: .seconds(5)))
    }

    @Test func `looks of trees that are gone have no time`() throws {
        var watcher = TreeWatcher(wall: Self.wall)
        watcher.becomeReady()
        for (action, path, seconds) in [(Self.a, "/srv", 5), (Self.b, "/var", 7)] {
            try Self.add(&watcher, action, at: path, poll: .seconds(seconds))
            Self.answer(&watcher, .attach(RawPath(path)), Self.notMarked)
            Self.answer(
                &watcher, .list(RawPath(path), withStatus: true), .listed(.success(false)))
        }
        #expect(watcher.nextDeadline() == Self.now.advanced(by: .seconds(5)))
        var other = watcher
        watcher.remove(Self.a)
        #expect(watcher.nextDeadline() == Self.now.advanced(by: .seconds(7)))
        // The daemon was slow, and both times have passed.
        other.remove(Self.b)
        // It is there again, and was looked at just now.
        try Self.add(&other, Self.b, at: "/var", poll: .seconds(60))
        Self.answer(&other, .attach(RawPath("/var")), Self.notMarked)
        Self.answer(&other, .list(RawPath("/var"), withStatus: true), .listed(.success(false)))
        other.timePassed(at: Self.now.advanced(by: .seconds(9)))
        #expect(Self.asked(&other) == .list(RawPath("/srv"), withStatus: true))
        other.reply(.listed(.success(false)), at: Self.now.advanced(by: .seconds(9)))
        #expect(Self.isIdle(&other))
    }

    @Test func `of a tree that is not there nothing is known`() throws {
        var watcher = TreeWatcher(wall: Self.wall)
        let selection = try Selection(
            TreeKey(Array("/srv/".utf8), relativeTo: RawPath("/"), isDeep: true))
        watcher.setPlace(Self.a, RawPath("/srv"), .start)
        watcher.know(Self.a, KnownTree(until: Self.wall))
        watcher.arrived(Self.a, [])
        #expect(Self.isIdle(&watcher))
        #expect(watcher.mechanisms(of: Self.a) == "none")
        #expect(watcher.isChanged(Self.a, selection, .touch, nil))
        #expect(watcher.marks(of: Self.a, from: Self.wall, except: []) == [])
        #expect(watcher.arrivals(of: Self.a, since: Self.wall) == [])
        #expect(!watcher.isPending(Self.a) && watcher.scan(of: Self.a) == nil)
    }

    @Test func `of the directories that came only the last ones are kept, and none too long`()
        throws
    {
        var watcher = TreeWatcher(wall: Self.wall)
        try Self.add(&watcher, Self.a)
        func names() -> [String] {
            watcher.arrivals(of: Self.a, since: Self.wall)
                .map { String(decoding: $0.path, as: UTF8.self) }
        }
        for name in 1...256 { watcher.arrived(Self.a, Array("\(name)".utf8)) }
        #expect(names() == (1...256).map { "\($0)" })
        watcher.arrived(Self.a, Array("257".utf8))
        #expect(names() == (129...257).map { "\($0)" })
        // One that is too long is not kept, and no other goes for it.
        watcher.arrived(Self.a, [UInt8](repeating: 97, count: 9000))
        #expect(names() == (129...257).map { "\($0)" })
        for byte in [UInt8(98), 99, 100] {
            watcher.arrived(Self.a, [UInt8](repeating: byte, count: 8000))
            let bytes = names().reduce(0) { $0 + $1.utf8.count }
            #expect(bytes <= TreeProgress.mostArrivalBytes)
        }
        #expect(names().compactMap(\.first) == ["c", "d"])
    }
}
