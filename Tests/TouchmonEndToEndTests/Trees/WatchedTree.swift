import Foundation
import Testing

/// A tree, beside it a directory on the same file system, and a daemon that watches the tree.
final class WatchedTree {
    let watching: TreeWatching
    /// Holds what is not in the tree, and is on another file system than it on an overlay.
    let scratch: Scratch
    private let place: MountedPlace?
    /// The directory of the tree as the daemon sees it, and as the test does.
    let base: String
    let root: String
    /// The directory beside it, as the test sees it.
    let outside: String
    let sink: TreeSink
    private let point: String
    private var started: [TouchmonProcess] = []
    private var barriers = 0
    /// Its runs come later than whatever a judgement waits for. How many each daemon has seen end.
    private let late: String
    private var passes: [Int32: Int] = [:]

    /// Where a file system can be marked: not on the overlay of a container.
    private static let parent: String = {
        let kind = try? Command.run(["stat", "-f", "-c", "%T", "/var/tmp"]).output
        return kind == "overlayfs\n" ? "/dev/shm/touchmon-tests" : "/var/tmp/touchmon-tests"
    }()

    /// `mounts`: whether something will be mounted, which nobody but the daemon and the scripts sees.
    init(_ watching: TreeWatching, mounts: Bool = false) throws {
        self.watching = watching
        if watching == .overlay {
            let kind = try #require(MountedKind.all.first { $0.name == "overlay" })
            let place = try MountedPlace()
            try place.run(kind.script)
            (self.place, scratch, point) = (place, place.scratch, place.point)
        } else if mounts {
            let place = try MountedPlace(in: Self.parent)
            (self.place, scratch, point) = (place, place.scratch, place.point)
        } else {
            (place, scratch) = (nil, try Scratch(in: Self.parent))
            point = scratch("p")
        }
        let seen = (place?.root ?? "") + point
        (base, root, outside) = ("\(point)/tree", "\(seen)/tree", "\(seen)/outside")
        sink = TreeSink(try scratch.write("sink"))
        late = try scratch.write("late")
        for directory in [seen, root, outside] where access(directory, F_OK) != 0 {
            try #require(mkdir(directory, 0o755) == 0)
        }
        for path in [root, outside, sink.path, late] { own(path) }
    }

    /// Gives what root made to whoever watches.
    func own(_ path: String) {
        if let owner = watching.owner { lchown(path, owner.id, owner.group) }
    }

    /// The user of the runs.
    var user: String { watching.owner?.name ?? NSUserName() }

    /// To be put before a command of whoever the files belong to.
    var prefix: [String] { (place?.prefix ?? []) + (watching.owner?.prefix ?? []) }

    /// Where the runs of another action can tell: what two tell at once in one file is mixed up.
    func makeSink(_ name: String) throws -> TreeSink {
        let sink = TreeSink(try scratch.write(name))
        own(sink.path)
        return sink
    }

    /// An action that tells what it was told, then does what `script` says; `keys` are further ones.
    func action(
        _ keys: [String: Any] = [:], script: String = "", to sink: TreeSink? = nil
    ) -> [String: Any] {
        let environment = (keys["environment"] as? [String: String] ?? [:])
            .merging(["SINK": (sink ?? self.sink).path]) { $1 }
        return ["argv": ["sh", "-c", "\(TreeSink.script); \(script)"], "user": user]
            .merging(keys) { $1 }.merging(["environment": environment]) { $1 }
    }

    /// Writes an action file: for each key that begins in the tree's base, its action.
    func write(_ actions: [String: [String: Any]]) throws -> String {
        let keys = actions.map { ("\(base)/\($0.key)", $0.value) }
        let action: [String: Any] = ["argv": ["true"], "user": user]
        return try scratch.actions(
            Dictionary(uniqueKeysWithValues: keys).merging([
                late: action.merging(watching.lateness) { $1 }
            ]) { $1 })
    }

