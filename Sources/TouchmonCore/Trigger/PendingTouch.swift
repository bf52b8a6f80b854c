/// A touch on its way to a run: what is known of it, and what is to be found out before it counts.
package struct PendingTouch: Equatable, Sendable {
    /// What is asked of the kernel, in this order, as far as the action cares.
    package enum Question: Hashable, Sendable, CaseIterable {
        /// Who touched.
        case toucher
        /// Whether the owner of the action file may read the path.
        case reader
        /// Whether the bytes of the file are others than before.
        case content
    }

    package var action: ActionID
    /// The file as it was seen; nil where it is gone.
    package var status: FileStatus?
    /// Whether it came before anybody looked.
    package var isCatchUp = false
    package var toucher: Toucher?
    /// What happened to which file, where the action is a tree's.
    package var change: TreeChange?
    /// What is to be asked next.
    var question = Question.toucher
    /// Whether the kernel was asked before who it was, and did not know.
    var isToucherLate = false

    package init(action: ActionID, status: FileStatus?) {
        self.action = action
        self.status = status
    }
}
