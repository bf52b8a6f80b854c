import Foundation

/// What is in a tree and beside it, kept in step with the real one by who changes it: so that he knows what
/// each change makes of every path without walking the tree each time.
final class TreeModel {
    /// A file, under one of its names, or a directory.
    final class Node {
        let name: String
        fileprivate(set) weak var parent: Node?
        /// nil for a file.
        fileprivate(set) var children: [String: Node]?
        /// The file's own number in this model; the same under each of its names.
        let file: Int
        let isLink: Bool

        fileprivate init(_ name: String, children: [String: Node]?, file: Int, isLink: Bool) {
            (self.name, self.children, self.file, self.isLink) = (name, children, file, isLink)
        }

        var isDirectory: Bool { children != nil }
    }

    /// Holds the tree, by the name `tree`, and what is `outside`.
    private let top = Node("", children: [:], file: 0, isLink: false)
    let tree: Node
    let outside: Node
    private var lastFile = 0
    private(set) var fileCount = 0

    init() {
        tree = Node("tree", children: [:], file: 0, isLink: false)
        outside = Node("outside", children: [:], file: 0, isLink: false)
        for node in [tree, outside] { attach(node, to: top) }
    }

    private func attach(_ node: Node, to parent: Node) {
        node.parent = parent
        parent.children?[node.name] = node
    }

    /// From what holds the tree.
    func path(_ node: Node) -> String {
        guard let parent = node.parent, parent !== top else { return node.name }
        return "\(path(parent))/\(node.name)"
    }

    /// The node and all below it.
    func all(_ node: Node) -> [Node] {
        var (found, next) = ([node], 0)
        while next < found.count {
            found += (found[next].children ?? [:]).sorted { $0.key < $1.key }.map(\.value)
            next += 1
        }
        return found
    }

    func files(_ node: Node) -> [Node] { all(node).filter { !$0.isDirectory } }

    /// Whether a node is another, or below it.
    func isWithin(_ node: Node, _ other: Node) -> Bool {
        node === other || node.parent.map { isWithin($0, other) } ?? false
    }

    func makeDirectory(_ name: String, in parent: Node) -> Node {
        let node = Node(name, children: [:], file: 0, isLink: false)
        attach(node, to: parent)
        return node
    }

    /// A new file, or another name of a file.
    @discardableResult
    func makeFile(_ name: String, in parent: Node, of file: Int? = nil, isLink: Bool = false)
        -> Node
    {
        if file == nil { lastFile += 1 }
        fileCount += 1
        let node = Node(name, children: nil, file: file ?? lastFile, isLink: isLink)
        attach(node, to: parent)
        return node
    }

    func remove(_ node: Node) {
        fileCount -= files(node).count
        node.parent?.children?[node.name] = nil
        node.parent = nil
    }

    /// Moves a node, in place of what is there.
    func move(_ node: Node, to name: String, in parent: Node) -> Node {
        if let other = parent.children?[name] { remove(other) }
        node.parent?.children?[node.name] = nil
        let moved = Node(name, children: node.children, file: node.file, isLink: node.isLink)
        for child in (moved.children ?? [:]).values { child.parent = moved }
        attach(moved, to: parent)
        return moved
    }
}
