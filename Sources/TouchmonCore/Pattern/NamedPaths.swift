/// Paths that were named one by one, from a base: sorted, so that it costs the same to ask about a path
/// whether ten or ten thousand of them were named. Nothing is allocated to answer.
struct NamedPaths: Hashable, Sendable {
    /// One after another, in the order of their bytes.
    private var bytes: [UInt8] = []
    private var ends: [Int] = []

    /// Without a slash at either end; an empty one is the base itself.
    init(_ paths: some Collection<[UInt8]>) {
        for path in Set(paths).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            bytes += path
            ends.append(bytes.count)
        }
    }

    /// Where the longest of them ends that is `path`, or a directory above it; nil where none is.
    func end(in path: UnsafeRawBufferPointer) -> Int? {
        var end = path.count
        while true {
            if contains(path.part(0, end)) { return end }
            guard end > 0 else { return nil }
            repeat { end -= 1 } while end > 0 && path[end] != UInt8(ascii: "/")
        }
    }

    /// Whether one of them lies below `directory`; empty: below the base.
    func reachesBelow(_ directory: UnsafeRawBufferPointer) -> Bool {
        let isBase = directory.isEmpty
        let index = firstIndex { Self.order($0, directory, slash: !isBase) == .before }
        guard index < ends.count else { return false }
        return withPath(index) { path in
            isBase
                ? path.count > 0 || ends.count > 1
                : path.count > directory.count && path[directory.count] == UInt8(ascii: "/")
                    && path.part(0, directory.count).elementsEqual(directory)
        }
    }

    /// Where the names of `path` begin that are neither of one of them nor above one.
    func startOfRest(in path: UnsafeRawBufferPointer) -> Int {
        if reachesBelow(path) { return path.count }
        return end(in: path).map { $0 == 0 ? 0 : min($0 + 1, path.count) } ?? 0
    }

    private func contains(_ path: UnsafeRawBufferPointer) -> Bool {
        let index = firstIndex { Self.order($0, path, slash: false) == .before }
        return index < ends.count
            && withPath(index) { Self.order($0, path, slash: false) == .same }
    }

    private enum Order { case before, same, after }

    /// How `left` stands to `right`, or to that with a slash behind it.
    private static func order(
        _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer, slash: Bool
    ) -> Order {
        for index in 0..<min(left.count, right.count) where left[index] != right[index] {
            return left[index] < right[index] ? .before : .after
        }
        guard left.count > right.count else {
            return left.count == right.count && !slash ? .same : .before
        }
        return slash && left[right.count] < UInt8(ascii: "/") ? .before : .after
    }

    /// The first that is not before what is looked for.
    private func firstIndex(where isBefore: (UnsafeRawBufferPointer) -> Bool) -> Int {
        var (low, high) = (0, ends.count)
        while low < high {
            let middle = low + (high - low) / 2
            if withPath(middle, isBefore) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func withPath<Result>(
        _ index: Int, _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        let start = index == 0 ? 0 : ends[index - 1]
        return bytes.withUnsafeBytes { body($0.part(start, ends[index])) }
    }
}
