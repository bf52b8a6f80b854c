/// The state of a path's file that needs no run: what a later look is compared with.
package struct HandledState: Hashable, Sendable {
    package var status: FileStatus
    /// Whether the file was written to and had not been closed: that close is still to come, and is
    /// a touch though it changes nothing of the status.
    package var isBeingWritten: Bool

    package init(_ status: FileStatus, isBeingWritten: Bool = false) {
        self.status = status
        self.isBeingWritten = isBeingWritten
    }
}
