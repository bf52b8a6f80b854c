import Testing
import TouchmonCore
import TouchmonTestSupport

/// Which files an action of a pattern or a directory is about.
@Suite struct SelectionTests {
    /// A key with what belongs to it; its files, and those that are none, by their absolute paths.
    struct Row: Sendable, CustomTestStringConvertible {
        var key: String
        var isDeep = false
        var include: [String]?
        var exclude: [String] = []
        var leavesOutUsual = true
        var files: [String]
        var others: [String] = []

        var testDescription: String { "\(key) \(include ?? []) \(exclude)" }

        func selection() throws -> Selection {
            let key = try TreeKey(key.markedBytes, relativeTo: RawPath("/srv"), isDeep: isDeep)
            return try Selection(
                key, include: include?.map(\.markedBytes), exclude: exclude.map(\.markedBytes),
                leavesOutUsual: leavesOutUsual)
        }
    }

    /// `path` without what lies above the base of `selection`; nil where it does not lie below it.
    private static func relative(_ path: [UInt8], in selection: Selection) -> [UInt8]? {
        guard RawPath(bytes: path).isWithin(selection.base) else { return nil }
        return Array(path.dropFirst(selection.base.bytes.count).drop { $0 == UInt8(ascii: "/") })
    }

    static func selects(_ path: [UInt8], _ selection: Selection) -> Bool {
        guard let relative = relative(path, in: selection) else { return false }
        return relative.withUnsafeBytes { selection.selects($0) }
    }

