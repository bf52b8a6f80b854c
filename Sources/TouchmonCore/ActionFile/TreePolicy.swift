/// Temporary.
package struct TreePolicy: Hashable, Sendable {
    package enum Each: Hashable, Sendable { case batch, file }
    package enum Placeholder: Hashable, Sendable { case path, paths }
    package var selection: Selection
    package var each: Each = .batch
    package var readsChanges = false
    package var argvPlaceholders: [Int: Placeholder] = [:]
    package init(selection: Selection) { self.selection = selection }
}
