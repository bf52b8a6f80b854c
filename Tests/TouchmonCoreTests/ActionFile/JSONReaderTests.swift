import Testing
import TouchmonCore

@Suite struct JSONReaderTests {
    @Test func `every value and every key knows where it begins`() throws {
        let document = try JSONReader.read(Array(#" {"é" : [ 1, "x", {}], "b":null}"#.utf8))
        let expected = JSONNode(
            offset: 1,
            value: .object([
                JSONMember(
                    keyOffset: 2, key: Array("é".utf8),
                    node: JSONNode(
                        offset: 9,
                        value: .list([
                            JSONNode(offset: 11, value: .number(Array("1".utf8))),
                            JSONNode(offset: 14, value: .string(Array("x".utf8))),
                            JSONNode(offset: 19, value: .object([])),
                        ]))),
                JSONMember(
                    keyOffset: 24, key: Array("b".utf8), node: JSONNode(offset: 28, value: .null)),
            ]))
        #expect(document.root == expected)
        #expect(document.loneSurrogates.isEmpty)
    }

    @Test(arguments: [
        (#""plain""#, Array("plain".utf8)), (#""""#, []),
        (#""\" \\ \/ \b\f\n\r\t""#, Array("\" \\ / \u{8}\u{c}\n\r\t".utf8)),
        (#""a\u0041\u00e9\u20AC\ud83d\ude00z""#, Array("aAé€😀z".utf8)),
        (#""\u0000""#, [0]), (#""é€😀""#, Array("é€😀".utf8)),
        (#""\udc80\udcff""#, [0x80, 0xFF]),
        // Half of a pair and a byte next to each other are a pair.
        (#""\ud83d\udc80""#, Array("\u{1F480}".utf8)),
        (#""\udcff\ud83d\ude00""#, [0xFF] + Array("😀".utf8)),
    ])
    func `a string is decoded`(text: String, decoded: [UInt8]) throws {
        let document = try JSONReader.read(Array(text.utf8))
        #expect(document.root.value == .string(decoded))
        #expect(document.loneSurrogates.isEmpty)
    }

    @Test(arguments: [
        (#""\ud800""#, [1]), (#""\udbff\u0041""#, [1]), (#""\ude00\ud83d""#, [1, 7]),
        (#""\udc7f\udd00""#, [1, 7]), (#""\ud83d\ud83d\ude00""#, [1]),
        (#"["\ud800", {"\udfff": 1}]"#, [2, 13]),
    ])
    func `half of a surrogate pair is told, not refused`(text: String, offsets: [Int]) throws {
        #expect(try JSONReader.read(Array(text.utf8)).loneSurrogates == offsets)
    }

    @Test(arguments: ["0", "-0", "12", "-1.5e+10", "1E-2", "123456789012345678901234567890"])
    func `a number keeps its spelling`(text: String) throws {
        #expect(try JSONReader.read(Array(text.utf8)).root.value == .number(Array(text.utf8)))
    }

    @Test func `a key that is there twice is kept twice`() throws {
        let document = try JSONReader.read(Array(#"{"a": 1, "b": 2, "a": 3}"#.utf8))
        guard case .object(let members) = document.root.value else {
            Issue.record("not an object")
            return
        }
        #expect(members.map(\.keyOffset) == [1, 9, 17])
    }

    @Test(arguments: ["[", "{\"a\":", "[{\"a\":"], [10_000, 1_000_000])
    func `nesting without end is an ordinary error`(opening: String, levels: Int) {
        let bytes = Array(String(repeating: opening, count: levels).utf8)
        #expect(throws: JSONSyntaxError.self) { try JSONReader.read(bytes) }
    }

    @Test func `nesting is allowed to the limit and no further`() throws {
        func nested(_ levels: Int) -> [UInt8] {
            Array(
                (String(repeating: "[", count: levels) + String(repeating: "]", count: levels)).utf8
            )
        }
        #expect(throws: Never.self) { try JSONReader.read(nested(64)) }
        #expect(throws: Never.self) { try JSONReader.read(nested(3), depthLimit: 3) }
        let error = #expect(throws: JSONSyntaxError.self) { try JSONReader.read(nested(65)) }
        #expect(error?.offset == 64)
    }
}