    @Test(arguments: keys + hidden + lists)
    func `a key selects the files that are meant`(row: Row) throws {
        let selection = try row.selection()
        for path in row.files {
            #expect(Self.selects(path.markedBytes, selection), "\(path)")
            // Who looks for it finds the way.
            let names = try #require(Self.relative(path.markedBytes, in: selection))
                .split(separator: UInt8(ascii: "/"))
            for count in 0..<names.count {
                let directory = Array(names[..<count].joined(separator: "/".utf8))
                #expect(directory.withUnsafeBytes { selection.enters($0) }, "\(path) \(count)")
            }
        }
        for path in row.others { #expect(!Self.selects(path.markedBytes, selection), "\(path)") }
    }

    private static let keys = [
        Row(
            key: "/srv/*.csv", files: ["/srv/a.csv", "/srv/é⟨ff⟩\n.csv"],
            others: ["/srv/a/b.csv", "/srv/a.tsv", "/a.csv", "/srv"]),
        Row(key: "*.csv", files: ["/srv/a.csv"], others: ["/a.csv"]),
        Row(key: "../in/*", files: ["/in/a"], others: ["/srv/in/a"]),
        Row(key: "./x/../*.csv", files: ["/srv/a.csv"], others: ["/srv/x/a.csv"]),
        Row(
            key: "/home/*/public_html/**", files: ["/home/a/public_html/b/c"],
            others: ["/home/a/b", "/home/a/public_html"]),
        Row(
            key: "/srv/in/", files: ["/srv/in/a", "/srv/in/*"],
            others: ["/srv/in", "/srv/in/a/b", "/srv/inn/a"]),
        Row(key: "/srv/in//", files: ["/srv/in/a"]),
        Row(key: "in/", files: ["/srv/in/a"]),
        Row(
            key: "/srv/in/", isDeep: true, files: ["/srv/in/a", "/srv/in/a/b/c"], others: ["/srv/a"]
        ),
        Row(key: "/srv/in", isDeep: true, files: ["/srv/in/a/b"], others: ["/srv/in"]),
        Row(key: "/", files: ["/a"], others: ["/a/b"]),
        Row(key: "/", isDeep: true, files: ["/a", "/a/b"]),
        Row(key: "/*", files: ["/a"], others: ["/a/b"]),
        Row(key: "/**", files: ["/a", "/a/b"]),
        Row(
            key: "/srv/*/", files: ["/srv/a/b"],
            others: ["/srv/a", "/srv/a/b/c", "/srv/b"]),
        Row(key: "/srv/*/", isDeep: true, files: ["/srv/a/b", "/srv/a/b/c"], others: ["/srv/a"]),
        Row(key: "/srv/{a,b}/", files: ["/srv/a/x", "/srv/{a,b}/x"], others: ["/srv/c/x"]),
        Row(key: "/srv/**/", files: ["/srv/a", "/srv/a/b", "/srv/a/b/c"]),
        Row(
            key: "{/a,/b/c}/*.x", files: ["/a/1.x", "/b/c/1.x"], others: ["/srv/a/1.x", "/b/1.x"]),
        Row(key: "{a,b/c}/*.x", files: ["/srv/a/1.x", "/srv/b/c/1.x"], others: ["/a/1.x"]),
        Row(key: "/srv/{a/../b,c}/x", files: ["/srv/b/x", "/srv/c/x"], others: ["/srv/a/x"]),
        // The path that a pattern spells was watched before there were patterns.
        Row(key: "/srv/[ab]", files: ["/srv/a", "/srv/b", "/srv/[ab]"], others: ["/srv/["]),
        Row(key: "/srv/{a,b}", files: ["/srv/a", "/srv/{a,b}"]),
        Row(key: "/srv/a\\*", files: ["/srv/a*", "/srv/a\\*"], others: ["/srv/ab"]),
        Row(key: "/srv/[.]x", files: ["/srv/[.]x"], others: ["/srv/.x"]),
        Row(key: "/srv/*/../x?", files: ["/srv/xa"], others: ["/srv/a/xa"]),
        Row(key: "/..*/a", files: ["/..*/a", "/..b/a"], others: ["/b/a"]),
        Row(key: "/{,a/b}/../..", files: [], others: ["/a", "/a/b", "/{,a", "/"]),
        Row(key: "/{a/..,b/..}", files: ["/{a/..,b/..}"], others: ["/a", "/b", "/"]),
    ]

    private static let hidden = [
        Row(
            key: "/srv/*", files: ["/srv/a", "/srv/a.tmp", "/srv/#a", "/srv/#", "/srv/49133"],
            others: [
                "/srv/.a", "/srv/a~", "/srv/~", "/srv/.a.swp", "/srv/.#a", "/srv/#a#", "/srv/##",
                "/srv/4913", "/srv/.a.Xy12Z3", "/srv/a.swp", "/srv/a.swx", "/srv/.git",
            ]),
        Row(key: "/srv/*", leavesOutUsual: false, files: ["/srv/.a", "/srv/a~", "/srv/4913"]),
        Row(
            key: "/srv/", isDeep: true, files: ["/srv/a/b"],
            others: ["/srv/.git/a", "/srv/a/.b", "/srv/a~/b", "/srv/.a/b/c", "/srv/a/4913"]),
        Row(key: "/srv/.x/*", files: ["/srv/.x/a"], others: ["/srv/.x/.a"]),
        Row(key: "/srv/.x~/4913/", files: ["/srv/.x~/4913/a"]),
        Row(key: "/srv/*/.env", files: ["/srv/a/.env"], others: ["/srv/.a/.env"]),
        Row(key: "/srv/.*", files: ["/srv/.a"], others: ["/srv/.swp", "/srv/.a.swp", "/srv/.a~"]),
        Row(key: "/srv/.*.swp", files: ["/srv/.a.swp"], others: ["/srv/a.swp"]),
        Row(key: "/srv/?*~", files: ["/srv/a~"], others: ["/srv/.a~"]),
        Row(key: "/srv/[#]*#", files: ["/srv/[#]*#"], others: ["/srv/#a#"]),
        Row(key: "/srv/#*#", files: ["/srv/#a#", "/srv/##"]),
        Row(key: "/srv/*.swx", files: ["/srv/a.swx"]),
        Row(key: "/srv/{.a,b*}", files: ["/srv/.a", "/srv/bc"], others: ["/srv/.ab"]),
        Row(key: "/srv/49[1]3", files: ["/srv/49[1]3"], others: ["/srv/4913"]),
        Row(key: "/srv/**/.x/*", files: ["/srv/.x/a", "/srv/b/.x/a"], others: ["/srv/.b/.x/a"]),
        Row(
            key: "/srv/", isDeep: true, include: [".env"], files: ["/srv/.env", "/srv/a/.env"],
            others: ["/srv/.a/.env", "/srv/a"]),
        Row(
            key: "/srv/*/.x/*", include: [".env", "a"], files: ["/srv/b/.x/.env", "/srv/b/.x/a"],
            others: ["/srv/b/.y/.env", "/srv/b/.x/.a"]),
        Row(
            key: "/srv/", isDeep: true, include: [".config/*.conf"], files: ["/srv/.config/a.conf"],
            others: ["/srv/a/.config/a.conf", "/srv/.config/.a.conf", "/srv/.config/a"]),
        Row(
            key: "/srv/", isDeep: true, include: [".config/"],
            files: ["/srv/.config/a", "/srv/b/.config/a/b"],
            others: ["/srv/.config/.a", "/srv/.b/.config/a", "/srv/a"]),
        Row(
            key: "/srv/", isDeep: true, include: ["a/.config/"], files: ["/srv/a/.config/b"],
            others: ["/srv/.config/b", "/srv/a/.config/.b", "/srv/a/b"]),
        Row(key: "/srv/*.a", include: [".b"], files: [], others: ["/srv/.b", "/srv/.a"]),
    ]

    private static let lists = [
        Row(
            key: "/srv/", isDeep: true, include: ["*.c", "/x", "d/*.h", "e/"],
            files: ["/srv/a.c", "/srv/d/a.c", "/srv/x", "/srv/d/a.h", "/srv/e/a", "/srv/a/e/b/c"],
            others: ["/srv/a.h", "/srv/d/x", "/srv/a/d/a.h", "/srv/e", "/srv/d/d/a.h"]),
        Row(key: "/srv/*", include: [], files: [], others: ["/srv/a"]),
        Row(
            key: "/srv/", isDeep: true, include: ["{a,b/c}"], files: ["/srv/x/a", "/srv/b/c"],
            others: ["/srv/x/b/c", "/srv/c"]),
        Row(
            key: "/srv/", isDeep: true, include: ["a/**", "b/**/c"],
            files: ["/srv/a/x/y", "/srv/b/c", "/srv/b/x/c"], others: ["/srv/x/a/y", "/srv/b/x"]),
        Row(
            key: "/srv/", isDeep: true, exclude: ["*.o", "/x", "d/*.h", "e/"],
            files: ["/srv/a.c", "/srv/d/x", "/srv/a/d/a.h", "/srv/e", "/srv/a/e"],
            others: [
                "/srv/a.o", "/srv/d/a.o", "/srv/a.o/b", "/srv/x", "/srv/x/a", "/srv/d/a.h",
                "/srv/d/a.h/b", "/srv/e/a", "/srv/a/e/b/c",
            ]),
        Row(
            key: "/srv/", isDeep: true, include: ["*.c"], exclude: ["test*", "**/gen/*.c"],
            files: ["/srv/a.c", "/srv/a/b.c", "/srv/gen/x/b.c"],
            others: ["/srv/test.c", "/srv/tests/a.c", "/srv/gen/b.c", "/srv/a/gen/b.c"]),
        Row(key: "/srv/.a*", exclude: [".ab"], files: ["/srv/.a"], others: ["/srv/.ab"]),
        Row(key: "/srv/**", exclude: ["**"], files: [], others: ["/srv/a", "/srv/a/b"]),
        Row(key: "/srv/**", exclude: ["/"], files: ["/srv/a"]),
        Row(
            key: "/srv/**", exclude: ["./a", "b/../c/"], files: ["/srv/b/a"],
            others: ["/srv/a", "/srv/c/d"]),
    ]

    @Test(arguments: [
        ("/srv/*.csv", "/srv"), ("/srv/a/b/?", "/srv/a/b"), ("/*", "/"), ("/**/a", "/"),
        ("/srv/a\\b/*", "/srv"), ("/srv/in/", "/srv/in"),
        ("in/*", "/srv/in"), ("/srv/{a,b}/c", "/srv"), ("{/a/b,/a/c}/*", "/"),
        ("/srv/.a/*", "/srv/.a"),
        ("/srv/[x/*", "/srv/[x"), ("/srv/{x/*", "/srv/{x"), ("/srv/[ab]/c/d", "/srv"),
    ])
    func `the base is what comes before the first pattern character`(
        key: String, base: String
    ) throws {
        let key = try TreeKey(Array(key.utf8), relativeTo: RawPath("/srv"), isDeep: false)
        #expect(key.base == RawPath(base))
        #expect(try Selection(key).base == RawPath(base))
    }

    @Test func `a search stays out of what can't be selected`() throws {
        func entered(_ row: Row, _ directories: [String]) throws -> [String] {
            let selection = try row.selection()
            return directories.filter { Array($0.utf8).withUnsafeBytes { selection.enters($0) } }
        }
        let names = ["", "a", "a/b", "a/b/c", ".git", "a/.git", "a~", "node", "a/node", "node/a"]
        #expect(try entered(Row(key: "/srv/*.c", files: []), names) == [""])
        #expect(try entered(Row(key: "/srv/a/../*/x", files: []), names) == ["", "a", "node"])
        #expect(try entered(Row(key: "/srv/*/b/*", files: []), names) == ["", "a", "a/b", "node"])
        #expect(
            try entered(Row(key: "/srv/**/*.c", files: []), names)
                == ["", "a", "a/b", "a/b/c", "node", "a/node", "node/a"])
        #expect(
            try entered(Row(key: "/srv/", isDeep: true, exclude: ["node"], files: []), names)
                == ["", "a", "a/b", "a/b/c"])
        #expect(
            try entered(Row(key: "/srv/", isDeep: true, exclude: ["/node/"], files: []), names)
                == ["", "a", "a/b", "a/b/c", "a/node"])
        #expect(
            try entered(Row(key: "/srv/", isDeep: true, include: ["a/b/*.c"], files: []), names)
                == ["", "a", "a/b"])
        #expect(
            try entered(Row(key: "/srv/", isDeep: true, include: ["a/b/"], files: []), names)
                == ["", "a", "a/b", "a/b/c"])
        #expect(
            try entered(Row(key: "/srv/", isDeep: true, include: [".git/*"], files: []), names)
                == ["", ".git"])
        #expect(
            try entered(Row(key: "/srv/", isDeep: true, include: [".git/"], files: []), names)
                == ["", "a", "a/b", "a/b/c", ".git", "a/.git", "node", "a/node", "node/a"])
        #expect(try entered(Row(key: "/srv/", include: [], files: []), names) == [])
    }

    @Test func `directories are selected by name and never for a rule of files`() throws {
        func selected(_ row: Row, _ names: [String]) throws -> [String] {
            let selection = try row.selection()
            return names.filter {
                Array($0.utf8).withUnsafeBytes { selection.selectsDirectory($0) }
            }
        }
        let names = ["", "a", "a/b", "out", "a/out", ".a"]
        #expect(
            try selected(Row(key: "/srv/", isDeep: true, exclude: ["out/"], files: []), names)
                == ["a", "a/b"])
        #expect(try selected(Row(key: "/srv/*", files: []), names) == ["a", "out"])
        #expect(
            try selected(Row(key: "/srv/", isDeep: true, include: ["out/"], files: []), names)
                == ["out", "a/out"])
    }

    @Test func `what keeps a path out is named`() throws {
        func reason(_ row: Row, _ path: String, isDirectory: Bool = false) throws -> String? {
            let selection = try row.selection()
            let reason = Array(path.utf8).withUnsafeBytes {
                selection.reason(against: $0, isDirectory: isDirectory)
            }
            return reason.map {
                "\($0.isUsual) \(String(decoding: $0.pattern, as: UTF8.self)) "
                    + path.utf8.prefix($0.length).map { String(UnicodeScalar($0)) }.joined()
            }
        }
        let row = Row(key: "/srv/", isDeep: true, exclude: ["*.o", "{d,e}/"], files: [])
        #expect(try reason(row, "a/b") == nil)
        #expect(try reason(row, "a/b.o/c") == "false *.o a/b.o")
        #expect(try reason(row, "a/e/c") == "false {d,e}/ a/e")
        #expect(try reason(row, "e") == nil)
        #expect(try reason(row, "e", isDirectory: true) == "false {d,e}/ e")
        #expect(try reason(row, "a/.git/x/y~") == "true .* a/.git")
        #expect(try reason(row, "a~") == "true *~ a~")
        #expect(try reason(row, "a/4913") == "true 4913 a/4913")
        // What the key does not stand for is kept out by nothing.
        #expect(try reason(Row(key: "/srv/*.c", files: []), ".git") == nil)
        // A pattern asks for one of two.
        #expect(try reason(Row(key: "/srv/*~", files: []), ".a~") == "true .* .a~")
        #expect(try reason(Row(key: "/srv/.*", files: []), ".a~") == "true *~ .a~")
        #expect(try reason(Row(key: "/srv/.*", include: ["*~"], files: []), ".a~") == nil)
        // Each is asked for, but by two that don't go together.
        let split = Row(key: "/srv/**", include: ["a/.x/", "*~"], files: [])
        #expect(try reason(split, "a/.x/b") == nil)
        #expect(try reason(split, "a/b~") == nil)
        #expect(try reason(split, "a/.x/b~") == "true .* a/.x")
    }

    @Test func `what is usual is listed whole`() {
        #expect(
            UsualExclusions.patterns.map(\.pattern) == [
                ".*", "*~", "#*#", "4913", "*.swp", "*.swx",
            ])
        #expect(UsualExclusions(UsualExclusions.patterns.map(\.exclusion)) == .all)
    }

    @Test(.thorough)
    func `random keys select what their pattern matches, and the way there is open`() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SplitMix64(seed: seed)
        var selectedCount = 0
        for _ in 0..<3000 {
            var key = "/".utf8 + RandomPattern.pattern(using: &random)
            while TreeKey.form(of: key) != .pattern
                || !RandomPattern.isComparable(Array(key.dropFirst()), hidesDots: false)
            {
                key = "/".utf8 + RandomPattern.pattern(using: &random)
            }
            let isAll = Bool.random(using: &random)
            let lists = (0..<2).map { _ in
                (0..<Int.random(in: 0...2, using: &random)).map { _ in
                    RandomPattern.pattern(using: &random)
                        + (Bool.random(using: &random) ? "/".utf8 : "".utf8)
                }
            }
            let tree = try TreeKey(key, relativeTo: RawPath("/srv"), isDeep: false)
            let plain = try Selection(tree, leavesOutUsual: !isAll)
            let listed = try Selection(
                tree, include: lists[0].isEmpty ? nil : lists[0], exclude: lists[1],
                leavesOutUsual: !isAll)
            for _ in 0..<8 {
                let path = "/".utf8 + RandomPattern.path(using: &random)
                let context: Comment =
                    """
                    seed \(seed): \(TerminalText.quoted(key)) \(TerminalText.quoted(path)) \
                    \(lists.map { $0.map { TerminalText.quoted($0) } })
                    """
                let isSelected = Self.selects(path, plain)
                let isMatching =
                    path == key
                    || PatternTests.matches(
                        key, Array(path.dropFirst()), hiding: isAll ? [] : .all)
                #expect(isSelected == isMatching, context)
                guard let relative = Self.relative(path, in: listed), !relative.isEmpty
                else { continue }
                relative.withUnsafeBytes { relative in
                    let reason = listed.reason(against: relative)
                    if listed.selects(relative) {
                        selectedCount += 1
                        #expect(reason == nil, context)
                        for end in relative.indices where relative[end] == UInt8(ascii: "/") {
                            let above = UnsafeRawBufferPointer(rebasing: relative[..<end])
                            #expect(listed.enters(above), context)
                        }
                        let nothing = UnsafeRawBufferPointer(rebasing: relative[..<0])
                        #expect(listed.enters(nothing), context)
                    } else if isSelected, lists[0].isEmpty {
                        #expect(reason != nil, context)
                    }
                }
            }
        }
        #expect(selectedCount > 500)
    }
}
