import Testing
import TouchmonCore

/// What becomes of the arguments of `touchmon watch`: one action, for all paths.
@Suite struct WatchOrderTests {
    static func path(_ path: String, isDirectory: Bool = false) -> WatchedPaths.Item {
        .path(RawPath(path), isDirectory: isDirectory)
    }

    static func patterns(_ texts: String...) -> [WatchedPaths.Item] {
        texts.compactMap { text in
            let key = try? TreeKey(text.markedBytes, relativeTo: RawPath("/home/p"), isDeep: true)
            return key.map { .pattern($0, base: $0.base) }
        }
    }

    static func surroundings(_ environment: [String] = ["PATH=/usr/bin", "SHELL=/bin/zsh"])
        -> WatchOrder.Surroundings
    {
        WatchOrder.Surroundings(
            directory: RawPath("/home/p"), environment: environment.map(\.markedBytes),
            identity: RunIdentity(name: "alice", user: 1000, group: 1000, groups: [1000, 27]),
            umask: 0o027)
    }

    static func action(
        _ items: [WatchedPaths.Item], _ command: [String] = ["make"], repository: String? = nil,
        _ change: (inout WatchOrder) -> Void = { _ in }
    ) throws -> PlannedAction {
        var order = WatchOrder(items, command: command.map(\.markedBytes))
        change(&order)
        return try order.action(surroundings(), repository: repository.map { RawPath($0) })
    }

    private static func words(_ strings: PackedStrings) -> [String] {
        strings.strings.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `a run has all of the caller's, and none of an outer run's variables`() throws {
        var order = WatchOrder([Self.path("/home/p/a.c")], command: ["make".markedBytes])
        order.exclude = ["*.log".markedBytes]
        let command = try order.action(
            Self.surroundings([
                "PATH=/opt/bin:/usr/bin", "LANG=C.UTF-8", "TOUCHMON_RUN=7", "HOME=/home/p",
            ]), repository: nil
        ).command
        #expect(
            Self.words(command.environment) == [
                "PATH=/opt/bin:/usr/bin", "LANG=C.UTF-8", "HOME=/home/p", "PAGER=cat",
            ])
        #expect(Self.words(command.programs) == ["/opt/bin/make", "/usr/bin/make"])
        #expect(command.identity.groups == [27, 1000])
        #expect(command.umask == 0o027)
        #expect(command.workingDirectory == nil)
        #expect(command.touch.on == [.touch, .delete])
        #expect(command.output == .inherit)
        #expect(command.reader == nil && command.guardian == nil)
    }

    @Test func `a pager of the caller's stays`() throws {
        let order = WatchOrder([Self.path("/home/p/a.c")], command: ["make".markedBytes])
        let command = try order.action(
            Self.surroundings(["PAGER=less", "PATH=/bin"]), repository: nil
        ).command
        #expect(Self.words(command.environment) == ["PAGER=less", "PATH=/bin"])
    }

    @Test func `the first run comes at once, unless it is postponed or there is none`() throws {
        let items = [Self.path("/home/p/a.c")]
        #expect(try Self.action(items).command.policy.runAtStart)
        #expect(try !Self.action(items) { $0.isPostponed = true }.command.policy.runAtStart)
        #expect(try !Self.action(items, []).command.policy.runAtStart)
    }

    @Test func `a run waits for quiet, but not for ever`() throws {
        let items = [Self.path("/home/p/a.c")]
        let usual = try Self.action(items).command.settle
        #expect(usual == SettlePolicy(quiet: .milliseconds(50), max: .seconds(1)))
        let printing = try Self.action(items, []).command.settle
        #expect(printing == SettlePolicy(quiet: .zero, max: .zero))
        let asked = try Self.action(items) { $0.settle = .seconds(2) }.command.settle
        #expect(asked == SettlePolicy(quiet: .seconds(2), max: .seconds(40)))
    }

