import Testing
import TouchmonCore

@Suite struct MountPointsTests {
    private static func table(_ mounts: [(number: Int, point: String)]) -> [UInt8] {
        mounts.reduce(into: []) { text, mount in
            text += Array(
                "\(mount.number) 1 8:1 / \(mount.point) rw shared:1 - ext4 /dev/a rw\n".utf8)
        }
    }

    private static func changes(
        from first: [(number: Int, point: String)], to second: [(number: Int, point: String)]
    ) -> Set<RawPath> {
        var points = MountPoints()
        _ = points.update(table(first))
        return Set(points.update(table(second)))
    }

    @Test func `the first table is no news`() {
        var points = MountPoints()
        #expect(points.update(Self.table([(1, "/"), (2, "/srv")])).isEmpty)
        #expect(points.update(Self.table([(1, "/"), (2, "/srv")])).isEmpty)
    }

    @Test func `what was mounted, unmounted and moved is told with its points`() {
        let old = [(1, "/"), (2, "/srv"), (3, "/mnt")]
        #expect(Self.changes(from: old, to: old + [(4, "/srv/app")]) == [RawPath("/srv/app")])
        #expect(Self.changes(from: old, to: [(1, "/"), (3, "/mnt")]) == [RawPath("/srv")])
        #expect(
            Self.changes(from: old, to: [(1, "/"), (2, "/srv"), (3, "/media")])
                == [RawPath("/mnt"), RawPath("/media")])
    }

    @Test func `one mount over another at the same point is told`() {
        let old = [(1, "/"), (2, "/srv")]
        #expect(Self.changes(from: old, to: old + [(3, "/srv")]) == [RawPath("/srv")])
        #expect(Self.changes(from: old, to: [(1, "/"), (3, "/srv")]) == [RawPath("/srv")])
    }

    @Test(arguments: [
        (#"/a\040b"#, Array("/a b".utf8)),
        (#"/a\011b\012c\134d"#, Array("/a\tb\nc\\d".utf8)),
        (#"/\377"#, [0x2f, 0xff]),
        // What the kernel never writes stays as it is.
        (#"/a\"#, Array(#"/a\"#.utf8)),
        (#"/a\04"#, Array(#"/a\04"#.utf8)),
        (#"/a\999"#, Array(#"/a\999"#.utf8)),
        (#"/a\777"#, Array(#"/a\777"#.utf8)),
    ])
    func `the kernel's escapes are undone`(written: String, path: [UInt8]) {
        #expect(
            Self.changes(from: [(1, "/")], to: [(1, "/"), (2, written)]) == [RawPath(bytes: path)])
    }

    @Test(arguments: [
        "", "\n\n", "garbage", "x 1 8:1 / /srv rw", "7 1 8:1 /", "-7 1 8:1 / /srv rw",
        "99999999999999999999 1 8:1 / /srv rw",
    ])
    func `a line that is not the kernel's is left out`(line: String) {
        var points = MountPoints()
        _ = points.update(Self.table([(1, "/")]))
        #expect(points.update(Self.table([(1, "/")]) + Array(line.utf8)).isEmpty)
    }

    @Test func `a last line without its newline counts`() {
        var points = MountPoints()
        _ = points.update(Self.table([(1, "/")]))
        #expect(
            points.update(Array(Self.table([(1, "/"), (2, "/srv")]).dropLast()))
                == [RawPath("/srv")])
    }
}
