package import TouchmonCore
internal import TouchmonSystem

/// What is at the paths that somebody at a terminal names, and who and where they are.
package struct WatchedPlaces {
    /// The working directory, free of symbolic links.
    package let directory: RawPath
    /// What is watched, as far as it was named.
    package private(set) var items: [WatchedPaths.Item] = []
    /// Paths at which nothing is, as they were named.
    package private(set) var missing: [[UInt8]] = []

    /// Throws when the process can't find out where it is.
    package init() throws(StartupFailure) {
        do {
            directory = RawPath(bytes: try CurrentProcess.workingDirectory())
        } catch {
            throw StartupFailure(error)
        }
    }

    /// Adds a path, or a pattern at whose path nothing is. With `isFlat`, of a directory only the files
    /// directly in it. Throws where not even the directory is there in which the path is.
    package mutating func add(_ text: [UInt8], isFlat: Bool = false) throws(StartupFailure) {
        guard !text.isEmpty, !text.contains(0) else {
            throw StartupFailure(watching: text, "this is no path")
        }
        // Not made normal: `..` after a symbolic link is for the kernel to follow.
        let path = RawPath(bytes: text)
        let absolute = path.isAbsolute ? path : directory.appending(text)
        guard (try? FileMetadata(at: CPath(absolute.bytes), follow: false)) == nil else {
            return add(existing: absolute, isFlat: isFlat)
        }
        switch TreeKey.form(of: text) {
        case .pattern, .directories: try add(pattern: text)
        case .path, .directory: try add(missing: absolute, named: text)
        }
    }

    private mutating func add(existing path: RawPath, isFlat: Bool) {
        let real = realPath(CPath(path.bytes)).map(RawPath.init(bytes:))
        let kind = real.flatMap { try? FileMetadata(at: CPath($0.bytes)).kind }
        if kind == .directory, let real {
            items.append(isFlat ? .files(in: real, ending: []) : .path(real, isDirectory: true))
            return
        }
        // A link counts as what it is, and as the file that it leads to.
        let named = Self.place(of: path.normalized(relativeTo: directory))
        if let named { items.append(.path(named, isDirectory: false)) }
        if let real, real != named { items.append(.path(real, isDirectory: false)) }
    }

    private mutating func add(missing path: RawPath, named text: [UInt8]) throws(StartupFailure) {
        guard let place = Self.place(of: path.normalized(relativeTo: directory)) else {
            throw StartupFailure(watching: text, "there is no such file, nor its directory")
        }
        missing.append(text)
        items.append(.path(place, isDirectory: false))
    }

    private mutating func add(pattern text: [UInt8]) throws(StartupFailure) {
        let key: TreeKey
        do {
            key = try TreeKey(text, relativeTo: directory, isDeep: true)
        } catch {
            throw StartupFailure(watching: text, "it stands for too many patterns")
        }
        let base = realPath(CPath(key.base.bytes)).map(RawPath.init(bytes:))
        items.append(.pattern(key, base: base ?? key.base))
    }

    /// A path whose directory is free of symbolic links; nil where that is not there.
    private static func place(of path: RawPath) -> RawPath? {
        realPath(CPath(path.parent.bytes)).map { RawPath(bytes: $0).appending(path.name) }
    }

    /// The root of the git repository that a directory is in; nil where it is in none.
    package static func repository(of directory: RawPath) -> RawPath? {
        var place = directory
        while true {
            let mark = CPath(place.appending(Array(".git".utf8)).bytes)
            if (try? FileMetadata(at: mark)) != nil { return place }
            guard place.bytes.count > 1 else { return nil }
            place = place.parent
        }
    }

    /// Whose rights a run has, and all else that it has of the caller's.
    package func surroundings() throws(StartupFailure) -> WatchOrder.Surroundings {
        do {
            let account = try ActionFiles.identity().account
            return WatchOrder.Surroundings(
                directory: directory,
                environment: CurrentProcess.environment.filter { !NotifySocket.isMeant($0) },
                identity: RunIdentity(
                    name: account.name, user: account.user, group: account.group,
                    groups: account.groups),
                umask: CurrentProcess.umask)
        } catch {
            throw StartupFailure(error)
        }
    }
}

extension StartupFailure {
    fileprivate init(watching path: [UInt8], _ reason: String) {
        message = "watch \(TerminalText.quoted(path)): \(reason)"
        remedy = "see whether it is spelled right; a command stands behind `--`"
        status = .noInput
    }
}
