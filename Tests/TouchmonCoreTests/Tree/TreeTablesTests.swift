import Testing

@testable import TouchmonCore

/// The tables behind the watching of trees: files, listings, and what runs are for.
@Suite struct TreeTablesTests {
    private static let tree = ActionID(1), other = ActionID(2)

    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    private static func time(_ seconds: Int64) -> FileTime { FileTime(seconds: seconds) }

    private static func at(_ seconds: Int64) -> Instant {
        Instant(nanoseconds: seconds * 1_000_000_000)
    }

    // MARK: Files

    private static func key(_ path: String, _ tree: ActionID = tree) -> TreeFiles.Key {
        bytes(path).withUnsafeBytes { TreeFiles.key(tree, $0) }
    }

    /// Notes a file, of which nothing more is to come unless it is `busy`.
    private static func note(
        _ files: inout TreeFiles, _ path: String, _ tree: ActionID = tree, at seconds: Int64 = 0,
        isBusy: Bool = false
    ) {
        bytes(path).withUnsafeBytes { path in
            _ = files.note(
                TreeFiles.key(tree, path), tree, path, kinds: .touch, since: time(0),
                at: at(seconds)
            ) { _ in }
        }
        files[key(path, tree)]?.isQueued = isBusy
    }

    @Test func `the last who touched a file are known, each in a row once`() {
        var files = TreeFiles()
        func toucher(_ process: Int32) -> Toucher { Toucher(process: process, user: 1, group: 1) }
        files.note(toucher(1), Self.key("a"))
        #expect(files[Self.key("a")] == nil)
        Self.note(&files, "a")
        for process in 1...12 as ClosedRange<Int32> {
            for _ in 1...2 { files.note(toucher(process), Self.key("a")) }
        }
        #expect(files[Self.key("a")]?.touchers.map(\.process) == Array(5...12))
    }

    @Test func `a file that was guessed about begins anew when it came with its directory`() {
        var files = TreeFiles()
        for name in ["a", "b"] {
            Self.note(&files, name)
            files[Self.key(name)]?.isFresh = false
        }
        files[Self.key("a")]?.isGuessed = true
        for name in ["a", "b", "c"] { files.noteArrival(Self.key(name)) }
        #expect(files[Self.key("a")]?.isFresh == true)
        #expect(files[Self.key("b")]?.isFresh == false)
        #expect(files[Self.key("c")] == nil)
    }

    @Test func `what was not needed lately makes room, four at a time, and nothing that is busy`() {
        var files = TreeFiles()
        Self.note(&files, "busy", isBusy: true)
        for name in 1...10 { Self.note(&files, "\(name)", Self.other) }
        for name in 1...300 { Self.note(&files, "\(name)") }
        // Those of a tree that is gone take no turn.
        files.remove(Self.other)
        Self.note(&files, "young", at: 4)
        #expect(files[Self.key("1")] != nil)
        Self.note(&files, "late", at: 6)
        func kept(_ names: ClosedRange<Int>) -> [Int] {
            names.filter { files[Self.key("\($0)")] != nil }
        }
        #expect(kept(1...10) == Array(4...10) && files[Self.key("busy")] != nil)
        Self.note(&files, "later", at: 6)
        #expect(kept(1...10) == Array(8...10))
    }

    @Test func `of very many not even those are kept that were needed lately`() {
        var files = TreeFiles()
        for name in 1...16384 { Self.note(&files, "\(name)") }
        #expect(files[Self.key("1")] != nil)
        Self.note(&files, "one more")
        #expect((1...3).map { files[Self.key("\($0)")] == nil } == [true, false, false])
    }

    // MARK: Listings

    private static func item(
        _ directory: String, _ files: TreeScans.Files, _ tree: ActionID = tree, since: Int64 = 0
    ) -> TreeScans.Item {
        TreeScans.Item(
            tree: tree, part: 0, directory: bytes(directory), files: files, since: time(since))
    }

