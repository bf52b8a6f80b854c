import Testing

@testable import TouchmonCore

/// Walks through a small tree that is drawn as a dictionary: what lies at a path, or where a
/// symbolic link leads. Directory watches are numbered by the order of the paths.
@Suite struct PathWalkTests {
    enum Node {
        case directory, file, link(String), unreadable, unwatchable
        /// A directory that is gone as soon as it was looked at, or replaced by a file.
        case vanishing(ErrorNumber)
    }

    private static func status(_ kind: FileKind) -> FileStatus {
        FileStatus(
            identity: FileIdentity(device: 1, inode: 1, birth: nil), kind: kind, size: 0,
            modified: FileTime(seconds: 0), changed: FileTime(seconds: 0), mode: 0o755, owner: 0,
            group: 0, links: 1)
    }

    /// Performs a walk to its end; returns it, and what it asked as lines.
    private static func perform(_ start: PathWalk, in tree: [String: Node]) -> (PathWalk, [String])
    {
        var walk = start
        var asked: [String] = []
        let numbers = Dictionary(
            uniqueKeysWithValues: tree.keys.sorted().enumerated().map { ($1, Int32($0 + 1)) })
        while let request = walk.request {
            switch request {
            case .addWatch(let path, let mask):
                let name = text(path)
                asked.append("watch \(name)\(mask.contains(.modify) ? " for writing" : "")")
                switch tree[name] {
                case .unreadable, .unwatchable: walk.reply(.watch(.failure(.permissionDenied)))
                case .vanishing(let error): walk.reply(.watch(.failure(error)))
                case .file where mask.contains(.onlyDirectory):
                    walk.reply(.watch(.failure(.notADirectory)))
                case nil: walk.reply(.watch(.failure(.noSuchFile)))
                default: walk.reply(.watch(.success(numbers[name] ?? 0)))
                }
            case .status(let path):
                let name = text(path)
                asked.append("look at \(name)")
                if case .unreadable = tree[text(path.parent)] {
                    walk.reply(.status(.failure(.permissionDenied), fileSystem: nil))
                    continue
                }
                switch tree[name] {
                case nil: walk.reply(.status(.failure(.noSuchFile), fileSystem: nil))
                case .directory, .unreadable, .vanishing:
                    walk.reply(.status(.success(status(.directory)), fileSystem: 0xEF53))
                case .file, .unwatchable:
                    walk.reply(.status(.success(status(.regular)), fileSystem: 0xEF53))
                case .link: walk.reply(.status(.success(status(.symbolicLink)), fileSystem: 0xEF53))
                }
            case .readLink(let path):
                asked.append("read \(text(path))")
                guard case .link(let target) = tree[text(path)] else {
                    walk.reply(.link(.failure(.invalidArgument)))
                    continue
                }
                walk.reply(.link(.success(Array(target.utf8))))
            default:
                Issue.record("a walk asked for \(request)")
                return (walk, asked)
            }
        }
        return (walk, asked)
    }

    private static func text(_ path: RawPath) -> String {
        String(decoding: path.bytes, as: UTF8.self)
    }

    private static func toDirectory(
        _ path: String, in tree: [String: Node], listensByName: Bool = false
    ) -> (PathWalk, [String]) {
        perform(PathWalk(to: RawPath(path), listensByName: listensByName), in: tree)
    }

    private static func toEntry(
        _ name: String, of directory: String, in tree: [String: Node], watch: Int32? = 99,
        listensByName: Bool = false
    ) -> (PathWalk, [String]) {
        perform(
            PathWalk(
                entry: Array(name.utf8), in: RawPath(directory), watch: watch,
                listensByName: listensByName),
            in: tree)
    }

    private static let plain: [String: Node] = [
        "/": .directory, "/srv": .directory, "/srv/app": .directory, "/srv/app/stamp": .file,
    ]

    // MARK: To a directory

