import Testing
import TouchmonCore
import TouchmonTestSupport

/// Any name that a file can have is a name here: in JSON, in a pattern, and as a key.
@Suite struct HostileNameTests {
    @Test func `there are more than fifty, no two alike, and each can be one`() {
        let names = HostileName.all.map(\.bytes)
        #expect(names.count >= 50)
        #expect(Set(names).count == names.count)
        #expect(Set(HostileName.all.map(\.label)).count == names.count)
        for name in names {
            #expect(1...255 ~= name.count && !name.contains(0) && !name.contains(UInt8(ascii: "/")))
        }
    }

    @Test(arguments: HostileName.all)
    func `a name is written in JSON as it is listed, and read back`(name: HostileName) throws {
        var writer = JSONWriter()
        writer.string(name.bytes)
        #expect(writer.bytes == Array("\"\(name.json)\"".utf8), "\(name.label)")
        #expect(
            try JSONReader.read(writer.bytes).root.value == .string(name.bytes), "\(name.label)")
    }

    @Test(arguments: HostileName.all)
    func `a name is selected by what stands for any name, and by itself`(name: HostileName) throws {
        func selection(_ key: [UInt8], include: [[UInt8]]? = nil) throws -> Selection {
            let key = try TreeKey(key, relativeTo: RawPath("/"), isDeep: true)
            return try Selection(key, include: include, leavesOutUsual: false)
        }
        let path = Array("/srv/".utf8) + name.bytes
        let literal = name.bytes.flatMap { byte in
            "*?[{,}\\".utf8.contains(byte) ? [UInt8(ascii: "\\"), byte] : [byte]
        }
        let selections = try [
            selection(Array("/srv/*".utf8)), selection(Array("/srv/**".utf8)),
            selection(Array("/srv/".utf8)), selection(Array("/srv/".utf8), include: [literal]),
            selection(Array("/[s]rv/".utf8) + literal),
        ]
        for selection in selections {
            #expect(SelectionTests.selects(path, selection), "\(name.label)")
        }
        let other = try selection(Array("/srv/".utf8), include: [literal + [UInt8(ascii: "x")]])
        #expect(!SelectionTests.selects(path, other), "\(name.label)")
        // As a directory it is in the way of nothing.
        let below = path + "/a".utf8
        #expect(SelectionTests.selects(below, try selection(path + "/".utf8)), "\(name.label)")
    }
}
