import Testing
import TouchmonCore

/// What the keys for patterns and directories make of an action.
@Suite struct TreeKeysTests {
    private func action(_ key: String, _ rest: String = "", argv: String = "\"x\"") throws
        -> ActionDefinition
    {
        let text = "{\"\(key)\": {\"argv\": [\(argv)]\(rest.isEmpty ? "" : ", " + rest)}}"
        let source = SourceText(file: RawPath("f"), bytes: Array(text.utf8))
        let reading = ActionFileReading(of: [source], relativeTo: RawPath("/srv"))
        #expect(reading.problems == [])
        return try #require(reading.actions.first)
    }

    private func tree(_ key: String, _ rest: String = "", argv: String = "\"x\"") throws
        -> TreePolicy
    {
        try #require(try action(key, rest, argv: argv).tree).value
    }

    @Test(arguments: [
        ("/srv/a", "/srv/a"), ("/srv/a[", "/srv/a["), ("/srv/{a", "/srv/{a"),
        ("a\\\\b", "/srv/a\\b"),
        ("/srv/{1..3}", "/srv/{1..3}"), (".", "/srv"),
    ])
    func `a key without pattern characters is a path, as it always was`(key: String, path: String)
        throws
    {
        let action = try action(key, argv: "\"x\", \"{path}\", \"{paths}\"")
        #expect(action.path == RawPath(path))
        #expect(action.tree == nil)
        #expect(
            action.argv.map { String(decoding: $0, as: UTF8.self) } == ["x", "{path}", "{paths}"])
    }

    @Test(arguments: [
        ("in/", "", "/srv/in/", "/srv/in", false),
        ("in", "\"recursive\": true", "/srv/in/", "/srv/in", true),
        ("in/", "\"recursive\": true", "/srv/in/", "/srv/in", true),
        ("in/", "\"recursive\": false", "/srv/in/", "/srv/in", false),
        ("/a/*.c", "", "/a/*.c", "/a", false),
        ("/a//b/../*.c", "\"recursive\": false", "/a/*.c", "/a", false),
        ("/a/*/", "\"recursive\": true", "/a/*/", "/a", true),
        ("/", "\"recursive\": true", "/", "/", true),
    ])
    func `a key for many files has a tree`(
        key: String, rest: String, path: String, base: String, isDeep: Bool
    ) throws {
        let action = try action(key, rest)
        #expect(action.path == RawPath(path))
        let tree = try #require(action.tree).value
        #expect(tree.selection.base == RawPath(base))
        #expect(tree.selection.isDeep == isDeep)
        #expect(tree.each == .batch && !tree.readsChanges && tree.argvPlaceholders.isEmpty)
        #expect(!tree.selection.usesGitignore && tree.selection.usual == .all)
        #expect(tree.selection.include == nil && tree.selection.exclude == [])
    }

    @Test func `what is included and excluded`() throws {
        let listed = try tree("/d/", #""include": ["*.c", "b\udcff/"], "exclude": ["x", "y/"]"#)
            .selection
        #expect(listed.include == [Array("*.c".utf8), [0x62, 0xFF, 0x2F]])
        #expect(listed.exclude == [Array("x".utf8), Array("y/".utf8)])
        #expect(!listed.usesGitignore && listed.usual == .all)
        let gitignore = try tree("/d/", #""exclude": {"gitignore": true}"#).selection
        #expect(gitignore.usesGitignore && gitignore.usual == .all && gitignore.exclude == [])
        let all = try tree("/d/", #""exclude": {"defaults": false, "patterns": ["x"]}"#).selection
        #expect(!all.usesGitignore && all.usual == [] && all.exclude == [Array("x".utf8)])
        #expect(try tree("/d/", #""exclude": {}"#) == tree("/d/"))
        #expect(try tree("/d/", #""exclude": []"#) == tree("/d/"))
    }

    @Test func `what a run is for, and what it reads`() throws {
        #expect(try tree("/d/", #""each": "file""#).each == .file)
        #expect(try tree("/d/", #""each": "batch""#) == tree("/d/"))
        #expect(try tree("/d/", #""stdin": "changes""#).readsChanges)
        for nothing in ["null", "\"null\""] {
            #expect(try tree("/d/", "\"stdin\": \(nothing)") == tree("/d/"))
            #expect(try action("/d", "\"stdin\": \(nothing)").tree == nil)
        }
    }

    @Test func `arguments that stand for paths are whole ones`() throws {
        #expect(
            try tree("/d/", #""each": "file""#, argv: #""x", "{path}", "a{path}", "{path}""#)
                .argvPlaceholders == [1: .path, 3: .path])
        #expect(
            try tree("/d/", argv: #""x", "--", "{paths}", "{paths} ", "{PATHS}""#)
                .argvPlaceholders == [2: .paths])
        // What runs when a run failed is told by variables.
        let failure = #""on_failure": {"argv": ["y", "{path}", "{paths}"]}"#
        let action = try action("/d/", failure)
        #expect(action.tree?.value.argvPlaceholders == [:])
        #expect(action.onFailure?.value.tree == nil)
        #expect(action.onFailure?.value.argv[1] == Array("{path}".utf8))
    }

    @Test func `a path and a directory of its name are two actions`() throws {
        let text = #"{"/d": {"argv": ["x"]}, "/d/": {"argv": ["x"]}, "/d/*": {"argv": ["x"]}}"#
        let source = SourceText(file: RawPath("f"), bytes: Array(text.utf8))
        let reading = ActionFileReading(of: [source], relativeTo: RawPath("/"))
        #expect(reading.problems == [])
        #expect(reading.actions.map(\.path) == ["/d", "/d/", "/d/*"].map { RawPath($0) })
    }

    @Test func `a plan has it`() throws {
        var definition = try action("/d/*.c", #""each": "file""#)
        definition.user = .id(0)
        let root = UserAccount(
            name: "root", user: 0, group: 0, groups: [], home: Array("/root".utf8),
            shell: Array("/bin/sh".utf8))
        var accounts = AccountTable()
        accounts.users[.id(0)] = .found(root)
        let plan = Plan(
            [definition], owners: [:], accounts: accounts, daemon: DaemonIdentity(account: root))
        #expect(plan.problems == [])
        #expect(plan.items.first?.action.command.tree == definition.tree)
        #expect(plan.items.first?.action.path == RawPath("/d/*.c"))
    }
}
