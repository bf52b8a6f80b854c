/// One connection of the control socket, by a number of its own.
package struct ControlClientID: Hashable, Sendable {
    package var value: UInt64

    package init(_ value: UInt64) {
        self.value = value
    }
}

/// Who is at the other end of a connection, and what he may do there.
package struct ControlPeer: Hashable, Sendable {
    /// His real user, as the kernel says it.
    package var user: UInt32
    /// Whether he may see and do everything: root, or the daemon's own user.
    package var isOwner: Bool

    package init(user: UInt32, daemon: UInt32) {
        self.user = user
        isOwner = user == 0 || user == daemon
    }
}
