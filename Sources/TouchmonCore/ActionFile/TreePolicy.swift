/// What the action of a pattern or a directory has besides what every action has.
package struct TreePolicy: Hashable, Sendable {
    /// Which files it is about.
    package var selection: Selection
    package var each = Each.batch
    /// Whether a run is not told of files that were moved away again before it began, if there are others:
    /// what an editor writes, and then moves into the place of another.
    package var leavesOutPassing = false
    /// Whether a run reads what changed from its standard input.
    package var readsChanges = false
    /// The arguments, by their places, that a run has others for.
    package var argvPlaceholders: [Int: Placeholder] = [:]

    /// What a run is for.
    package enum Each: String, Hashable, Sendable, CaseIterable {
        /// All files that were touched since the last one.
        case batch
        /// One of them.
        case file
    }

    /// What stands for paths of files among the arguments of an action, as a whole argument.
    package enum Placeholder: String, Hashable, Sendable, CaseIterable {
        /// The file that the run is for.
        case path = "{path}"
        /// Each of the files, as an argument of its own.
        case paths = "{paths}"
    }

    package init(selection: Selection) {
        self.selection = selection
    }
}
