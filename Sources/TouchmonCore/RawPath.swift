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

    /// Whether the path begins at the root.
    package var isAbsolute: Bool { bytes.first == UInt8(ascii: "/") }

    /// The path made absolute below `directory` and lexically normal: no `.`, no `..`, no empty
    /// component. `..` is removed together with the component before it, without asking the disk.
    package func normalized(relativeTo directory: RawPath) -> RawPath {
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
