import RelayCore
import Testing

@Suite struct TouchKeyTests {
    @Test(arguments: [
        "a", "web/deploy", "A-Z_0.9", "a.b/c..d", "-", String(repeating: "a", count: 200),
        Array(repeating: "a", count: 256).joined(separator: "/"),
    ])
    func isTaken(_ text: String) throws {
        #expect(try TouchKey(text).text == text)
    }

    @Test(arguments: [
        ("", KeyProblem.empty), ("/a", .emptyComponent), ("a/", .emptyComponent),
        ("a//b", .emptyComponent), (".", .hidden), ("..", .hidden), ("a/../b", .hidden),
        (".hidden", .hidden), ("a/.b", .hidden), ("a b", .character), ("a\0b", .character),
        ("a\nb", .character), ("ä", .character), ("a\\b", .character), ("a:b", .character),
        ("a\u{202e}b", .character), (String(repeating: "a", count: 201), .longComponent),
        (Array(repeating: "ab", count: 171).joined(separator: "/") + "x", .tooLong),
    ])
    func isRefused(_ text: String, _ problem: KeyProblem) {
        #expect(throws: problem) { try TouchKey(text) }
    }

    @Test func nothingThatIsTakenLeavesItsDirectory() {
        // All texts of up to 5 of these characters.
        var texts = [""]
        for _ in 0..<5 {
            texts += texts.flatMap { text in [".", "/", "a", "\0"].map { text + $0 } }
        }
        for text in Set(texts) {
            guard let key = try? TouchKey(text) else { continue }
            #expect(
                key.components.allSatisfy { !$0.isEmpty && !$0.hasPrefix(".") && !$0.contains("/") }
            )
            #expect(key.components.joined(separator: "/") == text)
        }
    }

    @Test func selections() throws {
        let deploy = try TouchKey("web/deploy")
        #expect(try KeySelection([]).contains(deploy))
        #expect(try KeySelection(["web/"]).contains(deploy))
        #expect(try KeySelection(["web/deploy"]).contains(deploy))
        #expect(try !KeySelection(["web"]).contains(deploy))
        #expect(try !KeySelection(["we/"]).contains(deploy))
        #expect(try KeySelection(["web/", "db"]).commonPrefix == "")
        #expect(try KeySelection(["web/", "web/deploy"]).commonPrefix == "web/")
        #expect(try KeySelection(["web/a", "web/b/"]).commonPrefix == "web/")
        #expect(throws: KeyProblem.hidden) { try KeySelection(["../"]) }
    }
}

@Suite struct KeySpaceTests {
    private let keys = KeySpace(prefix: "/touchmon")

    @Test func names() throws {
        let key = try TouchKey("a/b")
        let host = try HostName("web1")
        #expect(keys.touch(key) == "/touchmon/touches/a/b")
        #expect(keys.alive(key, host) == "/touchmon/outcomes/a/b/web1/alive")
        #expect(keys.attempts(key, 7) == "/touchmon/claims/a/b/7/attempts")
        #expect(keys.slots(key, 7) == "/touchmon/slots/a/b/7/")
        #expect(keys.slotNumber("/touchmon/slots/a/b/7/3", of: key, 7) == 3)
        #expect(keys.slotNumber("/touchmon/slots/a/b/7/3/0", of: key, 7) == nil)
        #expect(keys.claimedRevision("/touchmon/claims/a/b/7", of: key) == 7)
        #expect(keys.claimedRevision("/touchmon/claims/a/b/7/attempts", of: key) == 7)
        #expect(keys.claimedRevision("/touchmon/claims/a/b/c/7", of: key) == nil)
    }

    @Test func outcomesOfOtherKeysAreNotTakenForOurs() throws {
        let key = try TouchKey("a")
        func name(_ rest: String) -> String? {
            keys.outcomeName("/touchmon/outcomes/a/" + rest, of: key)
                .map { "\($0.host)\($0.alive ? " alive" : "")" }
        }
        #expect(name("web1") == "web1")
        #expect(name("web1/alive") == "web1 alive")
        #expect(name("b/web1") == nil)
        #expect(name("b/web1/alive") == nil)
        #expect(name("alive") == nil)
        #expect(name("") == nil)
        #expect(name("we b") == nil)
    }

    @Test func theEndOfARange() {
        #expect(KeySpace.end(of: "a/") == Array("a0".utf8))
        #expect(KeySpace.end(of: "") == [0])
    }

    @Test(arguments: ["", "a/b", "alive", "..", "a b"])
    func noHost(_ text: String) {
        #expect(throws: KeyProblem.self) { try HostName(text) }
    }
}
