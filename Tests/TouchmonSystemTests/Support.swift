import Foundation
import Glibc
import Testing
import TouchmonSystem

/// A fresh directory that everybody may enter, removed with everything in it.
final class TemporaryDirectory {
    let path: String

    init(under parent: String = "/tmp") throws {
        path = "\(parent)/touchmon-test-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        chmod(path, 0o755)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The path of `name` in the directory.
    func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file and returns its path. Close-on-exec, unlike Foundation's way: a process that
    /// another test starts meanwhile would keep the file open for writing.
    @discardableResult
    func file(_ name: String, _ content: String = "", mode: mode_t = 0o644) throws -> String {
        let file = open(self(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        try #require(file >= 0 && write(file, content, content.utf8.count) == content.utf8.count)
        fchmod(file, mode)
        close(file)
        if mode & 0o111 != 0 { try waitForWriters(of: self(name)) }
        return self(name)
    }
}

/// Waits until nobody has a program open for writing. A child that another test started meanwhile
/// has a copy of the writer's descriptor until it executes, and to run the program fails with ETXTBSY.
func waitForWriters(of program: String) throws {
    try #require(eventually { WriterProbe.probe(CPath(program)) == .no })
}

/// Whether `condition` became true within `limit` seconds.
func eventually(within limit: Double = 10, _ condition: () throws -> Bool) rethrows -> Bool {
    let deadline = Clock.monotonic() + Int64(limit * 1e9)
    repeat {
        if try condition() { return true }
        sched_yield()
    } while Clock.monotonic() < deadline
    return false
}

/// Runs a program to its end and returns its exit status.
@discardableResult
func run(_ arguments: String...) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
}

/// The users of the tests, made once: tm-alice and tm-carol have their own group only, tm-bob is a
/// member of three others as well.
enum TestUsers {
    static let alice = make("tm-alice")
    static let bob = make("tm-bob", memberOf: ["tm-one", "tm-two", "tm-three"])
    static let carol = make("tm-carol")

    private static func make(_ name: String, memberOf groups: [String] = []) -> UserRecord? {
        for group in groups { _ = try? run("groupadd", "-f", group) }
        if getpwnam(name) == nil { _ = try? run("useradd", "-M", "-U", name) }
        if !groups.isEmpty { _ = try? run("usermod", "-G", groups.joined(separator: ","), name) }
        return (try? Accounts.user(named: Array(name.utf8))) ?? nil
    }
}

extension UserRecord {
    var identity: ProcessIdentity { ProcessIdentity(user: user, group: group, groups: groups) }
}

extension String {
    var bytes: [UInt8] { Array(utf8) }
}
