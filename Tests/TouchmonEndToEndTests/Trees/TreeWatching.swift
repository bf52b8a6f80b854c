import Foundation
import Testing

/// Who watches a tree, and where it lies: what decides how the kernel tells of it.
enum TreeWatching: String, CaseIterable, CustomTestStringConvertible, Sendable {
    /// Root, on a file system that can be marked as a whole.
    case marked
    /// An ordinary user, who has to watch every directory.
    case ordinary
    /// Root, on an overlay: its handles can't be opened again, so that every directory is watched.
    case overlay

    var testDescription: String { rawValue }

    /// One of each mechanism, where a third would show nothing new.
    static let both: [TreeWatching] = [.marked, .ordinary]

    /// As the log calls it.
    var mechanism: String { self == .marked ? "fanotify" : "inotify" }

    /// What makes the runs of an action come later than any wait of a judgement: on an overlay the kernel
    /// does not say who writes, and what was not heard waits for a second of quiet.
    var lateness: [String: Any] {
        self == .overlay ? ["settle": "1100ms"] : TouchmonProcess.lateness
    }

    /// Whose files they are, and whose daemon.
    var owner: User? { self == .ordinary ? Users.alice : nil }
}

/// What a thread does to files, it does as this user: only the rights to files are changed, and only
/// those of the thread; setfsuid(2).
enum FileRights {
    private typealias Call = @convention(c) (UInt32) -> Int32

    private static func call(_ name: String) -> Call {
        guard let symbol = dlsym(nil, name) else { fatalError("the C library has no \(name)") }
        return unsafeBitCast(symbol, to: Call.self)
    }

    /// Runs `body` with the rights of a user, if there is one.
    static func of<Result>(_ user: User?, _ body: () throws -> Result) rethrows -> Result {
        guard let user else { return try body() }
        let (setUser, setGroup) = (call("setfsuid"), call("setfsgid"))
        _ = setGroup(user.group)
        _ = setUser(user.id)
        defer {
            _ = setUser(0)
            _ = setGroup(0)
        }
        return try body()
    }
}
