import Testing
import TouchmonCore
import TouchmonTestSupport

/// No pattern and no name costs more than the product of their lengths.
@Suite struct PatternCostTests {
    /// Generous: what goes wrong here takes longer than anybody waits.
    private static let limit = Duration.seconds(20)

    private static func time(_ work: () -> Void) -> Duration { ContinuousClock().measure(work) }

    @Test func `many stars in a long name`() {
        let pattern = Array((String(repeating: "*a", count: 100) + "*b").utf8)
        let name = [UInt8](repeating: UInt8(ascii: "a"), count: 4000)
        let time = Self.time {
            #expect(!PatternTests.matches(pattern, name))
            #expect(PatternTests.matches(pattern, name + [UInt8(ascii: "b")]))
        }
        #expect(time < Self.limit)
    }

    @Test func `many directories in a long path`() {
        let pattern = Array((String(repeating: "**/a/", count: 50) + "b").utf8)
        let path = Array(String(repeating: "a/", count: 1000).utf8)
        let time = Self.time {
            #expect(!PatternTests.matches(pattern, path + Array("c".utf8)))
            #expect(PatternTests.matches(pattern, path + Array("b".utf8)))
        }
        #expect(time < Self.limit)
    }

    @Test func `many stars in many directories`() {
        let pattern = Array((String(repeating: "**/*a*a*a*/", count: 20) + "b").utf8)
        let path = Array(String(repeating: "aaaaaaaaaaaaaaaaaaaa/", count: 200).utf8) + [0x63]
        let time = Self.time { #expect(!PatternTests.matches(pattern, path)) }
        #expect(time < Self.limit)
    }

    @Test func `many braces`() {
        let pattern = Array((String(repeating: "{a,a*}", count: 9) + "b").utf8)
        let name = [UInt8](repeating: UInt8(ascii: "a"), count: 250)
        let time = Self.time {
            #expect(!PatternTests.matches(pattern, name))
            let more = Array(String(repeating: "{a,a*}", count: 1000).utf8)
            #expect(throws: PatternProblem.tooManyAlternatives) { try BraceExpansion.expand(more) }
        }
        #expect(time < Self.limit)
    }

    @Test func `a gitignore that git is slow with`() {
        let lines = [
            String(repeating: "*a", count: 100) + "*b", String(repeating: "**/a*", count: 50) + "b",
            "/" + String(repeating: "**/", count: 100) + "b",
            String(repeating: "**/*a*a*/", count: 20) + "b",
        ]
        let rules = IgnoreRules(Array(lines.joined(separator: "\n").utf8))
        let name = [UInt8](repeating: UInt8(ascii: "a"), count: 1000)
        let path = Array(String(repeating: "aaaaaaaaa/", count: 200).utf8) + [0x63]
        let time = Self.time {
            for path in [name, path] {
                #expect(path.withUnsafeBytes { rules.verdict(of: $0, isDirectory: false) } == nil)
            }
        }
        #expect(time < Self.limit)
    }

    /// Whatever the bytes are: no pattern, key, list or file makes it trap.
    @Test func `random bytes are patterns of something`() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SplitMix64(seed: seed)
        func bytes(_ range: ClosedRange<Int>) -> [UInt8] { Self.bytes(range, using: &random) }
        var selectedCount = 0
        for _ in 0..<3000 {
            let key = bytes(0...30)
            let isDeep = Bool.random(using: &random)
            let form = TreeKey.form(of: key)
            guard
                let tree = try? TreeKey(key, relativeTo: RawPath("/srv"), isDeep: isDeep),
                let selection = try? Selection(
                    tree, include: isDeep ? nil : [bytes(0...9), bytes(0...9)],
                    exclude: [bytes(0...9)])
            else { continue }
            #expect(tree.path.isAbsolute && tree.base.isAbsolute, "seed \(seed)")
            #expect(tree.base.normalized(relativeTo: RawPath("/")) == tree.base, "seed \(seed)")
            #expect((form == .path) == !(key.isPattern || key.last == 0x2F), "seed \(seed)")
            // Read again, it is the same.
            let again = try? TreeKey(tree.path.bytes, relativeTo: RawPath("/"), isDeep: isDeep)
            #expect(again?.path == tree.path, "seed \(seed)")
            let rules = IgnoreRules(bytes(0...40))
            for path in [key, bytes(0...20), bytes(0...20)] {
                path.withUnsafeBytes { path in
                    selectedCount += selection.selects(path) ? 1 : 0
                    _ = selection.selectsDirectory(path)
                    _ = selection.enters(path)
                    _ = selection.reason(against: path)
                    _ = IgnoreRules.ignores(path, isDirectory: isDeep) { _ in rules }
                }
            }
            _ = PatternProblem.unclosed(in: key)
        }
        #expect(selectedCount > 50)
    }

    @Test func `an action file with random keys and patterns keeps the invariants`() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SplitMix64(seed: seed)
        var treeCount = 0
        for _ in 0..<1000 {
            var writer = JSONWriter()
            writer.object { writer in
                let beginning = ["", "/", "/srv/", "{/"].randomElement(using: &random) ?? ""
                writer.key(beginning.utf8 + Self.bytes(1...30, using: &random))
                writer.object { writer in
                    writer.key("argv")
                    writer.list { $0.string("x") }
                    for key in ["include", "exclude"] where Bool.random(using: &random) {
                        writer.key(key)
                        writer.list { $0.string(Self.bytes(1...9, using: &random)) }
                    }
                    guard Bool.random(using: &random) else { return }
                    writer.key("recursive")
                    writer.boolean(true)
                }
            }
            let source = SourceText(file: RawPath("f"), bytes: writer.bytes)
            let reading = ActionFileReading(of: [source], relativeTo: RawPath("/srv"))
            treeCount += reading.actions.first?.tree == nil ? 0 : 1
            let violations = ActionFileInvariants.violations(in: writer.bytes)
            #expect(
                violations == [], "seed \(seed): \(String(decoding: writer.bytes, as: UTF8.self))")
        }
        #expect(treeCount > 100)
    }

    /// Mostly what has a meaning in patterns.
    private static func bytes(
        _ range: ClosedRange<Int>, using random: inout some RandomNumberGenerator
    ) -> [UInt8] {
        let letters = Array("**??[[]]{{}},,!^-:\\\\//..ab#~ \n\rswp4913[:alpha:]".utf8)
        return (0..<Int.random(in: range, using: &random)).map { _ in
            Int.random(in: 0..<8, using: &random) == 0
                ? UInt8.random(in: 0...255, using: &random)
                : letters.randomElement(using: &random) ?? 0
        }
    }
}

extension [UInt8] {
    /// Whether a key of these bytes is a pattern.
    fileprivate var isPattern: Bool {
        [.pattern, .directories].contains(TreeKey.form(of: self))
    }
}
