package import TouchmonCore
internal import TouchmonSystem

/// Reads action files, from their names to a plan, with everything that is wrong with them.
package struct ActionFiles {
    /// Files, and directories that stand for their `*.json`, as the command line names them.
    package let arguments: [[UInt8]]
    let identity: DaemonIdentity
    /// Where relative paths begin.
    let directory: RawPath

    /// More than any list of actions needs: a file of this size holds half a million.
    private static let largestFile = 16 << 20

    /// Relative paths are relative to `directory`; nil: to where the process is. Throws when it can't
    /// find out who or where that is.
    package init(
        _ arguments: [[UInt8]], relativeTo directory: RawPath? = nil
    ) throws(StartupFailure) {
        self.arguments = arguments
        do {
            identity = try Self.identity()
            if let directory {
                self.directory = directory
            } else {
                self.directory = RawPath(bytes: try CurrentProcess.workingDirectory())
            }
        } catch {
            throw StartupFailure(error)
        }
    }

    /// What the files say, and whether they can be used.
    package struct Reading: Sendable {
        package var plan = Plan()
        package fileprivate(set) var problems: [Problem] = []
        package fileprivate(set) var sources: [SourceText] = []
        /// The definitions that others have taken the place of.
        package fileprivate(set) var overridden: [RawPath: [SourceLocation]] = [:]
        /// When one of the files or directories was last changed, in nanoseconds since 1970.
        package fileprivate(set) var lastChange: Int64 = 0
        fileprivate var isMissing = false
        fileprivate var isForbidden = false

        package var exitStatus: ExitStatus {
            if !problems.haveErrors { return .success }
            if isForbidden { return .notPermitted }
            return isMissing ? .noInput : .invalidActionFile
        }

        /// Whether the plan may be carried out.
        package var isUsable: Bool { exitStatus == .success }

        package var report: ProblemReport { ProblemReport(problems, sources: sources) }
    }

    /// Reads them now. With `examiningPrograms`, also looks at what would be executed. The plan has what
    /// concerns one path, where one is given: to look up all users takes a while.
    package func read(examiningPrograms: Bool = false, concerning path: RawPath? = nil) -> Reading {
        var reader = Reader(of: self, concerning: path)
        var plan = Plan()
        while let items = reader.goOn() { plan.append(items) }
        var reading = reader.reading
        if examiningPrograms {
            reading.problems += plan.items.flatMap(ProgramCheck.problems)
            reading.problems += GroupCheck.problems(with: plan.items)
        }
        reading.plan = plan
        return reading
    }

    /// Reads them a piece at a time, for about a millisecond each, and their plan with them: a daemon has
    /// runs to begin meanwhile. How long a file takes to be read from a disk, and a user to be looked up, is
    /// not in its hand.
    struct Reader {
        private let files: ActionFiles
        private let path: RawPath?
        /// Those still to be loaded, the next one last; nil before they are known.
        private var names: [RawPath]?
        private var loaded: (file: RawPath, bytes: [UInt8])?
        private var owners: [RawPath: UInt32] = [:]
        private var reader: ActionFileReader?
        private var maker: PlanMaker?
        /// What is to be planned, the next last.
        private var pieces: [[ActionDefinition]] = []
        /// What was found; complete, but for the plan, when there is no more to do.
        private(set) var reading = Reading()

        init(of files: ActionFiles, concerning path: RawPath? = nil) {
            self.files = files
            self.path = path
        }

        /// Does a piece of it, and returns what comes next in the plan; nil when that was all.
        mutating func goOn() -> [Plan.Item]? {
            if names == nil {
                names = files.files(&reading).reversed()
            } else if let (file, bytes) = loaded.take() {
                reading.sources.append(SourceText(file: file, bytes: bytes))
            } else if let file = names?.popLast() {
                load(file)
            } else if maker != nil {
                guard let piece = pieces.popLast() else {
                    end()
                    return nil
                }
                return maker?.items(of: piece)
            } else if reader == nil {
                reader = ActionFileReader(reading.sources, relativeTo: files.directory)
            } else if reader?.goOn() == false {
                plan()
            }
            return []
        }

        private mutating func load(_ file: RawPath) {
            guard let (bytes, metadata) = files.load(file, &reading) else { return }
            loaded = (file, bytes)
            owners[file] = metadata.owner
            reading.lastChange = max(reading.lastChange, metadata.changed.nanosecondsSince1970)
        }

        private mutating func plan() {
            guard let found = reader.take()?.reading else { return }
            reading.problems += found.problems
            reading.overridden = found.overridden
            var accountNames = found.names
            pieces = found.pieces.reversed()
            if let path {
                let concerned = found.actions.filter { Explanation.concerns($0, path) }
                accountNames = Plan.accounts(in: concerned, owners: [:])
                pieces = [concerned]
            }
            accountNames.add(owners: owners)
            maker = PlanMaker(
                owners: owners, accounts: ActionFiles.lookUp(accountNames), daemon: files.identity)
        }

        private mutating func end() {
            reading.problems += maker?.problems ?? []
            reading.isForbidden = maker?.isForbidden ?? false
        }
    }

    // MARK: Files

    private func files(_ reading: inout Reading) -> [RawPath] {
        var files: [RawPath] = []
        for argument in arguments {
            let path = RawPath(bytes: argument)
            do {
                let absolute = CPath(absolute(path).bytes)
                let metadata = try FileMetadata(at: absolute)
                guard metadata.kind == .directory else {
                    files.append(path)
                    continue
                }
                reading.lastChange = max(
                    reading.lastChange, metadata.changed.nanosecondsSince1970)
                // As the shell's own `*`: hidden files are not meant.
                files += try Directory.names(of: absolute)
                    .filter { $0.first != UInt8(ascii: ".") && $0.ends(with: ".json") }
                    .sorted { $0.lexicographicallyPrecedes($1) }
                    .map(path.appending)
            } catch {
                reading.isMissing = reading.isMissing || error.errno == .noSuchFile
                reading.problems.append(unreadable(path, error))
            }
        }
        return files
    }

    private func load(
        _ file: RawPath, _ reading: inout Reading
    ) -> (bytes: [UInt8], metadata: FileMetadata)? {
        let found: TrustedFile
        do {
            found = try TrustedFile(
                reading: CPath(absolute(file).bytes), atMost: Self.largestFile)
        } catch {
            reading.isMissing = reading.isMissing || error.errno == .noSuchFile
            reading.problems.append(unreadable(file, error))
            return nil
        }
        if identity.isRoot, let breach = found.breach(at: file, relyingOn: found.metadata.owner) {
            reading.problems.append(
                Problem(
                    .error, in: file,
                    "root can't rely on this file: \(breach.explanation), who could let it run "
                        + "anything",
                    remedy: breach.remedy))
        }
        switch found.content {
        case .bytes(let bytes):
            return (bytes, found.metadata)
        case .tooLarge:
            reading.problems.append(
                Problem(
                    .error, in: file, "this file is larger than 16 MiB",
                    remedy: "see whether it is an action file; if so, split it into several"))
        case .notRegular, .unread:
            reading.problems.append(
                Problem(
                    .error, in: file, "this is not a regular file",
                    remedy: "name a file of actions, or a directory of such files"))
        }
        return nil
    }

    private func unreadable(_ file: RawPath, _ failure: SystemFailure) -> Problem {
        Problem(
            .error, in: file, "unable to read this file: \(failure.errno.message)",
            remedy: failure.errno == .noSuchFile
                ? "see whether the name is right" : "see whether touchmon may read it")
    }

    private func absolute(_ path: RawPath) -> RawPath {
        // Not normalized: `..` after a symbolic link is for the kernel to follow.
        path.isAbsolute ? path : directory.appending(path.bytes)
    }

    // MARK: Accounts

    /// Who the daemon is, with the rights that it really has, whatever the user database says.
    static func identity() throws(SystemFailure) -> DaemonIdentity {
        let process = try CurrentProcess.identity()
        let record = try? Accounts.user(id: process.user)
        return DaemonIdentity(
            account: UserAccount(
                name: record.map { String(decoding: $0.name, as: UTF8.self) }
                    ?? String(process.user),
                user: process.user, group: process.group, groups: process.groups,
                home: record?.home ?? Array("/".utf8), shell: record?.shell ?? []))
    }

    private static func lookUp(_ names: AccountNames) -> AccountTable {
        var table = AccountTable()
        for name in names.users { table.users[name] = user(name) }
        for name in names.groups { table.groups[name] = group(name) }
        return table
    }

    private static func user(_ name: AccountName) -> AccountTable.Answer<UserAccount> {
        do {
            let record =
                switch name {
                case .name(let name): try Accounts.user(named: Array(name.utf8))
                case .id(let id): try Accounts.user(id: id)
                }
            guard let record else { return .unknown }
            return .found(
                UserAccount(
                    name: String(decoding: record.name, as: UTF8.self), user: record.user,
                    group: record.group, groups: record.groups, home: record.home,
                    shell: record.shell))
        } catch {
            return .failed(ErrorNumber(error.errno.code))
        }
    }

    private static func group(_ name: AccountName) -> AccountTable.Answer<UInt32> {
        do {
            switch name {
            // A numeric group needs no name, as for chgrp(1).
            case .id(let id): return .found(id)
            case .name(let name):
                return try Accounts.group(named: Array(name.utf8)).map { .found($0.group) }
                    ?? .unknown
            }
        } catch {
            return .failed(ErrorNumber(error.errno.code))
        }
    }
}

extension TrustedFile {
    /// Why root, relying on `owner`, should not rely on this file.
    func breach(at path: RawPath, relyingOn owner: UInt32) -> Trust.Breach? {
        Trust.breach(
            onTheWay: lookups.map { lookup in
                PassedName(
                    directory: PathFact(
                        path: RawPath(bytes: lookup.directoryPath),
                        owner: lookup.directory.owner, mode: lookup.directory.mode),
                    entryOwner: lookup.entry.owner)
            },
            to: PathFact(path: path, owner: metadata.owner, mode: metadata.mode),
            relyingOn: owner)
    }
}

extension FileMetadata.Time {
    fileprivate var nanosecondsSince1970: Int64 {
        seconds &* 1_000_000_000 &+ Int64(nanoseconds)
    }
}

extension Array<UInt8> {
    fileprivate func ends(with text: String) -> Bool {
        suffix(text.utf8.count).elementsEqual(text.utf8)
    }
}