    @Test func `each directory is watched before its entry is looked at`() {
        let (walk, asked) = Self.toDirectory("/srv/app", in: Self.plain)
        #expect(
            asked == [
                "watch /", "look at /srv", "watch /srv", "look at /srv/app", "watch /srv/app",
            ])
        #expect(walk.end == .reached(watch: 3))
        #expect(walk.directory == RawPath("/srv/app"))
        #expect(
            walk.steps == [
                PathWalk.Step(watch: 1, name: Array("srv".utf8)),
                PathWalk.Step(watch: 2, name: Array("app".utf8)),
            ])
        #expect(walk.watches == [1, 2, 3])
        #expect(walk.blind == nil)
    }

    @Test func `the root is a directory like any other`() {
        let (walk, asked) = Self.toDirectory("/", in: Self.plain)
        #expect(asked == ["watch /"])
        #expect(walk.end == .reached(watch: 1))
        #expect(walk.steps.isEmpty)
    }

    @Test func `only the last directory is asked for the changes of its files`() {
        let (_, asked) = Self.toDirectory("/srv/app", in: Self.plain, listensByName: true)
        #expect(asked.last == "watch /srv/app for writing")
        #expect(asked.first == "watch /")
    }

    @Test func `a path that ends early waits for the name that is missing`() {
        let (walk, _) = Self.toDirectory("/srv/gone/deeper", in: Self.plain)
        #expect(walk.end == .missing(.noSuchFile))
        #expect(walk.steps.last == PathWalk.Step(watch: 2, name: Array("gone".utf8)))
    }

    @Test func `a file where a directory should be is waited for as well`() {
        let (walk, _) = Self.toDirectory("/srv/app/stamp/x", in: Self.plain)
        #expect(walk.end == .missing(.notADirectory))
        #expect(walk.steps.last == PathWalk.Step(watch: 3, name: Array("stamp".utf8)))
    }

    @Test func `links lead through the directories that hold them`() {
        let tree = Self.plain.merging([
            "/current": .link("srv/app"), "/srv/abs": .link("/srv/./app/"),
            "/srv/app/up": .link("../.."),
        ]) { $1 }
        #expect(Self.toDirectory("/current", in: tree).0.directory == RawPath("/srv/app"))
        #expect(Self.toDirectory("/srv/abs", in: tree).0.directory == RawPath("/srv/app"))
        let (walk, asked) = Self.toDirectory("/srv/app/up/srv", in: tree)
        #expect(walk.directory == RawPath("/srv"))
        // `..` is the real parent of a real directory, climbed one at a time.
        #expect(
            asked.suffix(6) == [
                "read /srv/app/up", "watch /srv/app", "watch /srv", "watch /", "look at /srv",
                "watch /srv",
            ])
        #expect(walk.end == .reached(watch: Self.toDirectory("/srv", in: tree).0.watches.last))
    }

    @Test func `above the root is the root`() {
        let tree = Self.plain.merging(["/up": .link("../../srv")]) { $1 }
        #expect(Self.toDirectory("/up", in: tree).0.directory == RawPath("/srv"))
    }

    @Test func `a loop of links ends where the kernel's does`() {
        let tree: [String: Node] = ["/": .directory, "/a": .link("b"), "/b": .link("a")]
        let (walk, asked) = Self.toDirectory("/a", in: tree)
        #expect(walk.end == .missing(.tooManyLinks))
        #expect(asked.count { $0.hasPrefix("read") } == 40)
    }

    @Test func `as many links as the kernel allows are followed`() {
        var tree: [String: Node] = ["/": .directory, "/l0": .directory]
        for number in 1...41 { tree["/l\(number)"] = .link("l\(number - 1)") }
        #expect(Self.toDirectory("/l40", in: tree).0.directory == RawPath("/l0"))
        #expect(Self.toDirectory("/l41", in: tree).0.end == .missing(.tooManyLinks))
    }

    @Test func `past a directory that can't be watched the walk goes on, and says so`() {
        var tree = Self.plain
        tree["/srv"] = .unwatchable
        // It can be passed but not read.
        let (walk, _) = Self.toDirectory("/srv", in: tree)
        #expect(walk.end == .missing(.notADirectory))
        tree["/srv"] = .unreadable
        let (blind, _) = Self.toDirectory("/srv", in: tree)
        #expect(blind.end == .reached(watch: nil))
        #expect(blind.blind == PathWalk.Blind(path: RawPath("/srv"), error: .permissionDenied))
        let (further, _) = Self.toDirectory("/srv/app", in: tree)
        #expect(further.end == .missing(.permissionDenied))
        #expect(further.steps.count == 1)
    }

    @Test(arguments: [ErrorNumber.noSuchFile, .notADirectory])
    func `a directory that vanished since it was looked at is waited for`(error: ErrorNumber) {
        var tree = Self.plain
        tree["/srv/app"] = .vanishing(error)
        let (walk, _) = Self.toDirectory("/srv/app", in: tree)
        #expect(walk.end == .missing(.noSuchFile))
        #expect(walk.steps.last == PathWalk.Step(watch: 2, name: Array("app".utf8)))
        #expect(walk.blind == nil)
    }

    // MARK: What it lies on

    /// Which of the paths lie on a file system of another device that keeps silent.
    private static func quiet(
        to path: String, in tree: [String: Node], on nfs: Set<String>
    ) -> QuietFileSystem? {
        var walk = PathWalk(to: RawPath(path), listensByName: false)
        while let request = walk.request {
            switch request {
            case .addWatch: walk.reply(.watch(.success(1)))
            case .readLink(let path):
                guard case .link(let target) = tree[text(path)] else { return nil }
                walk.reply(.link(.success(Array(target.utf8))))
            case .status(let path):
                let kind: FileKind? =
                    switch tree[text(path)] {
                    case nil: nil
                    case .link: .symbolicLink
                    default: .directory
                    }
                let isQuiet = nfs.contains(text(path))
                guard let kind else {
                    walk.reply(.status(.failure(.noSuchFile), fileSystem: nil))
                    continue
                }
                var status = status(kind)
                status.identity.device = isQuiet ? 2 : 1
                walk.reply(.status(.success(status), fileSystem: isQuiet ? 0x6969 : 0xEF53))
            default: return nil
            }
        }
        return walk.quiet
    }

    @Test(
        arguments: [
            ("/srv/app", [], nil),
            // What a mount hides does not change.
            ("/srv/app", ["/srv"], nil), ("/srv/app", ["/srv/app"], nil),
            ("/srv/app", ["/srv", "/srv/app"], .nfs),
            // A name that is missing may be made there.
            ("/srv/app/gone", ["/srv/app"], .nfs), ("/srv/gone", [], nil),
            // Nothing was seen of the root but its names.
            ("/gone", ["/"], .nfs), ("/gone", [], nil),
            // A link lies there, or its target.
            ("/link", ["/link"], .nfs), ("/link/gone", ["/srv/app"], .nfs), ("/link", [], nil),
        ] as [(String, Set<String>, QuietFileSystem?)])
    func `whether names on the way change unheard`(
        path: String, nfs: Set<String>, quiet: QuietFileSystem?
    ) {
        let tree = Self.plain.merging(["/link": .link("/srv/app")]) { $1 }
        #expect(Self.quiet(to: path, in: tree, on: nfs) == quiet)
    }

    // MARK: To an entry

    @Test func `a file gets a watch of its own`() {
        let (walk, asked) = Self.toEntry("stamp", of: "/srv/app", in: Self.plain)
        #expect(asked == ["look at /srv/app/stamp", "watch /srv/app/stamp for writing"])
        #expect(walk.end == .reached(watch: 4))
        #expect(walk.steps == [PathWalk.Step(watch: 99, name: Array("stamp".utf8))])
        #expect(walk.reachesEntry)
    }

    @Test func `a directory that is itself watched is not asked for its files' changes`() {
        let (walk, asked) = Self.toEntry("app", of: "/srv", in: Self.plain)
        #expect(asked == ["look at /srv/app", "watch /srv/app"])
        #expect(walk.end == .reached(watch: 3))
    }

    @Test func `a name that is not there is waited for`() {
        let (walk, _) = Self.toEntry("gone", of: "/srv/app", in: Self.plain)
        #expect(walk.end == .missing(.noSuchFile))
        #expect(walk.reachesEntry)
        #expect(walk.steps == [PathWalk.Step(watch: 99, name: Array("gone".utf8))])
    }

    @Test func `the root is an entry without a name`() {
        let (walk, asked) = Self.toEntry("", of: "/", in: Self.plain)
        #expect(asked == ["watch /"])
        #expect(walk.end == .reached(watch: 1))
        #expect(walk.steps.isEmpty)
    }

    @Test func `a link's own name, and those that it leads through, are waited for`() {
        let tree = Self.plain.merging(["/srv/link": .link("app/stamp")]) { $1 }
        let (walk, _) = Self.toEntry("link", of: "/srv", in: tree)
        #expect(
            walk.steps.map { String(decoding: $0.name, as: UTF8.self) } == ["link", "app", "stamp"])
        #expect(walk.reachesEntry)
        let dangling = Self.plain.merging(["/srv/link": .link("nowhere/stamp")]) { $1 }
        let (early, _) = Self.toEntry("link", of: "/srv", in: dangling)
        #expect(early.end == .missing(.noSuchFile))
        #expect(!early.reachesEntry)
    }

    @Test func `the directory that a link's file lies in is asked for its changes, no other`() {
        let tree = Self.plain.merging(["/srv/link": .link("app/stamp")]) { $1 }
        let (_, asked) = Self.toEntry("link", of: "/srv", in: tree, listensByName: true)
        #expect(
            asked.filter { $0.hasPrefix("watch") } == [
                "watch /srv", "watch /srv/app for writing", "watch /srv/app/stamp for writing",
            ])
    }

    @Test func `a link to the root or to the directory above needs no name`() {
        for target in ["/", "..", "../..", "."] {
            let tree = Self.plain.merging(["/srv/link": .link(target)]) { $1 }
            let (walk, _) = Self.toEntry("link", of: "/srv", in: tree)
            guard case .reached(let watch) = walk.end else {
                Issue.record("\(target) leads nowhere")
                continue
            }
            #expect(watch != nil)
            #expect(!walk.reachesEntry)
        }
    }

    @Test func `a file that can't be watched makes the path blind, unless its directory listens`() {
        var tree = Self.plain
        tree["/srv/app/stamp"] = .unwatchable
        let (walk, _) = Self.toEntry("stamp", of: "/srv/app", in: tree)
        #expect(walk.end == .reached(watch: nil))
        #expect(walk.blind?.path == RawPath("/srv/app/stamp"))
        let (listening, _) = Self.toEntry("stamp", of: "/srv/app", in: tree, listensByName: true)
        #expect(listening.blind == nil)
        let (alone, _) = Self.toEntry(
            "stamp", of: "/srv/app", in: tree, watch: nil, listensByName: true)
        #expect(alone.blind?.path == RawPath("/srv/app/stamp"))
    }

    @Test func `without a watch on the directory no name can be waited for`() {
        let (walk, _) = Self.toEntry("stamp", of: "/srv/app", in: Self.plain, watch: nil)
        #expect(walk.steps.isEmpty)
        #expect(!walk.reachesEntry)
        #expect(walk.end == .reached(watch: 4))
    }
}
