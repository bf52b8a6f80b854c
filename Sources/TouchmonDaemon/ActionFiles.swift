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
        package var plan: Plan
        package var problems: [Problem]
        package var sources: [SourceText]
        package var exitStatus: ExitStatus
        /// The definitions that others have taken the place of.
        package var overridden: [RawPath: [SourceLocation]]
        /// When one of the files or directories was last changed, in nanoseconds since 1970.
        package var lastChange: Int64

        /// Whether the plan may be carried out.
        package var isUsable: Bool { exitStatus == .success }

        package var report: ProblemReport { ProblemReport(problems, sources: sources) }
    }

    /// Reads them now. With `examiningPrograms`, also looks at what would be executed. The plan has what
    /// concerns one path, where one is given: to look up all users takes a while.
    package func read(examiningPrograms: Bool = false, concerning path: RawPath? = nil) -> Reading {
        var problems: [Problem] = []
        var sources: [SourceText] = []
        var owners: [RawPath: UInt32] = [:]
        var isMissing = false
        var lastChange: Int64 = 0
        for file in files(&problems, &isMissing, &lastChange) {
            guard let (source, metadata) = load(file, &problems, &isMissing) else { continue }
            sources.append(source)
            owners[source.file] = metadata.owner
            lastChange = max(lastChange, metadata.changed.nanosecondsSince1970)
        }
        let reading = ActionFileReading(of: sources, relativeTo: directory)
        problems += reading.problems
        let actions =
            path.map { path in
                reading.actions.filter { Explanation.concerns($0, path) }
            } ?? reading.actions
        let plan = Plan(
            actions, owners: owners,
            accounts: Self.lookUp(Plan.accounts(in: actions, owners: owners)), daemon: identity)
        problems += plan.problems
        if examiningPrograms {
            problems += plan.items.flatMap(ProgramCheck.problems)
            problems += GroupCheck.problems(with: plan.items)
        }
        let status: ExitStatus =
            if !problems.haveErrors { .success } else if plan.isForbidden {
                .notPermitted
            } else if isMissing { .noInput } else { .invalidActionFile }
        return Reading(
            plan: plan, problems: problems, sources: sources, exitStatus: status,
            overridden: reading.overridden, lastChange: lastChange)
    }

    // MARK: Files

    private func files(
        _ problems: inout [Problem], _ isMissing: inout Bool, _ lastChange: inout Int64
    ) -> [RawPath] {
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
                lastChange = max(lastChange, metadata.changed.nanosecondsSince1970)
                // As the shell's own `*`: hidden files are not meant.
                files += try Directory.names(of: absolute)
                    .filter { $0.first != UInt8(ascii: ".") && $0.ends(with: ".json") }
                    .sorted { $0.lexicographicallyPrecedes($1) }
                    .map(path.appending)
            } catch {
                isMissing = isMissing || error.errno == .noSuchFile
                problems.append(unreadable(path, error))
            }
        }
        return files
    }

    private func load(
        _ file: RawPath, _ problems: inout [Problem], _ isMissing: inout Bool
    ) -> (SourceText, FileMetadata)? {
        let found: TrustedFile
        do {
            found = try TrustedFile(
                reading: CPath(absolute(file).bytes), atMost: Self.largestFile)
        } catch {
            isMissing = isMissing || error.errno == .noSuchFile
            problems.append(unreadable(file, error))
            return nil
        }
        if identity.isRoot, let breach = found.breach(at: file, relyingOn: found.metadata.owner) {
            problems.append(
                Problem(
                    .error, in: file,
                    "root can't rely on this file: \(breach.explanation), who could let it run "
                        + "anything",
                    remedy: breach.remedy))
        }
        switch found.content {
        case .bytes(let bytes):
            return (SourceText(file: file, bytes: bytes), found.metadata)
        case .tooLarge:
            problems.append(
                Problem(
                    .error, in: file, "this file is larger than 16 MiB",
                    remedy: "see whether it is an action file; if so, split it into several"))
        case .notRegular, .unread:
            problems.append(
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

    private static func lookUp(
        _ names: (users: Set<AccountName>, groups: Set<AccountName>)
    ) -> AccountTable {
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
