import Foundation
import TouchmonTestSupport

/// Changes a tree at random, with real system calls, as fast as it can, and tells an oracle what it did.
///
/// Names are few, so that they are used again and again, for files and for directories.
struct TreeFuzzer {
    private let model = TreeModel()
    private(set) var oracle: TreeOracle
    private var random: SplitMix64
    /// What holds the tree, with a slash behind it.
    private let root: String
    private var size: Int64 = 0
    /// What went wrong with a system call: nothing should.
    private(set) var failures: [String] = []

    private static let mostFiles = 300
    private static let deepest = 5

    init(seed: UInt64, root: String, isFine: Bool) {
        random = SplitMix64(seed: seed)
        self.root = root
        oracle = TreeOracle(root: root, isFine: isFine)
    }

    /// Compares with what was told since the last time; returns what is wrong.
    mutating func reckon(_ told: [(path: String, report: TreeReport)]) -> [String] {
        var files: [String: Int] = [:]
        for node in model.files(model.tree) { files[model.path(node)] = node.file }
        return oracle.reckon(told, files)
    }

    // MARK: Choosing

    private mutating func number(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }

    /// A directory, somewhere; seldom outside of the tree.
    private mutating func directory() -> TreeModel.Node {
        var node = number(8) == 0 ? model.outside : model.tree
        while number(4) > 0 {
            let inner = (node.children ?? [:]).values.filter(\.isDirectory).map(\.name).sorted()
            guard !inner.isEmpty else { break }
            let name = inner[number(inner.count)]
            guard let next = node.children?[name] else { break }
            node = next
        }
        return node
    }

    private mutating func file() -> TreeModel.Node? {
        for _ in 0..<4 {
            let files = (directory().children ?? [:]).values.filter { !$0.isDirectory }
                .sorted { $0.name < $1.name }
            if !files.isEmpty { return files[number(files.count)] }
        }
        return nil
    }

    /// A directory that may be moved or removed.
    private mutating func innerDirectory() -> TreeModel.Node? {
        let found = directory()
        return found === model.tree || found === model.outside ? nil : found
    }

    private mutating func name() -> String { String(UnicodeScalar(UInt8(97 + number(12)))) }

    private func depth(_ node: TreeModel.Node) -> Int {
        model.path(node).split(separator: "/").count
    }

    /// The file that a new file or name would replace; nil where a directory is in the way.
    private func isFree(_ name: String, _ parent: TreeModel.Node) -> Bool {
        parent.children?[name]?.isDirectory != true
    }

    // MARK: Doing

    /// Notes a system call that failed.
    @discardableResult
    private mutating func check(_ result: Int32, _ deed: String) -> Bool {
        if result < 0 { failures.append("\(deed): errno \(errno)") }
        return result >= 0
    }

    private func real(_ node: TreeModel.Node) -> String { root + model.path(node) }

    private func real(_ parent: TreeModel.Node, _ name: String) -> String {
        "\(root)\(model.path(parent))/\(name)"
    }

    private mutating func touched(_ node: TreeModel.Node, _ deed: String) {
        oracle.touched(model.path(node), file: node.file, deed)
    }

    /// Does one thing.
    mutating func step() {
        if model.fileCount > Self.mostFiles { return removeAll() }
        switch number(100) {
        case 0..<22: write(directory(), name())
        case 22..<32: append()
        case 32..<37: truncate()
        case 37..<42: setTime()
        case 42..<50: moveFile()
        case 50..<59: moveDirectory()
        case 59..<67: remove()
        case 67..<69: removeAll()
        case 69..<74: link()
        case 74..<77: symbolicLink()
        case 77..<92: makeDirectories()
        default: changeMode()
        }
    }

