import TouchmonCore

/// What a path leads to, path_resolution(7).
struct Resolution {
    /// What the last component is.
    enum Last {
        /// A name in `directory`, there or not.
        case name
        case dot
        case dotDot
        /// The path has no component.
        case root
    }

    var last: Last
    /// The directory of the last component.
    var directory: Place
    var name: ArraySlice<UInt8>
    /// What the last component names, before mounts on it are crossed; nil when nothing is there.
    var found: Int?
    /// Whether the path ended in a slash.
    var needsDirectory: Bool
}

extension SimulatedKernel {
    static var root: Place { Place(mount: 0, dentry: 0) }

    /// Walks `path`. Everything but the last component must exist. Where a file is to be opened or
    /// made (`creates`), a slash after the last component ends the walk: no file is ever there.
    ///
    /// What a walk meets is a value and not thrown: the daemon asks for missing paths all the time,
    /// and the test library looks up the call stack at each throw.
    func resolve(
        _ path: RawPath, follow: Bool, creates: Bool = false
    ) -> Result<Resolution, ErrorNumber> {
        guard !path.bytes.isEmpty else { return .failure(.noSuchFile) }
        guard path.bytes.count < 4096 else { return .failure(.nameTooLong) }
        var rest = path.bytes[...]
        var place = crossMounts(Self.root)
        var linksFollowed = 0
        var result = Resolution(
            last: .root, directory: place, name: [], found: place.dentry, needsDirectory: true)
        while true {
            rest = rest.drop { $0 == UInt8(ascii: "/") }
            guard !rest.isEmpty else { return .success(result) }
            let name = rest.prefix { $0 != UInt8(ascii: "/") }
            rest = rest[name.endIndex...]
            let needsDirectory = !rest.isEmpty
            guard name.count <= 255 else { return .failure(.nameTooLong) }
            guard inodes[dentries[place.dentry].inode].kind == .directory else {
                return .failure(.notADirectory)
            }
            result = Resolution(
                last: .name, directory: place, name: name, found: nil,
                needsDirectory: needsDirectory)
            if name.elementsEqual(CollectionOfOne(UInt8(ascii: "."))) {
                result.last = .dot
                result.found = place.dentry
                continue
            }
            if name.count == 2, name.allSatisfy({ $0 == UInt8(ascii: ".") }) {
                place = parent(of: place)
                result.last = .dotDot
                result.directory = place
                result.found = place.dentry
                continue
            }
            let isLast = rest.allSatisfy { $0 == UInt8(ascii: "/") }
            if creates, isLast, needsDirectory { return .success(result) }
            guard let found = entry(name, in: dentries[place.dentry].inode) else {
                guard isLast else { return .failure(.noSuchFile) }
                return .success(result)
            }
            result.found = found
            let inode = dentries[found].inode
            if inodes[inode].kind == .symbolicLink, !isLast || follow || needsDirectory {
                linksFollowed += 1
                guard linksFollowed <= 40 else { return .failure(.tooManyLinks) }
                let target = inodes[inode].target
                if target.first == UInt8(ascii: "/") { place = crossMounts(Self.root) }
                rest = needsDirectory ? (target + rest)[...] : target[...]
                continue
            }
            if isLast { return .success(result) }
            place = crossMounts(Place(mount: place.mount, dentry: found))
        }
    }

    /// The place that an existing path leads to, with the mounts on it crossed.
    func locate(_ path: RawPath, follow: Bool) -> Result<Place, ErrorNumber> {
        resolve(path, follow: follow).flatMap { result in
            guard let found = result.found else { return .failure(.noSuchFile) }
            let place = crossMounts(Place(mount: result.directory.mount, dentry: found))
            if result.needsDirectory, inodes[dentries[place.dentry].inode].kind != .directory {
                return .failure(.notADirectory)
            }
            return .success(place)
        }
    }

    /// The dentry of `name` in `directory`, an inode.
    func entry(_ name: ArraySlice<UInt8>, in directory: Int) -> Int? {
        inodes[directory].entries.first { dentries[$0].name.elementsEqual(name) }
    }

    /// The top of the mounts that hide `place`.
    func crossMounts(_ place: Place) -> Place {
        guard mounts.count > 1 else { return place }
        var place = place
        while let mount = mounts.firstIndex(where: { $0.point == place }) {
            place = Place(mount: mount, dentry: mounts[mount].root)
        }
        return place
    }

    /// Where `..` leads from `place`.
    private func parent(of place: Place) -> Place {
        var place = place
        while place.dentry == mounts[place.mount].root {
            guard let point = mounts[place.mount].point else { return crossMounts(place) }
            place = point
        }
        place.dentry = dentries[place.dentry].parent
        return crossMounts(place)
    }

    /// Whether something is mounted on `dentry`, seen through any mount.
    func isMountPoint(_ dentry: Int) -> Bool {
        mounts.count > 1 && mounts.contains { $0.point?.dentry == dentry }
    }

    /// The path of `place`, or nil when an unlinked directory or a detached mount is on the way.
    func path(of place: Place) -> RawPath? {
        var place = place
        var components: [[UInt8]] = []
        while true {
            if place.dentry == mounts[place.mount].root {
                guard let point = mounts[place.mount].point else { break }
                place = point
                continue
            }
            guard dentries[place.dentry].isLinked else { return nil }
            components.append(dentries[place.dentry].name)
            place.dentry = dentries[place.dentry].parent
        }
        guard place.mount == 0 else { return nil }
        guard !components.isEmpty else { return RawPath("/") }
        return RawPath(bytes: components.reversed().flatMap { [UInt8(ascii: "/")] + $0 })
    }
}
