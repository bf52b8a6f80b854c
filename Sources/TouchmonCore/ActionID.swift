/// The place of an action in the engine's tables; kept while a reload keeps the action's path.
package struct ActionID: Hashable, Sendable {
    private let number: Int32

    package var index: Int { Int(number) }

    package init(_ index: Int) {
        number = Int32(index)
    }
}