    @Test func `how far the listing of each tree has come`() {
        var scans = TreeScans()
        #expect(scans.takeNext() == nil && scans.progress(Self.tree) == nil)
        scans.add(Self.item("a", .new))
        scans.add(Self.item("b", .new, Self.other))
        #expect(scans.takeNext()?.tree == Self.other)
        scans.files += 3
        #expect(scans.progress(Self.other) == TreeScan(directories: 1, files: 3, left: 1))
        scans.finish()
        // Of one tree nothing is left, of the other one all.
        #expect(scans.progress(Self.other) == nil)
        #expect(scans.takeNext()?.tree == Self.tree)
        scans.postpone(until: Self.at(1))
        #expect(scans.progress(Self.tree) == TreeScan(directories: 1, files: 0, left: 1))
        #expect(scans.oldest(Self.tree) == Self.time(0))
        scans.timePassed(at: Self.at(1))
        #expect(scans.takeNext()?.directory == Self.bytes("a"))
        scans.finish()
        #expect(scans.progress(Self.tree) == nil)
    }

    @Test func `what is not wanted any more is not listed, wherever it waits`() {
        var scans = TreeScans()
        for _ in 1...2 { scans.add(Self.item("a", .compared)) }
        _ = scans.takeNext()
        scans.postpone(until: Self.at(1))
        _ = scans.takeNext()
        scans.add(Self.item("b", .new))
        scans.add(Self.item("c", .compared))
        scans.add(Self.item("c", .compared, Self.other))
        #expect(scans.isComparing(Self.tree, 0) && !scans.isComparing(Self.tree, 1))
        scans.remove { $0.tree == Self.tree }
        #expect(scans.current == nil && scans.deadline == nil && !scans.hasUrgent)
        #expect(!scans.isComparing(Self.tree, 0) && scans.isComparing(Self.other, 0))
        #expect(scans.takeNext()?.tree == Self.other)
        #expect(scans.isComparing(Self.other, 0))
    }

    @Test func `a part is compared as long as a directory of it is, or waits for that`() {
        var scans = TreeScans()
        scans.add(Self.item("a", .compared))
        _ = scans.takeNext()
        #expect(scans.isComparing(Self.tree, 0))
        scans.postpone(until: Self.at(1))
        #expect(scans.isComparing(Self.tree, 0))
        scans.timePassed(at: Self.at(1))
        _ = scans.takeNext()
        scans.finish()
        #expect(!scans.isComparing(Self.tree, 0))
    }

    @Test func `which files of a listing need no second look`() {
        func passes(_ files: TreeScans.Files?, _ changed: Int64?) -> Bool {
            var scans = TreeScans()
            if let files { scans.add(Self.item("a", files)) }
            _ = scans.takeNext()
            return scans.passesOver(
                changed.map { seconds in
                    FileStatus(
                        identity: FileIdentity(device: 1, inode: 2, birth: nil), kind: .regular,
                        size: 0,
                        modified: Self.time(0), changed: Self.time(seconds), mode: 0o644, owner: 0,
                        group: 0, links: 1)
                })
        }
        let changed = TreeScans.Files.changed(from: Self.time(5), to: Self.time(9))
        #expect([4, 5, 9, 10].map { passes(changed, $0) } == [true, false, false, true])
        // It is gone by now.
        #expect(passes(changed, nil))
        #expect(passes(.ignored, 5) && passes(.ignored, nil))
        #expect(!passes(.new, nil) && !passes(.compared, 5) && !passes(nil, 5))
    }

    // MARK: Runs

    private static func change(_ path: String, since: Int64) -> TreeChange {
        TreeChange(path: RawPath(path), kind: .touch, status: nil, since: time(since))
    }

