import Testing

@testable import TouchmonCore

/// Which directories are known, and by what.
@Suite struct TreeNodesTests {
    private static func path(_ nodes: TreeNodes, _ id: TreeNodes.ID) -> String {
        var path: [UInt8] = []
        nodes.appendPath(id, to: &path)
        return String(decoding: path, as: UTF8.self)
    }

    private static func add(
        _ nodes: inout TreeNodes, _ parent: TreeNodes.ID, _ name: String
    ) -> TreeNodes.ID {
        bytes(name).withUnsafeBytes { nodes.add(parent, $0) }
    }

    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test func `a directory knows the way to it, and what is below it`() {
        var nodes = TreeNodes()
        let base = nodes.addBase(ActionID(3))
        let a = Self.add(&nodes, base, "a")
        let b = Self.add(&nodes, a, "b")
        let c = Self.add(&nodes, base, "c")
        #expect(Self.add(&nodes, a, "b") == b)
        #expect([base, a, b, c].map { Self.path(nodes, $0) } == ["", "a", "a/b", "c"])
        #expect(nodes.way(to: b) == [base, a, b])
        #expect(Set(nodes.subtree(base)) == [base, a, b, c])
        #expect(nodes[b].tree == ActionID(3))
        #expect(nodes.count == 4)
    }

    @Test func `what is forgotten leaves nothing behind, and its place is used again`() {
        var nodes = TreeNodes()
        let base = nodes.addBase(ActionID(0))
        let names = ["a", "b", "c"].map { Self.add(&nodes, base, $0) }
        let deep = Self.add(&nodes, names[1], "d")
        for (index, id) in (names + [deep]).enumerated() {
            #expect(nodes.setWatch(id, Int32(index + 1)) == nil)
            nodes.setNumber(UInt64(index + 10), [id])
        }
        // Another directory has the same watch: it is the same one by two paths.
        #expect(nodes.setWatch(names[0], 2) == 1)
        let removed = nodes.remove(names[1])
        #expect(Set(removed.nodes) == [names[1], deep])
        #expect(removed.watches == [4])
        #expect(nodes.nodes(numbered: 11) == nil && nodes.nodes(numbered: 13) == nil)
        #expect(Array(nodes.nodes(watchedBy: 2)) == [names[0]])
        #expect(nodes.isUnused(4) && !nodes.isUnused(2))
        #expect(Self.bytes("b").withUnsafeBytes { nodes.child(base, $0) } == nil)
        #expect(Set(nodes.subtree(base)) == [base, names[0], names[2]])
        let new = Self.add(&nodes, base, "e")
        #expect(new == names[1] || new == deep)
        #expect(nodes.remove(new).nodes == [new])
        #expect(nodes.remove(names[2]).nodes == [names[2]])
        #expect(nodes.subtree(base) == [base, names[0]])
        nodes.endWatch(2)
        #expect(nodes[names[0]].watch == nil && nodes.isUnused(2))
    }

    @Test func `one number may stand for two directories, and one that moved has no other`() {
        var nodes = TreeNodes()
        let base = nodes.addBase(ActionID(0))
        let other = nodes.addBase(ActionID(1))
        nodes.setNumber(7, [base, other])
        #expect(nodes.nodes(numbered: 7).map { Array($0) } == [base, other])
        nodes.setNumber(8, [base])
        #expect(nodes.nodes(numbered: 7).map { Array($0) } == [other])
        nodes.forgetNumbers()
        #expect(nodes.nodes(numbered: 8) == nil && nodes[base].number == 0)
    }

    @Test func `a directory whose number another one has by now takes nothing from that`() {
        var nodes = TreeNodes()
        let base = nodes.addBase(ActionID(0))
        let (a, b) = (Self.add(&nodes, base, "a"), Self.add(&nodes, base, "b"))
        nodes.setNumber(7, [a])
        nodes.setNumber(7, [b])
        nodes.setNumber(8, [b])
        #expect(nodes.nodes(numbered: 7) == nil)
        #expect(nodes.remove(a).nodes == [a])
        #expect(nodes.nodes(numbered: 8).map { Array($0) } == [b])
    }

