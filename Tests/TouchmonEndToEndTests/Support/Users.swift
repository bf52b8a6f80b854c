import Foundation

/// Users that tests run commands as, made once: tm-bob is a member of three groups besides his own,
/// the others of their own only.
enum Users {
    static let alice = make("tm-alice")
    static let bob = make("tm-bob", memberOf: ["tm-one", "tm-two", "tm-three"])
    static let carol = make("tm-carol")

    private static func make(_ name: String, memberOf groups: [String] = []) -> User {
        // Other tests make the same users at the same time, and the databases have a lock.
        let isMade = try? eventually {
            for group in groups { try Command.run(["groupadd", "-f", group]) }
            if getpwnam(name) == nil { try Command.run(["useradd", "-M", "-U", name]) }
            let list = ["usermod", "-G", groups.joined(separator: ","), name]
            return try Command.run(list).status == 0
        }
        guard isMade == true, let record = getpwnam(name)?.pointee else {
            fatalError("unable to make the user \(name)")
        }
        let names = [name] + groups
        return User(
            name: name, id: record.pw_uid, group: record.pw_gid,
            groups: names.compactMap { getgrnam($0)?.pointee.gr_gid }.sorted(),
            home: String(cString: record.pw_dir), shell: String(cString: record.pw_shell))
    }
}

/// A user as the user database has it.
struct User: Sendable {
    var name: String
    var id: uid_t
    var group: gid_t
    /// Ascending, the primary one included.
    var groups: [gid_t]
    var home: String
    var shell: String

    /// Begins a command that is to run as this user, with the groups of a login.
    var prefix: [String] {
        ["setpriv", "--reuid=\(id)", "--regid=\(group)", "--init-groups"]
    }

    /// Runs a command to its end as this user.
    @discardableResult
    func run(_ command: [String], in directory: String? = nil) throws -> Command {
        try Command.run(prefix + command, in: directory)
    }
}