    @Test func `a file that changes again while it waits keeps its turn, and since when`() {
        var runs = TreeRuns()
        runs.wait(Self.tree, Self.change("/a", since: 5))
        runs.wait(Self.tree, Self.change("/b", since: 6))
        var again = Self.change("/a", since: 9)
        again.isBeingWritten = true
        runs.wait(Self.tree, again)
        #expect(runs.oldest(Self.tree).waiting == Self.time(5))
        #expect(runs.waiting(Self.tree).count == 2)
        let first = runs.takeWaiting(Self.tree)
        #expect(first?.path == RawPath("/a") && first?.since == Self.time(5))
        #expect(first?.isBeingWritten == true)
        #expect(runs.oldest(Self.tree).waiting == Self.time(6))
        #expect(runs.takeWaiting(Self.tree)?.path == RawPath("/b"))
        #expect(runs.takeWaiting(Self.tree) == nil && runs.oldest(Self.tree).waiting == nil)
    }

    @Test func `a tree that goes takes its files with it, and no other's`() {
        var runs = TreeRuns()
        for (index, tree) in [Self.tree, Self.tree, Self.other].enumerated() {
            runs.addFile(ActionID(10 + index), of: tree)
        }
        runs.remove(Self.tree)
        #expect(runs.files(of: Self.tree) == [] && runs.files(of: Self.other) == [ActionID(12)])
        #expect(runs.tree(of: ActionID(10)) == nil)
        // One that is gone already is no other one's.
        runs.removeFile(ActionID(10))
        #expect(runs.files(of: Self.other) == [ActionID(12)])
    }

    @Test func `only so many files of a tree are actions at once`() {
        var runs = TreeRuns()
        for index in 0..<66 {
            #expect(runs.hasRoom(Self.tree, atOnce: 2), "\(index)")
            runs.addFile(ActionID(10 + index), of: Self.tree)
        }
        #expect(!runs.hasRoom(Self.tree, atOnce: 2) && runs.hasRoom(Self.other, atOnce: 2))
        runs.removeFile(ActionID(10))
        #expect(runs.hasRoom(Self.tree, atOnce: 2))
        runs.removeFile(ActionID(10))
        runs.addFile(ActionID(10), of: Self.tree)
        #expect(!runs.hasRoom(Self.tree, atOnce: 2))
    }

    @Test func `a run that is not known is for nothing`() {
        #expect(TreeRuns().batch(RunNumber(7)).isEmpty)
    }

    @Test func `changes that are put together are all that is known of both`() {
        var batch = TreeRuns.Batch()
        batch.add(TreeRuns.Batch(since: Self.time(7)))
        #expect(batch.since == Self.time(7) && batch.isEmpty)
        batch.add(TreeRuns.Batch(since: Self.time(9)))
        #expect(batch.since == Self.time(7))
        batch.add(TreeRuns.Batch(since: Self.time(3)))
        #expect(batch.since == Self.time(3))
    }

    // MARK: What a run is given

    @Test func `paths stand where their placeholders are`() throws {
        func arguments(_ file: String?, _ paths: [String]) throws -> [String]? {
            var policy = TreePolicy(selection: try Self.selection)
            policy.argvPlaceholders = [1: .path, 2: .paths]
            let argv = ["run", "{path}", "{paths}", "end"].map(Self.bytes)
            return policy.arguments(
                PackedStrings(argv), file: file.map(Self.bytes), paths: paths.map(Self.bytes)
            )?.strings.map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(try arguments("/f", ["/f"]) == ["run", "/f", "/f", "end"])
        #expect(try arguments(nil, ["/a", "/b"]) == ["run", "/a", "/a", "/b", "end"])
        // Nothing was touched yet.
        #expect(try arguments(nil, []) == ["run", "{path}", "end"])
    }

    private static var selection: Selection {
        get throws {
            try Selection(TreeKey(bytes("/srv/"), relativeTo: RawPath("/"), isDeep: true))
        }
    }

    @Test func `kinds of files and of changes have the names of the documentation`() {
        let kinds: [FileKind] = [
            .regular, .directory, .symbolicLink, .fifo, .socket, .characterDevice, .blockDevice,
        ]
        #expect(
            kinds.map(\.name) == [
                "file", "directory", "symlink", "fifo", "socket", "character_device",
                "block_device",
            ])
        #expect(([.delete, .create] as TouchKinds).name == "create")
        #expect(TouchKinds().name == "touch")
    }
}
