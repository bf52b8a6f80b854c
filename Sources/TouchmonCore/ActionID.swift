/// The place of an action in the engine's tables; kept while a reload keeps the action's path.
package struct ActionID: Hashable, Sendable {
    package var index: Int

    package init(_ index: Int) {
        self.index = index
    }
}