    @Test func `files stand for themselves among the arguments`() throws {
        let action = try Self.action(
            [Self.path("/home/p/my.sql")], ["psql", "-f", "/_", "{path}", "{paths}", "x/_"])
        #expect(
            Self.words(action.command.argv) == [
                "psql", "-f", "/home/p/my.sql", "/home/p/my.sql", "{paths}", "x/_",
            ])
        let placeholders = try #require(action.command.tree).value.argvPlaceholders
        #expect(placeholders == [2: .path, 3: .path, 4: .paths])
        for program in ["/_", "{path}", "{paths}"] {
            #expect(throws: WatchOrder.Problem.self) {
                try Self.action([Self.path("/home/p/a.c")], [program])
            }
        }
    }

    @Test func `a text for the shell is one, and has the file as its name`() throws {
        let action = try Self.action(
            [Self.path("/home/p/a.c")], ["make |", "head"]
        ) { $0.usesShell = true }
        #expect(
            Self.words(action.command.argv) == ["/bin/zsh", "-c", "make | head", "/home/p/a.c"])
        #expect(action.command.tree?.value.argvPlaceholders == [3: .path])
        var order = WatchOrder([Self.path("/home/p/a.c")], command: ["make".markedBytes])
        order.usesShell = true
        let plain = try order.action(Self.surroundings(["A=b"]), repository: nil)
        #expect(Self.words(plain.command.argv).first == "/bin/sh")
    }

    @Test func `a run is told the path that was named, or the directory of all`() throws {
        let one = try Self.action([Self.path("/home/p/src", isDirectory: true)])
        #expect(one.path == RawPath("/home/p/src"))
        let many = try Self.action([Self.path("/home/p/src/a"), Self.path("/home/p/doc/b")])
        #expect(many.path == RawPath("/home/p"))
    }

    @Test func `where nothing is touched yet, a pattern's directory stands for the file`() throws {
        let action = try Self.action(Self.patterns("src/*.c"), ["echo", "/_"])
        #expect(Self.words(action.command.argv) == ["echo", "/home/p/src"])
        let shell = try Self.action(Self.patterns("src/*.c"), ["echo"]) { $0.usesShell = true }
        #expect(Self.words(shell.command.argv).last == "/home/p/src")
    }

    @Test func `what is watched begins in the lowest directory that holds all of it`() {
        #expect(WatchedPaths.commonDirectory(of: []) == nil)
        #expect(
            WatchedPaths.commonDirectory(of: ["/a/b/c", "/a/b", "/a/bc"].map { RawPath($0) })
                == RawPath("/a"))
        #expect(
            WatchOrder([], command: []).base(from: RawPath("/home/p")) == RawPath("/home/p"))
    }

    @Test func `a point alone is the ending of no name`() throws {
        let items = [Self.path("/home/p", isDirectory: true)]
        func endings(_ texts: String...) throws -> Selection? {
            try Self.action(items) { $0.extensions = texts.map(\.markedBytes) }
                .command.tree?.value.selection
        }
        #expect(try endings(".") == endings())
        #expect(try endings(".c", ".") == endings("c"))
        #expect(try endings("c") != endings())
    }

    @Test func `patterns that are too many together are refused`() throws {
        let many = "{" + (0..<900).map { "a\($0)" }.joined(separator: ",") + "}"
        func action(_ count: Int) throws -> PlannedAction {
            try Self.action([Self.path("/home/p", isDirectory: true)]) { order in
                order.exclude = (0..<count).map { "\(many)\($0)".markedBytes }
            }
        }
        _ = try action(1)
        let problem = try #require(throws: WatchOrder.Problem.self) { _ = try action(40) }
        #expect(problem.message.hasPrefix("the patterns stand for more than "))
    }

    @Test func `what is wrong with a pattern is said`() throws {
        for pattern in [
            "a[", "x{a,b", "../x", "a/../b", "/", "{" + String(repeating: "a,", count: 2000) + "}",
        ] {
            #expect(throws: WatchOrder.Problem.self, "\(pattern)") {
                try Self.action([Self.path("/home/p", isDirectory: true)]) {
                    $0.exclude = [pattern.markedBytes]
                }
            }
        }
    }
}
