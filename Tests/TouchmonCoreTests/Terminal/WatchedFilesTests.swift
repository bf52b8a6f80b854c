import Testing
import TouchmonCore
import TouchmonTestSupport

/// Which files `touchmon watch` is about, and which directories it looks into for them.
@Suite struct WatchedFilesTests {
    private typealias Orders = WatchOrderTests

    /// Paths and options, the files that count and those that do not, by absolute paths; and directories
    /// that are not entered.
    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var items: [WatchedPaths.Item]
        var repository: String?
        var change: @Sendable (inout WatchOrder) -> Void = { _ in }
        var base: String
        var files: [String]
        var others: [String] = []
        var unentered: [String] = []

        var testDescription: String { name }
    }

    @Test(arguments: rows)
    func `paths and options select the files that are meant`(row: Row) throws {
        let action = try Orders.action(row.items, repository: row.repository, row.change)
        let selection = try #require(action.command.tree).value.selection
        #expect(selection.base == RawPath(row.base))
        for file in row.files {
            #expect(SelectionTests.selects(file.markedBytes, selection), "\(file)")
            // Who looks for it finds the way.
            let relative = Array(file.utf8.dropFirst(row.base.utf8.count).drop { $0 == 0x2F })
            let names = relative.split(separator: UInt8(ascii: "/"))
            for count in 0..<names.count {
                let directory = Array(names[..<count].joined(separator: "/".utf8))
                #expect(directory.withUnsafeBytes { selection.enters($0) }, "\(file) \(count)")
            }
        }
        for file in row.others {
            #expect(!SelectionTests.selects(file.markedBytes, selection), "\(file)")
        }
        for directory in row.unentered {
            let start = row.base == "/" ? 1 : row.base.utf8.count + 1
            let relative = Array(directory.utf8.dropFirst(start))
            #expect(!relative.withUnsafeBytes { selection.enters($0) }, "\(directory)")
        }
    }

    static let rows: [Row] = [
        Row(
            name: "a directory", items: [Orders.path("/home/p", isDirectory: true)],
            base: "/home/p", files: ["/home/p/a", "/home/p/b/c/d"],
            others: ["/home/p/.git/HEAD", "/home/p/a~", "/home/p/.a.swp", "/home/q"],
            unentered: ["/home/p/.git"]),
        Row(
            name: "files", items: [Orders.path("/home/p/src/a.c"), Orders.path("/home/p/x/.b")],
            base: "/home/p", files: ["/home/p/src/a.c", "/home/p/x/.b"],
            others: ["/home/p/src/b.c", "/home/p/src/a.cc", "/home/p/src/a", "/home/p/x/b"],
            unentered: ["/home/p/doc", "/home/p/src/x", "/home/p/x/y", "/home/p/s", "/home/p/sr"]),
        Row(
            name: "a file that becomes a directory", items: [Orders.path("/home/p/new")],
            base: "/home/p", files: ["/home/p/new", "/home/p/new/a"], others: ["/home/p/newer"]),
        Row(
            name: "a directory and a file in it",
            items: [
                Orders.path("/home/p", isDirectory: true), Orders.path("/home/p/.config/x~"),
            ], base: "/home/p", files: ["/home/p/a", "/home/p/.config/x~"],
            others: ["/home/p/.config/y", "/home/p/.x"]),
        Row(
            name: "paths far from each other",
            items: [Orders.path("/etc/hosts"), Orders.path("/home/p", isDirectory: true)],
            base: "/", files: ["/etc/hosts", "/home/p/a"], others: ["/etc/passwd", "/home/q/a"],
            unentered: ["/usr", "/etc/ssl", "/home/q"]),
        Row(
            name: "a name between a directory and what is in it",
            items: [
                Orders.path("/home/p/a", isDirectory: true), Orders.path("/home/p/a-b"),
                Orders.path("/home/p/a.c"),
            ], base: "/home/p", files: ["/home/p/a/x/y", "/home/p/a-b", "/home/p/a.c"],
            others: ["/home/p/a-c", "/home/p/b"]),
        Row(
            name: "a hidden directory that is named",
            items: [Orders.path("/home/p/.config", isDirectory: true)], base: "/home/p/.config",
            files: ["/home/p/.config/a"], others: ["/home/p/.config/.b"]),
        Row(
            name: "patterns",
            items: Orders.patterns("src/**/*.rs", "*.md"), base: "/home/p",
            files: ["/home/p/src/a.rs", "/home/p/src/x/y/a.rs", "/home/p/a.md"],
            others: ["/home/p/a.rs", "/home/p/src/a.md"], unentered: ["/home/p/doc"]),
        Row(
            name: "endings", items: [Orders.path("/home/p", isDirectory: true)],
            change: { $0.extensions = ["rs", ".toml", "*"].map(\.markedBytes) }, base: "/home/p",
            files: ["/home/p/a.rs", "/home/p/b/c.toml", "/home/p/a.*"],
            others: ["/home/p/rs", "/home/p/a.c"]),
        Row(
            name: "patterns of names, and of paths from the working directory",
            items: [Orders.path("/home/p", isDirectory: true)],
            change: {
                $0.include = ["*.c", "doc/*"].map(\.markedBytes)
                $0.exclude = ["build/", "src/gen/**", "/home/p/x", "/top"].map(\.markedBytes)
            }, base: "/home/p", files: ["/home/p/src/a.c", "/home/p/doc/a", "/home/p/src/top/a.c"],
            others: [
                "/home/p/a/build/a.c", "/home/p/src/gen/a/a.c", "/home/p/x/a.c", "/home/p/src/a",
                "/home/p/top/a.c",
            ], unentered: ["/home/p/build", "/home/p/x", "/home/p/top"]),
        Row(
            name: "a pattern from the working directory for a directory below it",
            items: [Orders.path("/home/p/src", isDirectory: true)],
            change: { $0.exclude = ["src/gen/".markedBytes, "**/old".markedBytes] },
            base: "/home/p", files: ["/home/p/src/a"],
            others: ["/home/p/src/gen/a", "/home/p/src/x/old", "/home/p/a"],
            unentered: ["/home/p/doc", "/home/p/src/gen"]),
        Row(
            name: "a repository above the working directory",
            items: [Orders.path("/home/p", isDirectory: true)], repository: "/home",
            change: { $0.exclude = ["p".markedBytes, "/home/p/x".markedBytes, "y/*".markedBytes] },
            base: "/home", files: ["/home/p/a"],
            others: ["/home/a", "/home/p/p", "/home/p/x/a", "/home/p/y/a"],
            unentered: ["/home/q", "/home/p/p"]),
        Row(
            name: "a repository that is not asked", items: [Orders.path("/home/p/a/b")],
            repository: "/home", change: { $0.usesGitignore = false }, base: "/home/p/a",
            files: ["/home/p/a/b"]),
        Row(
            name: "new files beside those that are named",
            items: [
                Orders.path("/home/p/src/a.rb"), Orders.path("/home/p/src/b.rb"),
                Orders.path("/home/p/Makefile"), Orders.path("/home/p/.x"),
            ], change: { $0.watchesNewFiles = true }, base: "/home/p",
            files: ["/home/p/src/new.rb", "/home/p/src/a.rb", "/home/p/Makefile"],
            others: ["/home/p/src/a.o", "/home/p/new.rb", "/home/p/.y", "/home/p/src/x/c.rb"]),
        Row(
            name: "the files directly in a directory",
            items: [.files(in: RawPath("/home/p/src"), ending: [])], base: "/home/p/src",
            files: ["/home/p/src/a"], others: ["/home/p/src/x/a", "/home/p/src/.a"],
            unentered: ["/home/p/src/x"]),
        Row(
            name: "all that is usually left out",
            items: [Orders.path("/home/p", isDirectory: true)],
            change: { $0.leavesOutUsual = false }, base: "/home/p",
            files: ["/home/p/.a", "/home/p/.b/c~"]),
    ]

    @Test func `many files cost no more than a few`() throws {
        let items = (0..<5000).map { Orders.path("/home/p/\($0 % 70)/file-\($0).c") }
        let selection = try #require(try Orders.action(items).command.tree).value.selection
        let clock = ContinuousClock()
        let taken = clock.measure {
            for index in 0..<5000 {
                let path = "\(index % 70)/file-\(index).c".markedBytes
                #expect(path.withUnsafeBytes { selection.selects($0) })
                let other = "\(index % 70)/file-\(index).cc".markedBytes
                #expect(!other.withUnsafeBytes { selection.selects($0) })
            }
        }
        // Compared one by one, it would be 50 million comparisons.
        #expect(taken < .seconds(5))
    }

    /// As `sed -i` and editors save, seen after every step.
    @Test func `a file that is written and moved into the place of another is not told`() throws {
        var kernel = SimulatedKernel()
        try kernel.makeDirectory(RawPath("/srv"))
        kernel.advance(by: .seconds(3600))
        let action = try Orders.action([Orders.path("/srv", isDirectory: true)]) {
            $0.isPostponed = true
        }
        var daemon = SimulatedDaemon(kernel: kernel, plan: [action])
        daemon.runDuration = .milliseconds(5)
        daemon.settle()
        for (from, to) in [("/srv/sed1", "/srv/a"), ("/srv/sed2", "/srv/a"), ("/srv/b", "/out")] {
            try TreeTests.write(from, &daemon.kernel)
            daemon.pass(.milliseconds(20))
            try daemon.kernel.rename(RawPath(from), to: RawPath(to))
            daemon.pass(.seconds(1))
        }
        // Where there is nothing else, the run is for what was there.
        #expect(TreeTests.paths(daemon) == [["/srv/a"], ["/srv/a"], ["/srv/b"]])
    }

    // MARK: What git ignores

    /// The paths of the runs of a daemon that watches `items` in the repository `/srv`, after each of
    /// `files` was written.
    private static func runs(
        _ items: [WatchedPaths.Item], ignored: [String: String], writing files: [String]
    ) throws -> [String] {
        let action = try Orders.action(items, repository: "/srv") {
            $0.isPostponed = true
            $0.settle = .zero
        }
        var kernel = SimulatedKernel()
        for directory in ["/srv", "/srv/build", "/srv/build/x", "/srv/src"] {
            try kernel.makeDirectory(RawPath(directory))
        }
        kernel.advance(by: .seconds(3600))
        var daemon = SimulatedDaemon(kernel: kernel, plan: [action])
        for (path, text) in ignored { daemon.ignored[RawPath(path)] = text }
        daemon.runDuration = .milliseconds(5)
        daemon.settle()
        for file in files {
            try TreeTests.write(file, &daemon.kernel)
            daemon.pass(.seconds(1))
        }
        return TreeTests.paths(daemon).flatMap { $0 }
    }

    @Test func `what git ignores is left out, also by what is said above the directory`() throws {
        let found = try Self.runs(
            [Orders.path("/srv/src", isDirectory: true)], ignored: ["/srv/.gitignore": "*.o\n"],
            writing: ["/srv/src/a.o", "/srv/src/a.c", "/srv/b.c"])
        #expect(found == ["/srv/src/a.c"])
    }

    @Test func `what is named counts, whatever git ignores`() throws {
        let found = try Self.runs(
            [
                Orders.path("/srv/build/x", isDirectory: true), Orders.path("/srv/src/a.o"),
                Orders.path("/srv/src", isDirectory: true),
            ], ignored: ["/srv/.gitignore": "build\n*.o\n"],
            writing: [
                "/srv/build/x/a.c", "/srv/build/x/a.o", "/srv/build/b.c", "/srv/src/a.o",
                "/srv/src/b.o",
            ])
        #expect(found == ["/srv/build/x/a.c", "/srv/src/a.o"])
    }
}
