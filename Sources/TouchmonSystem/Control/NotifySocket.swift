internal import CTouchmon
internal import Glibc

/// Where a service manager wants to be told of the daemon, sd_notify(3).
package struct NotifySocket: Sendable {
    /// What the manager says in the environment: nothing of it is for a run.
    private static let variables = ["NOTIFY_SOCKET=", "WATCHDOG_USEC=", "WATCHDOG_PID="]

    /// Whether a variable, `NAME=value`, is what a manager says to the process that it started.
    package static func isMeant(_ variable: [UInt8]) -> Bool {
        variables.contains { variable.starts(with: $0.utf8) }
    }

    private let path: CPath

    /// `name` is the value of NOTIFY_SOCKET: a path, or an abstract name after `@`; nil where it is neither.
    package init?(_ name: [UInt8]?) {
        guard let name, let first = name.first, name.count > 1,
            first == UInt8(ascii: "/") || first == UInt8(ascii: "@")
        else { return nil }
        path = CPath(name)
    }

    /// Sends a message without waiting; false where the manager has no room for it now. Throws when there
    /// is nobody to tell.
    package func send(_ message: [UInt8]) throws(SystemFailure) -> Bool {
        do {
            _ = try systemCall("tell the service manager") {
                message.withUnsafeBytes {
                    tm_notify(path.terminated, $0.baseAddress, $0.count)
                }
            }
            return true
        } catch {
            guard error.errno != .tryAgain else { return false }
            throw error
        }
    }
}