    /// Starts a daemon that watches the whole tree, or `actions`, and makes sure that it watches as this
    /// test is about: where there is something to be watched yet.
    func start(
        _ keys: [String: Any] = [:], script: String = "", actions: [String: [String: Any]]? = nil,
        prefix: [String] = [], isThere: Bool = true
    ) throws -> TouchmonProcess {
        let keys = ["recursive": true].merging(keys) { $1 }
        let file = try write(actions ?? ["": action(keys, script: script)])
        let daemon = try TouchmonProcess.daemon(
            [file], prefix: prefix + self.prefix, state: state)
        started.append(daemon)
        let mechanisms = daemon.values("mechanism", of: "tree_watched", as: String.self)
        if isThere { #expect(Set(mechanisms) == [watching.mechanism], "\(daemon.text)") }
        return daemon
    }

    /// One for all the daemons of a test, which whoever watches may write.
    private(set) lazy var state: String = {
        let path = scratch("state")
        mkdir(path, 0o755)
        own(path)
        return path
    }()

    /// Runs a script in which `$t` is the tree and `$o` the directory beside it, as whoever the files
    /// belong to; fails when it does.
    func run(_ script: String, _ environment: [String: String] = [:]) throws {
        let variables = ["t": base, "o": "\(point)/outside"].merging(environment) { $1 }
        let result = try Command.run(
            prefix + ["timeout", "60", "sh", "-ec", script], in: scratch.path,
            environment: variables)
        try #require(result.status == 0, "\(script)\n\(result.output)")
    }

    /// Runs a script as root that mounts something where only the daemon and other scripts see it.
    func mount(_ script: String) throws {
        try #require(place).run("t=\(base) o=\(point)/outside; \(script)")
    }

    /// Writes a file of the tree, as whoever it belongs to.
    func touch(_ name: String) throws {
        try FileRights.of(watching.owner) {
            let file = open("\(root)/\(name)", O_WRONLY | O_CREAT | O_APPEND, 0o644)
            try #require(file >= 0, "\(name): \(errno)")
            try #require(Glibc.write(file, "x", 1) == 1)
            close(file)
        }
    }

    /// Waits until the daemon has judged all that was done before.
    func pass(_ daemon: TouchmonProcess) throws {
        passes[daemon.pid, default: 0] += 1
        utimes(late, nil)
        let isOver = eventually(within: 60) { daemon.runs(of: late) == passes[daemon.pid] }
        try #require(isOver, "\(daemon.text.suffix(4000))")
        // What was moved in may still be listed, a piece at a time.
        try #require(eventually(within: 60) { daemon.isIdle }, "\(daemon.text.suffix(4000))")
    }

    /// The runs until now.
    func runs() throws -> [TreeRun] {
        try sink.read()
        return sink.runs
    }

    /// Every path that a run was told, from the tree's base, as often as it was.
    func paths(_ sink: TreeSink? = nil) throws -> [String] {
        let sink = sink ?? self.sink
        try sink.read()
        return sink.runs.flatMap(\.changes).map { String($0.text.dropFirst(base.count + 1)) }
            .filter { !$0.hasPrefix(Self.barrier) }
    }

    private static let barrier = "barrier-"

    /// Waits until all that happened in the tree was told to runs that have ended: when all was judged,
    /// the run of one more file, which comes after the one that may be under way, is told all of it. The
    /// action has to select every name and to run once for all.
    func settle(_ daemon: TouchmonProcess) throws {
        try pass(daemon)
        barriers += 1
        let name = "\(Self.barrier)\(barriers)"
        try touch(name)
        let path = "\(base)/\(name)"
        let isTold = try eventually {
            try runs().suffix(3).contains { run in
                run.isComplete && run.changes.contains { $0.text == path }
            }
        }
        try #require(isTold, "\(name): \(daemon.text.suffix(4000))")
        unlink("\(root)/\(name)")
    }

    /// Waits until the daemon has nothing left to do, listing what is to be listed included. On an overlay
    /// it never has.
    func rest(_ daemon: TouchmonProcess) throws {
        try pass(daemon)
        let isOver = eventually(within: 60) {
            daemon.isAsleepForever && daemon.haveRunsEnded
        }
        try #require(isOver, "\(daemon.text.suffix(4000))")
    }

    /// Waits until the paths were told, from the tree's base; and makes sure that they are told once,
    /// and nothing else.
    func expect(_ paths: [String], _ daemon: TouchmonProcess) throws {
        _ = try eventually { try self.paths().count >= paths.count }
        try pass(daemon)
        _ = eventually { daemon.haveRunsEnded }
        let told = try self.paths()
        #expect(told.sorted() == paths.sorted(), "\(story(of: told, paths, daemon))")
    }

    /// What was told and logged of the paths that were told too often or too rarely, and how the log ends.
    private func story(
        of told: [String], _ expected: [String], _ daemon: TouchmonProcess
    ) -> String {
        let difference = Set(
            told.sorted().difference(from: expected.sorted()).map { change in
                switch change {
                case .insert(_, let path, _), .remove(_, let path, _): path
                }
            })
        let runs = sink.runs.filter { run in
            run.paths.contains { difference.contains(String($0.dropFirst(base.count + 1))) }
        }
        let lines = daemon.text.split(separator: "\n").filter { line in
            difference.contains { line.contains("/\($0)\"") }
                || runs.contains { line.contains("\"run\":\($0.number),") }
        }
        return "\(runs)\n\(lines.joined(separator: "\n"))\n\(daemon.text.suffix(4000))"
    }
}
