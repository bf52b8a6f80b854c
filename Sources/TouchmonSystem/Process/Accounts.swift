internal import Glibc

/// A user as the user database has it, passwd(5).
package struct UserRecord: Hashable, Sendable {
    package var name: [UInt8]
    package var user: UInt32
    /// The primary group.
    package var group: UInt32
    package var home: [UInt8]
    package var shell: [UInt8]
    /// The groups of a login, ascending and each once, the primary one included. getgrouplist(3).
    package var groups: [UInt32]
}

/// A group as the group database has it, group(5).
package struct GroupRecord: Hashable, Sendable {
    package var name: [UInt8]
    package var group: UInt32
}

/// The user and group databases, nsswitch.conf(5).
///
/// nil means that every database was asked and none knows the account. A database that could not be
/// asked throws instead, so that an unreachable directory server never looks like a deleted user.
package enum Accounts {
    /// getpwnam_r(3).
    package static func user(named name: [UInt8]) throws(SystemFailure) -> UserRecord? {
        let name = CPath(name)
        return try user("look up user", name) { getpwnam_r(name.terminated, $0, $1, $2, $3) }
    }

    /// getpwuid_r(3).
    package static func user(id: UInt32) throws(SystemFailure) -> UserRecord? {
        try user("look up user", CPath(String(id))) { getpwuid_r(id, $0, $1, $2, $3) }
    }

    /// The name of the user with this number; nil where nobody knows one, or can be asked.
    /// getpwuid_r(3).
    package static func userName(_ id: UInt32) -> [UInt8]? {
        try? lookUp(
            "look up user", CPath(String(id)), passwd(),
            {
                getpwuid_r(id, $0, $1, $2, $3)
            }
        ) { (found) throws(SystemFailure) in bytes(found.pw_name) }
    }

    /// getgrnam_r(3).
    package static func group(named name: [UInt8]) throws(SystemFailure) -> GroupRecord? {
        let name = CPath(name)
        return try group("look up group", name) { getgrnam_r(name.terminated, $0, $1, $2, $3) }
    }

    /// getgrgid_r(3).
    package static func group(id: UInt32) throws(SystemFailure) -> GroupRecord? {
        try group("look up group", CPath(String(id))) { getgrgid_r(id, $0, $1, $2, $3) }
    }

    private typealias Query<Record> = (
        UnsafeMutablePointer<Record>, UnsafeMutablePointer<CChar>, Int,
        UnsafeMutablePointer<UnsafeMutablePointer<Record>?>
    ) -> Int32

    private static func user(
        _ operation: String, _ subject: CPath, _ query: Query<passwd>
    ) throws(SystemFailure) -> UserRecord? {
        try lookUp(operation, subject, passwd(), query) { (found) throws(SystemFailure) in
            UserRecord(
                name: bytes(found.pw_name), user: found.pw_uid, group: found.pw_gid,
                home: bytes(found.pw_dir), shell: bytes(found.pw_shell),
                groups: try groups(of: found.pw_name, and: found.pw_gid))
        }
    }

    private static func group(
        _ operation: String, _ subject: CPath, _ query: Query<Glibc.group>
    ) throws(SystemFailure) -> GroupRecord? {
        try lookUp(operation, subject, Glibc.group(), query) { (found) throws(SystemFailure) in
            GroupRecord(name: bytes(found.gr_name), group: found.gr_gid)
        }
    }

    /// Asks with a growing buffer, because a record has no greatest size: a group lists its members.
    private static func lookUp<Record, Answer>(
        _ operation: String, _ subject: CPath, _ empty: Record, _ query: Query<Record>,
        _ convert: (Record) throws(SystemFailure) -> Answer
    ) throws(SystemFailure) -> Answer? {
        var size = 4096
        while true {
            let buffer = UnsafeMutablePointer<CChar>.allocate(capacity: size)
            defer { buffer.deallocate() }
            var record = empty
            var found: UnsafeMutablePointer<Record>?
            do {
                // A database is a plug-in: an EBADF of its own is no reason to trap.
                _ = try retrying(operation, subject) { () -> Int32 in
                    let code = query(&record, buffer, size, &found)
                    errno = code
                    return code == 0 ? 0 : -1
                }
            } catch {
                switch error.errno {
                case .resultTooLarge where size < 1 << 26:
                    size *= 4
                    continue
                // getpwnam(3) lists what databases return instead of "not found".
                case .noSuchFile, .noSuchProcess, .notPermitted, .badDescriptor:
                    return nil
                default:
                    throw error
                }
            }
            guard found != nil else { return nil }
            return try convert(record)
        }
    }

    /// What no database leaves behind that was asked and knew the answer.
    private static let shortages: Set<Int32> = [
        EIO, ENOMEM, EMFILE, ENFILE, ESPIPE, ETIMEDOUT, EOVERFLOW,
    ]

    /// What databases leave behind that were asked and do not know the user, or not have the file.
    private static let nothingAmiss: Set<Int32> = [0, ENOENT, ESRCH]

    /// Throws where a group database can't be asked. A cache that does not run leaves behind what a
    /// directory server does that is unreachable; only a question that every database gets tells one
    /// from the other: for a name that none has, group(5).
    private static func askAll(of name: UnsafePointer<CChar>) throws(SystemFailure) {
        do {
            _ = try group(named: [UInt8(ascii: ":")])
        } catch {
            throw SystemFailure(
                operation: "list the groups of", errno: error.errno, subject: bytes(name))
        }
    }

    private static func groups(
        of name: UnsafePointer<CChar>, and primary: UInt32
    ) throws(SystemFailure) -> [UInt32] {
        var room: Int32 = 64
        while true {
            var groups = [gid_t](repeating: 0, count: Int(room))
            var count = room
            errno = 0
            let result = getgrouplist(name, primary, &groups, &count)
            let code = errno
            // A database that could not be read looks like one in which the user has no group: what
            // was left behind in errno is all that tells.
            guard !shortages.contains(code) else {
                throw SystemFailure(
                    operation: "list the groups of", errno: Errno(code), subject: bytes(name))
            }
            if !nothingAmiss.contains(code) { try askAll(of: name) }
            if result >= 0 { return Set(groups[..<Int(count)]).sorted() }
            // It says how many there are; more than it said may be there the next time.
            room = max(count, room &* 2)
            guard room <= 1 << 20 else {
                throw SystemFailure(
                    operation: "list the groups of", errno: .noMemory, subject: bytes(name))
            }
        }
    }

    private static func bytes(_ text: UnsafePointer<CChar>?) -> [UInt8] {
        guard let text else { return [] }
        return Array(UnsafeRawBufferPointer(start: text, count: strlen(text)))
    }
}
