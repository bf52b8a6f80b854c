import TouchmonCore

/// Plays a tree's history and holds the daemon to its promises: after a touch of a file there is a run that
/// starts after it and is for that file, and there are no more runs for a file than touches of it.
///
/// What a crash, a full queue or a power loss leaves in doubt may be one run more; what was renamed with its
/// directory while no daemon was there is not looked for (docs/guarantees.md).
package struct TreeHistoryPlayer {
    private struct Path {
        /// When it was touched last, and has to have a run after that.
        var due: Instant?
        var touches = 0
        /// How many runs beyond that there may be.
        var doubts = 0
    }

    private let history: TreeHistory
    private var daemon: SimulatedDaemon
    private var paths: [String: Path] = [:]
    /// The files at all paths before the present step.
    private var before: [String: FileIdentity] = [:]
    /// What was at paths before they vanished, and whether a run was owed for it.
    private var gone: [String: (identity: FileIdentity, due: Instant?)] = [:]
    private var held: [Held] = []

    private struct Held {
        var path: String
        var handle: FileHandle
        var written: Instant
        /// Whether another close of the file was for what was written here as well.
        var isCovered = false
    }
    /// The files that have, or had, several names.
    private var linked: Set<FileIdentity> = []
    /// What a file was set to last, beyond a thousand bytes.
    private var size: UInt64 = 0
    private var isDown = false
    /// When the present daemon began.
    private var begun = Instant(nanoseconds: 0)
    /// What was renamed with a directory since no daemon was there.
    private var unsought: Set<String> = []
    /// What came with its directory, and how often the daemon had been idle by then.
    private var moves: [(name: String, idleCount: Int)] = []
    /// The files whose modes were changed since the daemon began.
    private var changed: [String] = []
    private let plan: [PlannedAction]

    package init(_ history: TreeHistory, tell: ((String) -> Void)? = nil) throws {
        self.history = history
        plan = [
            try .tree(
                "/srv/t/", each: history.each,
                settle: SettlePolicy(quiet: .microseconds(history.settle)))
        ]
        var kernel = SimulatedKernel()
        for directory in ["/srv", "/srv/t", "/out"] { try kernel.makeDirectory(RawPath(directory)) }
        kernel.advance(by: .seconds(7200))
        daemon = SimulatedDaemon(kernel: kernel, plan: plan)
        daemon.marksFileSystems = history.marks
        daemon.listingsPerSlice = history.listings
        daemon.runDuration = .microseconds(history.runDuration)
        daemon.tell = tell
        daemon.settle()
        daemon.pass(.seconds(3))
    }

    /// What each run was for, for people.
    package var runs: [String] {
        daemon.runs.map { run in
            "\(run.started.nanoseconds / 1000) \(Self.paths(of: run).sorted())"
        }
    }

    private static func paths(of run: SimulatedDaemon.Run) -> [String] {
        var paths: [String] = []
        for line in (run.spec.changes ?? []).split(separator: UInt8(ascii: "\n")) {
            let parts = String(decoding: line, as: UTF8.self).split(separator: "\"")
            if parts.count > 3 { paths.append(String(parts[3])) }
        }
        return paths
    }

    /// The promise that is broken; nil where all are kept.
    package mutating func play() throws -> String? {
        for (number, step) in history.steps.enumerated() {
            daemon.tell?("-- \(number) \(step) at \(daemon.clock.nanoseconds / 1000)")
            before = identities()
            perform(step)
        }
        before = identities()
        perform(.close)
        if isDown { perform(.start) }
        daemon.pass(.seconds(60))
        return broken()
    }

    private mutating func identities() -> [String: FileIdentity] {
        var found: [String: FileIdentity] = [:]
        // A copy: to look must not change what the next change looks like.
        var kernel = daemon.kernel
        var directories = ["/srv/t"]
        while let directory = directories.popLast() {
            guard case .success(let entries) = kernel.list(RawPath(directory), withStatus: true)
            else { continue }
            for (name, kind, status) in entries {
                let path = "\(directory)/\(String(decoding: name, as: UTF8.self))"
                if kind == .directory {
                    directories.append(path)
                } else {
                    found[path] = status?.identity
                }
            }
        }
        return found
    }

    private mutating func touched(_ path: String, at time: Instant? = nil) {
        guard path.hasPrefix("/srv/t/") else { return }
        paths[path, default: Path()].touches += 1
        paths[path]?.due = time ?? daemon.clock
        unsought.remove(path)
    }

    /// Whatever is at another path than before, or new, was touched.
    private mutating func compare(
        except path: String? = nil, isSought: Bool = true, isDirectory: Bool = false
    ) {
        let now = identities()
        for (name, identity) in now where before[name] != identity && name != path {
            let wasDue = gone[name]?.due
            let isBack = gone[name]?.identity == identity
            touched(name)
            // As the same file in the same state it was not touched.
            if isBack { paths[name]?.due = wasDue }
            // It may be moved while somebody writes to it: then it counts again when it is closed.
            if held.contains(where: { $0.path == name }) { paths[name]?.doubts += 1 }
            if !isSought { unsought.insert(name) }
            if isDirectory { moves.append((name, daemon.idleCount)) }
        }
        for (name, identity) in before where now[name] == nil {
            gone[name] = (identity, paths[name]?.due)
            paths[name]?.due = nil
        }
        before = now
    }

    private func identity(_ path: String) -> FileIdentity? {
        var kernel = daemon.kernel
        return try? kernel.status(RawPath(path), followSymlinks: false).get().identity
    }

    /// The change time of a file moved on, though nobody touched it: where nobody looks, or forgets that
    /// he did, it can't be told from another file at its paths, or from one that was written to by this
    /// name and not by another.
    private mutating func stamped(_ identity: FileIdentity?, except name: String? = nil) {
        guard let identity else { return }
        for (path, other) in before where other == identity && path != name {
            if isDown { paths[path, default: Path()].doubts += 1 } else { changed.append(path) }
        }
    }

    private mutating func doubt() {
        for path in Set(paths.keys).union(identities().keys) {
            paths[path, default: Path()].doubts += 1
        }
    }

    private mutating func perform(_ step: TreeHistory.Step) {
        let files = TreeHistory.files, directories = TreeHistory.directories
        switch step {
        case .write(let file): write(files[file])
        case .touch(let file):
            let path = RawPath(files[file])
            guard (try? daemon.kernel.setTimes(path, access: .now, modification: .now)) != nil
            else { return }
            stamped(identity(files[file]), except: files[file])
            touched(files[file])
        case .truncate(let file):
            size += 1
            let path = RawPath(files[file])
            guard (try? daemon.kernel.truncate(path, to: 1000 + size)) != nil else { return }
            stamped(identity(files[file]), except: files[file])
            touched(files[file])
        case .hold(let file):
            let path = files[file]
            guard !held.contains(where: { $0.path == path }),
                let handle = try? daemon.kernel.open(RawPath(path), [.write, .create])
            else { return }
            try? daemon.kernel.write(handle, count: 1)
            stamped(identity(path), except: path)
            held.append(Held(path: path, handle: handle, written: daemon.clock))
            // It counts when it is closed; if it is new and never is, when nobody knows better.
            compare(except: path)
            paths[path]?.doubts += 1
        case .close: close()
        case .remove(let file):
            stamped(identity(files[file]))
            _ = try? daemon.kernel.unlink(RawPath(files[file]))
            compare()
        case .move(let file, let other):
            // Two names of one file stay as they are.
            if let file = identity(files[file]), file == identity(files[other]) { return }
            stamped(identity(files[file]))
            stamped(identity(files[other]))
            guard
                (try? daemon.kernel.rename(RawPath(files[file]), to: RawPath(files[other]))) != nil
            else { return }
            moved(files[file], files[other])
            compare()
        case .moveDirectory(let from, let to):
            let (source, target) = (directories[from], directories[to])
            guard from != to, !TreeHistory.roots.contains(source),
                (try? daemon.kernel.rename(RawPath(source), to: RawPath(target))) != nil
            else { return }
            moved(source, target)
            compare(isSought: !isDown, isDirectory: true)
        case .link(let file, let other):
            stamped(identity(files[file]))
            if let file = identity(files[file]) { linked.insert(file) }
            // What is heard of it by now may be judged after something is done by the other name.
            if changed.contains(files[file]) { paths[files[file], default: Path()].doubts += 1 }
            _ = try? daemon.kernel.link(RawPath(files[file]), to: RawPath(files[other]))
            compare()
        case .makeDirectory(let directory):
            try? daemon.kernel.makeDirectory(RawPath(directories[directory]))
        case .removeDirectory(let directory):
            guard !TreeHistory.roots.contains(directories[directory]) else { return }
            try? daemon.kernel.removeDirectory(RawPath(directories[directory]))
        case .chmod(let file):
            let path = files[file]
            let isThere = (try? daemon.kernel.setMode(RawPath(path), to: 0o640)) != nil
            if isThere { stamped(identity(path)) }
            // What was done by another name may be seen only now.
            if isThere, let file = identity(path), linked.contains(file) {
                paths[path, default: Path()].doubts += 1
            }
            // What it was before is not known to a daemon that has just begun.
            if isThere, daemon.clock < begun.advanced(by: .seconds(3)) {
                paths[path, default: Path()].doubts += 1
            }
        case .pass(let time): daemon.pass(.microseconds(time))
        case .work(let count): for _ in 0..<count { _ = daemon.step() }
        case .flood:
            daemon.kernel.queueLimit = 3
            for number in 0..<12 {
                let file = files[(number * 7) % files.count]
                before = identities()
                write(file)
            }
            daemon.settle()
            daemon.kernel.queueLimit = 16384
            doubt()
        case .kill: end { $0.crash() }
        case .powerLoss:
            end { $0.losePower(.keeps(1000)) }
            // Nothing is open any more, and what was written to is looked for.
            close()
        case .stop:
            end { daemon in
                daemon.signal(.terminate)
                daemon.pass(.seconds(60))
            }
        case .start:
            guard isDown else { return }
            isDown = false
            begun = daemon.clock
            daemon.restart(plan)
            daemon.settle()
        }
    }

    private mutating func end(_ body: (inout SimulatedDaemon) -> Void) {
        guard !isDown else { return }
        body(&daemon)
        isDown = true
        doubt()
        // A daemon that is killed before it was told is as one that was not there.
        unsought.formUnion(moves.filter { $0.idleCount == daemon.idleCount }.map(\.name))
        moves = []
        for path in changed { paths[path, default: Path()].doubts += 1 }
        changed = []
    }

    private mutating func write(_ path: String) {
        guard
            let handle = try? daemon.kernel.open(RawPath(path), [.write, .create, .truncate])
        else { return }
        try? daemon.kernel.write(handle, count: 1)
        try? daemon.kernel.close(handle)
        stamped(identity(path), except: path)
        touched(path)
        for index in held.indices where held[index].path == path { held[index].isCovered = true }
        compare(except: path)
    }

    private mutating func close() {
        for file in held {
            let status = try? daemon.kernel.status(file.handle).get()
            try? daemon.kernel.close(file.handle)
            let isThere = status != nil && identities()[file.path] == status?.identity
            // Found open, it counted when it was quiet for as long as nobody knew better.
            if daemon.clock >= file.written.advanced(by: .seconds(10)) {
                paths[file.path, default: Path()].doubts += 1
            }
            if file.isCovered || !isThere {
                // Or its name is another file's, or nobody's, by now.
                paths[file.path, default: Path()].doubts += 1
            } else {
                // Where the kernel joins what one process does, that it wrote after an earlier close may be
                // heard as before it, and where nobody is there, a close leaves no trace: a run that starts
                // after the writing is all that is sure then.
                let isHeard = !history.marks && !isDown
                touched(file.path, at: isHeard ? daemon.clock : file.written)
            }
        }
        held = []
    }

    /// Open files go along.
    private mutating func moved(_ source: String, _ target: String) {
        for index in held.indices {
            let path = held[index].path
            guard path == source || path.hasPrefix(source + "/") else { continue }
            held[index].path = target + path.dropFirst(source.count)
            // That it came counts, and that is after it was written to.
            held[index].isCovered = true
        }
    }

    private func broken() -> String? {
        var counts: [String: Int] = [:]
        for run in daemon.runs { for path in Self.paths(of: run) { counts[path, default: 0] += 1 } }
        for (name, path) in paths.sorted(by: { $0.key < $1.key }) {
            if let due = path.due, !unsought.contains(name) {
                let isKept = daemon.runs.contains {
                    $0.started >= due && Self.paths(of: $0).contains(name)
                }
                guard isKept else {
                    return "lost: \(name) was touched at \(due.nanoseconds / 1000)"
                }
            }
            let count = counts[name, default: 0]
            guard count <= path.touches + path.doubts else {
                return "doubled: \(name) has \(count) runs for \(path.touches) touches"
                    + " and \(path.doubts) doubts"
            }
        }
        for (name, count) in counts where paths[name] == nil {
            return "doubled: \(name) has \(count) runs and was never touched"
        }
        return nil
    }
}