    private mutating func write(_ parent: TreeModel.Node, _ name: String) {
        let old = parent.children?[name]
        guard old?.isDirectory != true, old?.isLink != true else { return }
        let path = real(parent, name)
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o644)
        guard check(file, "write \(path)") else { return }
        size += 1
        let text = [UInt8](repeating: 0x78, count: Int(size % 4096) + 1)
        check(Int32(truncatingIfNeeded: Glibc.write(file, text, text.count)), "write")
        close(file)
        touched(old ?? model.makeFile(name, in: parent), "write")
    }

    /// Something of a file that is none of the symbolic links.
    private mutating func regular() -> TreeModel.Node? {
        guard let node = file(), !node.isLink else { return nil }
        return node
    }

    private mutating func append() {
        guard let node = regular() else { return }
        let file = open(real(node), O_WRONLY | O_APPEND | O_NOFOLLOW)
        guard check(file, "append \(real(node))") else { return }
        check(Int32(Glibc.write(file, "y", 1)), "append")
        close(file)
        touched(node, "append")
    }

    /// truncate(2) changes the file without opening it.
    private mutating func truncate() {
        guard let node = regular() else { return }
        size += 1
        guard check(Glibc.truncate(real(node), 8192 + Int(size)), "truncate \(real(node))") else {
            return
        }
        touched(node, "truncate")
    }

    private mutating func setTime() {
        guard let node = regular() else { return }
        guard check(utimensat(AT_FDCWD, real(node), nil, 0), "utime \(real(node))") else { return }
        touched(node, "utime")
    }

    private mutating func changeMode() {
        guard let node = regular() else { return }
        let mode: mode_t = number(2) == 0 ? 0o600 : 0o644
        guard check(chmod(real(node), mode), "chmod \(real(node))") else { return }
        oracle.stirred(model.path(node), file: node.file, "chmod")
    }

    private mutating func moveFile() {
        guard let node = file() else { return }
        let (parent, name) = (directory(), name())
        let old = parent.children?[name]
        // Two names of one file stay as they are.
        guard isFree(name, parent), old !== node, old?.file != node.file else { return }
        let source = model.path(node)
        guard check(rename(real(node), real(parent, name)), "rename \(source)") else { return }
        oracle.removed(source, "moved to \(model.path(parent))/\(name)")
        touched(model.move(node, to: name, in: parent), "moved from \(source)")
    }

    private mutating func moveDirectory() {
        guard let node = innerDirectory() else { return }
        let (parent, name) = (directory(), name())
        let old = parent.children?[name]
        guard !model.isWithin(parent, node), depth(parent) < Self.deepest, old !== node,
            old.map({ $0.children?.isEmpty == true && !model.isWithin(node, $0) }) ?? true
        else { return }
        let source = model.path(node)
        let before = model.files(node).map(model.path)
        guard check(rename(real(node), real(parent, name)), "rename \(source)") else { return }
        let moved = model.move(node, to: name, in: parent)
        for path in before { oracle.removed(path, "\(source) moved to \(model.path(moved))") }
        for file in model.files(moved) { touched(file, "\(source) moved to \(model.path(moved))") }
    }

    private mutating func remove() {
        guard let node = file() else { return }
        guard check(unlink(real(node)), "unlink \(real(node))") else { return }
        oracle.removed(model.path(node), "removed")
        model.remove(node)
    }

    /// As `rm -r` does.
    private mutating func removeAll() {
        guard let node = innerDirectory() else { return }
        for inner in model.all(node).reversed() {
            let path = real(inner)
            guard check(inner.isDirectory ? rmdir(path) : unlink(path), "remove \(path)") else {
                return
            }
            if !inner.isDirectory { oracle.removed(model.path(inner), "rm -r") }
        }
        model.remove(node)
    }

    private mutating func link() {
        guard let node = regular() else { return }
        let (parent, name) = (directory(), name())
        guard parent.children?[name] == nil else { return }
        guard check(Glibc.link(real(node), real(parent, name)), "link \(real(node))") else {
            return
        }
        oracle.linked(node.file)
        oracle.stirred(model.path(node), file: node.file, "linked")
        touched(
            model.makeFile(name, in: parent, of: node.file), "link of \(model.path(node))")
    }

    /// Leads out of the tree, to a file, a directory or nowhere.
    private mutating func symbolicLink() {
        let (parent, name) = (directory(), name())
        guard parent.children?[name] == nil else { return }
        let target = ["/etc/passwd", root + "outside", "nowhere"][number(3)]
        guard check(symlink(target, real(parent, name)), "symlink") else { return }
        touched(model.makeFile(name, in: parent, isLink: true), "symlink")
    }

    /// As `mkdir -p`, with files in each as soon as it is there.
    private mutating func makeDirectories() {
        var parent = directory()
        for _ in 0...number(4) {
            guard depth(parent) < Self.deepest else { return }
            let name = name()
            if let next = parent.children?[name] {
                guard next.isDirectory else { return }
                parent = next
            } else {
                guard check(mkdir(real(parent, name), 0o755), "mkdir") else { return }
                parent = model.makeDirectory(name, in: parent)
            }
            if number(2) == 0 { write(parent, self.name()) }
        }
    }
}
