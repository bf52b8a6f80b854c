/// Follows a path from directory to directory and leaves a watch on every one it passes.
///
/// Every directory is watched *before* its entry is looked at, so a change that comes between the
/// two is in the event queue and causes another walk: whatever happens meanwhile, the last walk saw
/// the truth. Symbolic links are followed by hand, because the directory that holds a link must be
/// watched too. path_resolution(7), inotify(7).
struct PathWalk {
    /// What lies at the end of the path.
    enum Goal {
        /// A directory that holds watched paths.
        case directory
        /// A watched path itself: whatever it is, or nothing.
        case entry
    }

    /// A name whose fate decides where the path leads, in the directory of a watch.
    struct Step: Hashable {
        var watch: Int32
        var name: [UInt8]
    }

    enum End: Equatable {
        /// The goal is there; for an entry, with the watch on its own inode.
        case reached(watch: Int32?)
        /// The path ends early; the last step says what to wait for.
        case missing(ErrorNumber)
    }

    /// A file or directory that the kernel refuses to watch.
    struct Blind: Equatable {
        var path: RawPath
        var error: ErrorNumber
    }

    /// The file system of a directory.
    struct Ground: Equatable {
        var device: UInt64
        /// Where things change unheard on it.
        var quiet: QuietFileSystem?
    }

    let goal: Goal
    /// Whether the last directory also reports the changes of its files, by their names.
    private let listensByName: Bool
    /// The directory that the walk is in, free of symbolic links.
    private(set) var directory: RawPath
    /// The names that passing depended on, in order.
    private(set) var steps: [Step] = []
    /// Whether the last step is the name of the watched file itself, there or not.
    private(set) var reachesEntry = false
    /// The watches that the walk added, and that nothing else may hold.
    private(set) var watches: [Int32] = []
    /// The first directory or file on the way that could not be watched, and why.
    private(set) var blind: Blind?
    /// The first file system on the way whose names or file may change unheard. What a mount hides
    /// does not matter: the mount itself is heard of.
    private(set) var quiet: QuietFileSystem?
    /// What `directory` lies on; nil where that was not seen.
    private(set) var ground: Ground?
    private(set) var end: End?
    /// The number of the watched file in what the kernel tells of who touches; 0 where it does not tell.
    private(set) var number: UInt64 = 0
    /// The watch on `directory`; nil before it is added, or where it was refused.
    private var watch: Int32?
    /// The components still to go, the next one last.
    private var rest: [[UInt8]]
    private var linksLeft = PathWalk.mostLinks
    private var phase: Phase

    private enum Phase {
        case watchDirectory, look, readLink, watchEntry(FileKind)
        /// Where a name is missing, it matters what it would lie on.
        case lookAtGround(ErrorNumber)
    }

    /// The kernel's own bound on links in one path, path_resolution(7).
    private static let mostLinks = 40

    /// Begins at the root.
    init(to path: RawPath, listensByName: Bool) {
        goal = .directory
        self.listensByName = listensByName
        directory = RawPath("/")
        rest = Self.components(path.bytes)
        phase = .watchDirectory
    }

    /// Begins in a directory that is watched already, if it could be.
    init(
        entry name: [UInt8], in directory: RawPath, on ground: Ground? = nil, watch: Int32?,
        listensByName: Bool
    ) {
        self.ground = ground
        goal = .entry
        self.listensByName = listensByName
        self.directory = directory
        self.watch = watch
        rest = name.isEmpty ? [] : [name]
        phase = .look
        goOn()
    }

    /// What to ask next; nil when the walk has ended.
    var request: WatchRequest? {
        guard end == nil else { return nil }
        return switch phase {
        case .watchDirectory:
            .addWatch(
                path: directory,
                mask: listensByName && isLastDirectory ? .evidenceByName : .directory)
        case .look: .status(path: next)
        case .lookAtGround: .status(path: directory)
        case .readLink: .readLink(path: next)
        case .watchEntry(let kind):
            .addWatch(path: next, mask: kind == .directory ? .ownDirectory : .ownFile)
        }
    }