    @Test func `a watch that a directory has already is no news`() {
        var nodes = TreeNodes()
        let base = nodes.addBase(ActionID(0))
        #expect(nodes.setWatch(base, 5) == nil && nodes.setWatch(base, 5) == nil)
        #expect(Array(nodes.nodes(watchedBy: 5)) == [base])
        #expect(nodes.setWatch(base, 6) == 5 && nodes.isUnused(5))
    }

    @Test func `directories that may not be read are counted until they are watched`() {
        var nodes = TreeNodes()
        let base = nodes.addBase(ActionID(0)), other = nodes.addBase(ActionID(1))
        let (a, b) = (Self.add(&nodes, base, "a"), Self.add(&nodes, base, "b"))
        for id in [a, b, other] { nodes.setClosed(id) }
        #expect(nodes.closedCount(ActionID(0)) == 2)
        #expect(nodes.setWatch(a, 5) == nil)
        #expect(nodes.closedCount(ActionID(0)) == 1)
        _ = nodes.remove(b)
        #expect(nodes.closedCount(ActionID(0)) == 0 && nodes.closedCount(ActionID(1)) == 1)
    }

    @Test func `no more than so many are known to be nobody's`() {
        var nodes = TreeNodes()
        let base = nodes.addBase(ActionID(0))
        nodes.setNumber(1, [base])
        for number in UInt64(2)...66_000 { nodes.setNumber(number, []) }
        #expect(nodes.nodes(numbered: 2) == nil)
        #expect(nodes.nodes(numbered: 66_000)?.isEmpty == true)
        #expect(nodes.nodes(numbered: 1).map { Array($0) } == [base])
        nodes.forgetUnrelated()
        #expect(nodes.nodes(numbered: 66_000) == nil)
        #expect(nodes.nodes(numbered: 1) != nil)
    }
}

/// How far a tree was handled, as the ledger keeps it.
@Suite struct TreeProgressTests {
    @Test func `it is read as it was written`() {
        let time = FileTime(seconds: 5, nanoseconds: 6)
        let progress = TreeProgress(
            until: time, before: FileTime(seconds: 4), marks: [1, .max],
            arrivals: [
                TreeProgress.Arrival(path: [], since: time),
                TreeProgress.Arrival(path: Array("a/\u{fc}".utf8), since: time),
            ])
        let bytes = HandledState.bytes(of: HandledState(progress))
        #expect(HandledState(bytes: bytes)?.progress?.value == progress)
        #expect(bytes.count <= HandledState.room(for: HandledState(progress)))
        for length in 0..<bytes.count {
            #expect(HandledState(bytes: Array(bytes[..<length])) == nil)
        }
        #expect(HandledState(bytes: bytes + [0]) == nil)
    }

    @Test func `a record whose path is too long is none, and a long one is whole`() {
        let state = HandledState(
            TreeProgress(until: FileTime(seconds: 1), before: FileTime(seconds: 1)))
        for (length, isWritten) in [(65_535, true), (65_536, false)] {
            let path = RawPath(bytes: [UInt8](repeating: 97, count: length))
            let bytes = JournalRecord.due(path, .touch, state: state).bytes
            var reader = ByteReader(bytes[0...])
            #expect((JournalRecord(&reader) == .due(path, .touch, state: state)) == isWritten)
            #expect(bytes.isEmpty != isWritten)
        }
    }

    @Test func `a mark is of a path and a time, the same in every process`() {
        func mark(_ path: String, _ time: FileTime) -> UInt64 {
            Array(path.utf8).withUnsafeBytes { TreeProgress.mark($0, time) }
        }
        let time = FileTime(seconds: 1, nanoseconds: 2)
        #expect(mark("a", time) == 0x2008_e81f_aaf4_de9f)
        #expect(mark("a", time) != mark("b", time))
        #expect(mark("a", time) != mark("a", FileTime(seconds: 2, nanoseconds: 1)))
    }
}
