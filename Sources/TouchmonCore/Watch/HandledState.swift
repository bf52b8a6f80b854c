/// The state of a path's file that needs no run: what a later look is compared with.
package struct HandledState: Hashable, Sendable {
    package var status: FileStatus
    /// Whether the file was written to and had not been closed: that close is still to come, and is
    /// a touch though it changes nothing of the status.
    package var isBeingWritten: Bool

    /// What the file held when it last counted, where that is compared and known.
    package var content: ContentDigest?

    /// Since when the kernel would not say what is at the path, of which nothing else is known then:
    /// what was changed later was touched.
    package private(set) var unseenSince: FileTime?
    /// Of a tree: how far it was handled. Nothing else is known then.
    package private(set) var progress: Shared<TreeProgress>?

    /// Of a path that could not be looked at.
    init(unseenSince: FileTime) {
        self.init(
            FileStatus(
                identity: FileIdentity(device: 0, inode: 0, birth: nil), kind: .regular, size: 0,
                modified: unseenSince, changed: unseenSince, mode: 0, owner: 0, group: 0, links: 0))
        self.unseenSince = unseenSince
    }

    /// Of a tree.
    package init(_ progress: TreeProgress) {
        self.init(unseenSince: progress.until)
        unseenSince = nil
        self.progress = Shared(progress)
    }

    package init(_ status: FileStatus, isBeingWritten: Bool = false) {
        self.status = status
        self.isBeingWritten = isBeingWritten
    }

    /// The same of a file that held this.
    func holding(_ content: ContentDigest?) -> HandledState {
        var state = self
        state.content = content
        return state
    }
}
