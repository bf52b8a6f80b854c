/// What somebody at a terminal asks `touchmon watch` for, and the one action that does it.
package struct WatchOrder: Sendable {
    /// What is watched, in the order in which it was named; never empty.
    package var items: [WatchedPaths.Item]
    /// The program and its arguments; empty where touches are only printed.
    package var command: [[UInt8]]
    /// Whether the command is a text for a shell.
    package var usesShell = false
    /// Whether files count as well that come to be beside the files that are named, and whose names
    /// end as theirs.
    package var watchesNewFiles = false
    /// Patterns, one of which a path has to match; empty: any path.
    package var include: [[UInt8]] = []
    /// Endings of names, without their dots, which `include` has as well.
    package var extensions: [[UInt8]] = []
    /// Patterns of what is left out.
    package var exclude: [[UInt8]] = []
    /// Which changes count. Not that a file is moved away: it is mostly one that an editor has written a
    /// moment ago, and moves into the place of another.
    package var kinds: TouchKinds = [.touch, .delete]
    package var usesGitignore = true
    package var leavesOutUsual = true
    /// How long all must have been quiet before a run; nil: the usual time.
    package var settle: Duration?
    package var policy = RunPolicy.standard
    /// Whether the first run waits for a touch.
    package var isPostponed = false

    package init(_ items: [WatchedPaths.Item], command: [[UInt8]]) {
        self.items = items
        self.command = command
    }

    /// Where and as whom `touchmon watch` was started: a run has all of that.
    package struct Surroundings: Sendable {
        /// The working directory.
        package var directory: RawPath
        /// `NAME=value` each.
        package var environment: [[UInt8]]
        package var identity: RunIdentity
        package var umask: UInt16

        package init(
            directory: RawPath, environment: [[UInt8]], identity: RunIdentity, umask: UInt16
        ) {
            self.directory = directory
            self.environment = environment
            self.identity = identity
            self.umask = umask
        }
    }

    /// What is wrong with an order, in words, and what to do about it.
    package struct Problem: Error, Hashable, Sendable {
        package var message: String
        package var remedy: String
    }

    /// Whether nothing is run, and touches are only printed.
    package var prints: Bool { command.isEmpty }

    /// As long as a save, or a checkout, is quiet between two files at the most.
    private static let usualSettle = Duration.milliseconds(50)
    /// How many times as long a run waits for quiet at the most: what is always written to is no
    /// reason for no run at all.
    private static let patience = 20

    private var settlePolicy: SettlePolicy {
        let quiet = settle ?? (prints ? .zero : Self.usualSettle)
        return SettlePolicy(quiet: quiet, max: quiet * Self.patience)
    }

    /// The directory below which all of it is, and where all patterns begin that have a slash.
    package func base(from directory: RawPath) -> RawPath {
        var directories = items.map(\.directory)
        if (include + exclude).contains(where: FilterPattern.isOfPath) {
            directories.append(directory)
        }
        return WatchedPaths.commonDirectory(of: directories) ?? directory
    }

    /// The action. `repository` is the root of the git repository that `base` is in, if it is in one:
    /// from there on `.gitignore`s are read.
    package func action(
        _ surroundings: Surroundings, repository: RawPath?
    ) throws(Problem) -> PlannedAction {
        var base = base(from: surroundings.directory)
        if usesGitignore, let repository, base.isWithin(repository) { base = repository }
        let paths = WatchedPaths(
            items + (watchesNewFiles ? newFiles : []), below: base,
            from: surroundings.directory)
        var tree = TreePolicy(selection: try selection(paths, surroundings.directory))
        tree.leavesOutPassing = true
        let environment = environment(surroundings)
        let argv = try arguments(environment, &tree)
        var touch = TouchPolicy.standard
        touch.on = kinds
        var policy = policy
        policy.runAtStart = !prints && !isPostponed
        return PlannedAction(
            path: watchedPath(base),
            Shared(
                RunCommand(
                    argv: argv,
                    programs: BaseEnvironment.programs(named: argv[0], in: environment),
                    identity: surroundings.identity, environment: environment,
                    umask: surroundings.umask, touch: touch, settle: settlePolicy,
                    tree: Shared(tree), output: .inherit, policy: policy)))
    }

    /// What a run is told that it is for: the path, if one was named.
    private func watchedPath(_ base: RawPath) -> RawPath {
        if items.count == 1, case .path(let path, _) = items[0] { return path }
        return base
    }

    private var newFiles: [WatchedPaths.Item] {
        var found: Set<WatchedPaths.Item> = []
        for case .path(let path, isDirectory: false) in items {
            guard let dot = path.name.lastIndex(of: UInt8(ascii: ".")), dot > path.name.startIndex
            else { continue }
            found.insert(.files(in: path.parent, ending: Array(path.name[dot...])))
        }
        return Array(found)
    }

    // MARK: Which files

    private func selection(
        _ paths: WatchedPaths, _ directory: RawPath
    ) throws(Problem) -> Selection {
        var filters: [[UInt8]] = []
        for name in extensions {
            let ending = name.first == UInt8(ascii: ".") ? name[1...] : name[...]
            guard !ending.isEmpty else { continue }
            filters.append(Array("*.".utf8) + TreeKey.literal(ending))
        }
        for pattern in include {
            filters.append(try FilterPattern.relative(pattern, directory, below: paths.base))
        }
        var excluded: [[UInt8]] = []
        for pattern in exclude {
            excluded.append(try FilterPattern.relative(pattern, directory, below: paths.base))
        }
        do {
            return try Selection(
                paths, include: filters.isEmpty ? nil : filters, exclude: excluded,
                usesGitignore: usesGitignore, leavesOutUsual: leavesOutUsual)
        } catch {
            throw Problem(
                message: "the patterns stand for more than \(BraceExpansion.limit) patterns, or "
                    + "for too long ones",
                remedy: "write fewer braces and patterns")
        }
    }

    // MARK: What runs

    /// The caller's own. touchmon's variables are those of the run, and not of one that `touchmon watch`
    /// is started in; and no pager may wait for keys that it can't read.
    private func environment(_ surroundings: Surroundings) -> [[UInt8]] {
        let own = surroundings.environment.filter { !$0.starts(with: "TOUCHMON_".utf8) }
        let hasPager = own.contains { $0.starts(with: "PAGER=".utf8) }
        return hasPager ? own : own + [Array("PAGER=cat".utf8)]
    }

    /// What stands for the first file that was touched, besides `{path}`: as entr(1) writes it.
    private static let firstFile = Array("/_".utf8)

    private func arguments(
        _ environment: [[UInt8]], _ tree: inout TreePolicy
    ) throws(Problem) -> [[UInt8]] {
        guard !prints else { return [Array("touchmon".utf8)] }
        guard !usesShell else {
            let shell = environment.first { $0.starts(with: "SHELL=".utf8) }?.dropFirst(6) ?? []
            // The shell's `$0`.
            tree.argvPlaceholders = [3: .path]
            return [
                shell.isEmpty ? Array("/bin/sh".utf8) : Array(shell), Array("-c".utf8),
                Array(command.joined(separator: " ".utf8)), firstPath,
            ]
        }
        var arguments = command
        for (index, argument) in command.enumerated() {
            var placeholder = TreePolicy.Placeholder.allCases.first {
                $0.rawValue.utf8.elementsEqual(argument)
            }
            if argument == Self.firstFile { placeholder = .path }
            guard let placeholder else { continue }
            guard index > 0 else {
                throw Problem(
                    message: "the program can't be the file that was touched",
                    remedy: "write the program that is to run it before "
                        + "\(TerminalText.quoted(argument)), such as `sh`")
            }
            tree.argvPlaceholders[index] = placeholder
            // Where nothing was touched yet.
            if placeholder == .path { arguments[index] = firstPath }
        }
        return arguments
    }

    private var firstPath: [UInt8] {
        guard case .path(let path, _) = items[0] else { return items[0].directory.bytes }
        return path.bytes
    }
}