    /// Takes the answer to `request`.
    mutating func reply(_ reply: WatchReply) {
        switch (phase, reply) {
        case (.watchDirectory, .watch(let result, _)): directoryWatched(result)
        case (.look, .status(let result, let magic)):
            looked(result, on: magic.flatMap(QuietFileSystem.init))
        case (.lookAtGround(let error), .status(_, let magic)):
            quiet = quiet ?? magic.flatMap(QuietFileSystem.init)
            end = .missing(error)
        case (.readLink, .link(let result)): linkRead(result)
        case (.watchEntry, .watch(let result, let number)):
            self.number = number
            entryWatched(result)
        default: preconditionFailure("a walk was answered with something it did not ask")
        }
    }

    private var isLastDirectory: Bool { rest.count <= (goal == .entry ? 1 : 0) }

    private var next: RawPath { directory.appending(rest.last ?? []) }

    private mutating func directoryWatched(_ result: Result<Int32, ErrorNumber>) {
        switch result {
        case .success(let added):
            watch = added
            watches.append(added)
        case .failure(.noSuchFile), .failure(.notADirectory):
            // Replaced since it was looked at: the event for that is on its way, if there are any.
            quiet = quiet ?? ground?.quiet
            return end = .missing(.noSuchFile)
        case .failure(let error):
            watch = nil
            blind = blind ?? Blind(path: directory, error: error)
        }
        goOn()
    }

    /// Looks at the next component, or ends where there is none: `..` is climbed at once, since it
    /// only occurs in the target of a link, where it means the real parent of a real directory.
    private mutating func goOn() {
        guard let name = rest.last else {
            // A link may lead to a directory without a name of its own, such as `/` or `..`.
            guard goal == .entry else { return end = .reached(watch: watch) }
            phase = .watchEntry(.directory)
            return
        }
        if name.elementsEqual("..".utf8) {
            directory = directory.parent
            ground = nil
            rest.removeLast()
            phase = .watchDirectory
        } else {
            phase = .look
        }
    }

    private mutating func looked(
        _ result: Result<FileStatus, ErrorNumber>, on fileSystem: QuietFileSystem?
    ) {
        if let watch, let name = rest.last { steps.append(Step(watch: watch, name: name)) }
        let isEntry = goal == .entry && rest.count == 1
        switch result {
        case .failure(let error):
            reachesEntry = isEntry && watch != nil
            if !error.meansAbsent { blind = blind ?? Blind(path: next, error: error) }
            missing(error)
        case .success(let status) where status.kind == .symbolicLink:
            quiet = quiet ?? fileSystem
            linksLeft -= 1
            if linksLeft < 0 { end = .missing(.tooManyLinks) } else { phase = .readLink }
        case .success(let status) where isEntry:
            quiet = quiet ?? fileSystem
            reachesEntry = watch != nil
            phase = .watchEntry(status.kind)
        case .success(let status) where status.kind == .directory:
            if status.identity.device == ground?.device { quiet = quiet ?? fileSystem }
            ground = Ground(device: status.identity.device, quiet: fileSystem)
            directory = next
            rest.removeLast()
            phase = .watchDirectory
        case .success:
            quiet = quiet ?? fileSystem
            end = .missing(.notADirectory)
        }
    }

    private mutating func missing(_ error: ErrorNumber) {
        if let ground {
            quiet = quiet ?? ground.quiet
            end = .missing(error)
        } else {
            phase = .lookAtGround(error)
        }
    }

    private mutating func linkRead(_ result: Result<[UInt8], ErrorNumber>) {
        switch result {
        case .failure(let error):
            // Replaced since it was looked at, by nothing or by something else than a link; else it is
            // there and can't be followed.
            if !error.meansAbsent, error != .invalidArgument {
                blind = blind ?? Blind(path: next, error: error)
            }
            end = .missing(error)
        case .success(let target):
            rest.removeLast()
            rest.append(contentsOf: Self.components(target))
            if target.first == UInt8(ascii: "/") {
                directory = RawPath("/")
                ground = nil
            }
            phase = .watchDirectory
        }
    }

    private mutating func entryWatched(_ result: Result<Int32, ErrorNumber>) {
        switch result {
        case .success(let added):
            watches.append(added)
            end = .reached(watch: added)
        case .failure(.noSuchFile):
            end = .missing(.noSuchFile)
        case .failure(let error):
            if !listensByName || watch == nil {
                blind = blind ?? Blind(path: next, error: error)
            }
            end = .reached(watch: nil)
        }
    }

    private static func components(_ bytes: [UInt8]) -> [[UInt8]] {
        bytes.split(separator: UInt8(ascii: "/"))
            .filter { !$0.elementsEqual(".".utf8) }
            .reversed()
            .map(Array.init)
    }
}
