internal import CTouchmon
internal import Glibc

/// What the daemon itself is.
package enum CurrentProcess {
    /// The effective user and group, and the supplementary groups. getgroups(2).
    package static func identity() throws(SystemFailure) -> ProcessIdentity {
        let count = try systemCall("list the groups") { getgroups(0, nil) }
        var groups = [gid_t](repeating: 0, count: Int(count))
        let filled = try systemCall("list the groups") { getgroups(count, &groups) }
        return ProcessIdentity(
            user: geteuid(), group: getegid(), groups: groups[..<Int(filled)].sorted())
    }

    /// Whether the effective user is root.
    package static var isRoot: Bool { geteuid() == 0 }

    /// The user whose rights it has.
    package static var user: UInt32 { geteuid() }

    package static var pid: Int32 { getpid() }

    /// The working directory, absolute and without symbolic links. Fails with `ENOENT` when it was
    /// removed. getcwd(3).
    package static func workingDirectory() throws(SystemFailure) -> [UInt8] {
        var path = [CChar](repeating: 0, count: 4096)
        _ = try systemCall("find the working directory") {
            getcwd(&path, 4096) == nil ? -1 : 0
        }
        return path.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
    }

    /// What tells this start of the machine from every other, random(4).
    package static func boot() throws(SystemFailure) -> [UInt8] {
        let file = try OwnedDescriptor(
            opening: CPath("/proc/sys/kernel/random/boot_id"), flags: O_RDONLY,
            operation: "tell this start of the machine")
        return try file.readAll(atMost: 4096, "tell this start of the machine") ?? []
    }

    /// The value of an environment variable; nil when it is not set. getenv(3).
    package static func environment(_ name: String) -> [UInt8]? {
        getenv(name).map { Array(UnsafeRawBufferPointer(start: $0, count: strlen($0))) }
    }

    /// Every variable of the environment, `NAME=value` each. environ(7).
    package static var environment: [[UInt8]] {
        var variables: [[UInt8]] = []
        var next = tm_environment()
        while let variable = next?.pointee {
            variables.append(
                Array(UnsafeRawBufferPointer(start: variable, count: strlen(variable))))
            next = next?.advanced(by: 1)
        }
        return variables
    }

    /// What is taken from the mode of new files. umask(2) tells it only by setting another: for one
    /// thread.
    package static var umask: UInt16 {
        let mask = Glibc.umask(0o077)
        _ = Glibc.umask(mask)
        return UInt16(mask)
    }

    /// Opens `/dev/null` at each of the descriptors 0, 1 and 2 that the parent left closed.
    ///
    /// Call first of all: what is opened later would else take their place, and a message to standard
    /// error would go into a file.
    package static func openStandardDescriptors() throws(SystemFailure) {
        while true {
            // open(2) returns the lowest number that is free.
            let null = try OwnedDescriptor.null()
            if null.raw > 2 { return }
            let number = null.release()
            _ = try systemCall("keep a standard descriptor") { fcntl(number, F_SETFD, 0) }
        }
    }

    /// Gives the memory that is not used any more back to the kernel, malloc_trim(3). Worth its time
    /// after something large is done with, such as the text of action files.
    package static func releaseFreeMemory() {
        tm_release_free_memory()
    }
}
