/// A path as the kernel knows it: bytes without NUL, in no particular encoding. path_resolution(7).
package struct RawPath: Hashable, Sendable {
    /// The path's bytes, without a terminating NUL.
    package var bytes: [UInt8]

    package init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    package init(_ string: String) {
        bytes = Array(string.utf8)
    }

    /// The directory that a normal absolute path lies in; the root is its own.
    package var parent: RawPath {
        guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")), slash > 0 else {
            return RawPath("/")
        }
        return RawPath(bytes: Array(bytes[..<slash]))
    }

    /// The last component of a normal absolute path; empty for the root.
    package var name: ArraySlice<UInt8> {
        var start = bytes.endIndex
        while start > 0, bytes[start - 1] != UInt8(ascii: "/") { start -= 1 }
        return bytes[start...]
    }

    /// The path of the entry `name` of this directory; the directory itself for an empty name.
    package func appending(_ name: some Collection<UInt8>) -> RawPath {
        guard !name.isEmpty else { return self }
        var joined: [UInt8] = []
        joined.reserveCapacity(bytes.count + 1 + name.count)
        joined.append(contentsOf: bytes)
        if bytes.last != UInt8(ascii: "/") { joined.append(UInt8(ascii: "/")) }
        joined.append(contentsOf: name)
        return RawPath(bytes: joined)
    }

    /// Whether this path is `directory` or lies below it; both normal and absolute.
    package func isWithin(_ directory: RawPath) -> Bool {
        guard directory.bytes.count > 1 else { return true }
        guard bytes.starts(with: directory.bytes) else { return false }
        return bytes.count == directory.bytes.count
            || bytes[directory.bytes.count] == UInt8(ascii: "/")
    }

    /// Whether the path begins at the root.
    package var isAbsolute: Bool { bytes.first == UInt8(ascii: "/") }

    /// The path made absolute below `directory` and lexically normal: no `.`, no `..`, no empty
    /// component. `..` is removed together with the component before it, without asking the disk.
    package func normalized(relativeTo directory: RawPath) -> RawPath {
        if isNormal { return self }
        var components: [ArraySlice<UInt8>] = []
        for source in isAbsolute ? [self] : [directory, self] {
            for component in source.bytes.split(separator: UInt8(ascii: "/")) {
                if component.elementsEqual(".".utf8) { continue }
                if component.elementsEqual("..".utf8) {
                    _ = components.popLast()
                } else {
                    components.append(component)
                }
            }
        }
        guard !components.isEmpty else { return RawPath("/") }
        var normal: [UInt8] = []
        normal.reserveCapacity(components.reduce(0) { $0 + $1.count + 1 })
        for component in components {
            normal.append(UInt8(ascii: "/"))
            normal.append(contentsOf: component)
        }
        return RawPath(bytes: normal)
    }
}

extension RawPath {
    /// Whether it is absolute and lexically normal as it is, which nearly all paths are.
    private var isNormal: Bool {
        guard isAbsolute else { return false }
        guard bytes.count > 1 else { return true }
        let (slash, dot) = (UInt8(ascii: "/"), UInt8(ascii: "."))
        return bytes.withUnsafeBufferPointer { bytes in
            var start = 1
            for end in 1...bytes.count where end == bytes.count || bytes[end] == slash {
                switch end - start {
                case 0: return false
                case 1 where bytes[start] == dot: return false
                case 2 where bytes[start] == dot && bytes[start + 1] == dot: return false
                default: start = end + 1
                }
            }
            return true
        }
    }
}

/// A file of a tree whose action runs once for each: the action's path, NUL, and the file's. No path
/// contains NUL, so it is taken for no other.
extension RawPath {
    package init(action: RawPath, file: RawPath) {
        bytes = action.bytes + [0] + file.bytes
    }

    /// The path of the action, and that of the file; nil where it is no such pair.
    var fileOfAction: (action: RawPath, file: RawPath)? {
        guard let nul = bytes.firstIndex(of: 0) else { return nil }
        return (RawPath(bytes: Array(bytes[..<nul])), RawPath(bytes: Array(bytes[(nul + 1)...])))
    }

    /// What was touched: the file.
    package var touched: RawPath { fileOfAction?.file ?? self }
}

extension RawPath: Comparable {
    /// In the order of their bytes, as memcmp(3) has it.
    package static func < (left: RawPath, right: RawPath) -> Bool {
        left.bytes.withUnsafeBytes { left in
            right.bytes.withUnsafeBytes { right in
                let common = min(left.count, right.count)
                var index = 0
                while index &+ 8 <= common {
                    let a = left.loadUnaligned(fromByteOffset: index, as: UInt64.self).bigEndian
                    let b = right.loadUnaligned(fromByteOffset: index, as: UInt64.self).bigEndian
                    if a != b { return a < b }
                    index &+= 8
                }
                while index < common {
                    if left[index] != right[index] { return left[index] < right[index] }
                    index &+= 1
                }
                return left.count < right.count
            }
        }
    }
}
