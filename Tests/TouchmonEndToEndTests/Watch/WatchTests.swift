import Foundation
import Testing

/// `touchmon watch`: which touches lead to a run.
@Suite(.enabled(if: Binary.isThere, Binary.reason))
struct WatchTests {
    @Test func `the command runs at once, and after each touch for what was touched`() throws {
        let place = try WatchPlace(["a.c", "src/b.c"])
        let watch = try place.begin("exec watch -- record")
        #expect(place.wait(for: 1))
        #expect(place.log == [""])
        try place.expectRun(for: ["a.c"])
        try place.expectRun(for: ["src/b.c"])
        // In a directory that is new as well.
        try place.expectRun(for: ["new/deep/c.c"])
        try place.expectRun(for: ["a.c"]) { unlink("\(place.directory)/a.c") }
        watch.signal(SIGINT)
        #expect(watch.status() == 0)
        #expect(watch.errors == "" && watch.output == "")
    }

    @Test(arguments: [
        "vim -N -u NONE -i NONE -es -c 'normal ggOx' -c wq a.c", "sed -i s/x/y/ a.c",
        "echo y >> a.c", "cp b.c a.c", "cp b.c c.tmp~ && mv c.tmp~ a.c", "touch a.c",
    ])
    func `one save is one run, also where a file is named several times`(save: String) throws {
        let place = try WatchPlace(["a.c", "b.c"])
        let watch = try place.begin("exec watch . a.c ./a.c '*.c' \"$PWD\" -- record")
        #expect(place.wait(for: 1))
        try place.expectRun(for: ["a.c"]) { try place.shell(save) }
        watch.signal(SIGINT)
        #expect(watch.status() == 0)
    }

    /// What is done to many files, or in several steps, is one run where it pauses for less than what is
    /// waited for: here enough for a machine that does much else.
    @Test(arguments: [
        ("git checkout -q main", true), ("rm src/0/f0.c && echo z > src/0/f0.c", false),
    ])
    func `what is done without a pause is one run`(line: String, isOfAll: Bool) throws {
        let place = try WatchPlace()
        let files = (0..<50).map { "src/\($0 % 7)/f\($0).c" }
        for file in files { try place.write(file) }
        let git = "git -c user.name=x -c user.email=x@x -c init.defaultBranch=main"
        try place.shell("\(git) init -q && \(git) add -A && \(git) commit -qm 1")
        for file in files { try place.write(file, "y\n") }
        try place.shell("\(git) checkout -qb two && \(git) commit -qam 2")
        let watch = try place.begin("exec watch --settle 1s -- record")
        #expect(place.wait(for: 1))
        try place.expectRun(for: isOfAll ? files : ["src/0/f0.c"]) { try place.shell(line) }
        watch.signal(SIGINT)
        #expect(watch.status() == 0)
    }

    /// Options, a file that counts with them, and some that do not.
    @Test(arguments: [
        ("", "a.c", ["x.o", ".hidden", "a.c~", "build/a.c", ".git/x"]),
        ("--no-gitignore", "x.o", [".hidden"]), ("--no-vcs-ignore", "build/a", ["b~"]),
        ("--no-defaults", ".hidden", ["x.o"]), ("--no-default-ignore", "b~", ["x.o"]),
        ("-i '*.c' --exclude doc/", "a.h", ["a.c", "doc/a.h", "src/doc/b"]),
        ("-i src/gen", "gen/a", ["src/gen/a"]), ("--ignore '/top'", "x/top", ["top"]),
        ("-e c,.h", "src/a.h", ["a.md", "c"]), ("-ec", "a.c", ["a.h"]),
        ("-f '*.{c,h}' -f 'doc/**'", "doc/x/a.md", ["a.md"]),
        ("src", "src/a", ["a", "doc/b"]), ("-w src -w doc", "doc/a", ["a"]),
        ("-W src", "src/a", ["src/x/a", "a"]), ("'src/**/*.c'", "src/x/y/a.c", ["src/a.h", "a.c"]),
        ("src/gone.c", "src/gone.c", ["src/a"]), ("build x.o", "x.o", ["y.o", ".build"]),
        ("build", "build/a", ["a.o"]), ("-d src/old.rb", "src/new.rb", ["src/a.o", "new.rb"]),
        ("--on create", "new.c", ["src/old.rb"]),
    ])
    func `an option says which files count`(
        options: String, file: String, others: [String]
    ) throws {
        let place = try WatchPlace(["src/old.rb", "src/x/1", "doc/1", "src/doc/1", "build/1"])
        try place.shell("git init -q && mkdir -p .git src/gen x gen doc/x src/x/y")
        try place.write(".gitignore", "*.o\n/build\n")
        let watch = try place.begin("exec watch \(options) -- record")
        #expect(place.wait(for: 1))
        for other in others { try place.write(other, "other\n") }
        try place.write(file)
        #expect(eventually { place.log.last == file }, "\(place.log)")
        #expect(place.log == ["", file])
        watch.signal(SIGINT)
        #expect(watch.status() == 0)
    }

    @Test func `gitignore is asked from the root of the repository on`() throws {
        let place = try WatchPlace(["sub/a.c"])
        try place.shell("git init -q")
        try place.write(".gitignore", "*.o\n")
        let watch = try place.begin("cd sub && exec watch -- record")
        #expect(place.wait(for: 1))
        for other in ["b.c", "sub/a.o"] { try place.write(other) }
        try place.write("sub/a.c")
        #expect(place.wait(for: 2))
        #expect(place.log == ["", "sub/a.c"])
        // And again when it changes.
        try place.write(".gitignore", "*.c\n")
        #expect(
            try eventually {
                try place.write("sub/a.o")
                return place.log.last == "sub/a.o"
            })
        watch.signal(SIGINT)
        #expect(watch.status() == 0)
    }

    @Test func `paths of links are followed, and the links count`() throws {
        let place = try WatchPlace(["real/a", "other"])
        try place.shell("ln -s real link && ln -s other file")
        let watch = try place.begin("exec watch link file -- record")
        #expect(place.wait(for: 1))
        for file in ["real/a", "other"] {
            let before = place.log.count
            try place.write(file)
            #expect(place.wait(for: before + 1))
            #expect(place.log.last == file)
        }
        try place.shell("ln -sfn real/a file")
        #expect(eventually { place.log.last == "file" })
        watch.signal(SIGINT)
        #expect(watch.status() == 0)
    }

    @Test(arguments: ["exec watch -- record < ../list", "exec watch -- record < <(cat ../list)"])
    func `thousands of paths are read from standard input, and have one run`(line: String) throws {
        let files = (0..<3000).map { "\($0 % 40)/file \($0)" }
        let place = try WatchPlace(files)
        try place.scratch.write("list", files.joined(separator: "\n") + "\n")
        let watch = try place.begin(line)
        #expect(place.wait(for: 1))
        try place.write("1/other")
        for file in [files[7], files[2999]] { try place.write(file) }
        #expect(place.wait(for: 2))
        #expect(place.log == ["", [files[2999], files[7]].sorted().joined(separator: " ")])
        watch.signal(SIGINT)
        #expect(watch.status() == 0)
    }

    @Test func `names that NUL separates may hold anything`() throws {
        let place = try WatchPlace(["a\nb"])
        let watch = try place.begin("exec watch -- record < <(printf 'a\\nb\\0')")
        #expect(place.wait(for: 1))
        try place.write("a\nb")
        #expect(place.wait(for: 2))
        watch.signal(SIGINT)
        #expect(watch.status() == 0)
    }

    /// Whose rights are an ordinary user's: every directory that is entered has a watch.
    @Test(.enabled(if: Binary.isRoot, Binary.rootReason))
    func `only the way to the paths is watched`() throws {
        let place = try WatchPlace(["a/b/c/file"])
        for index in 0..<200 { try place.write("a/\(index)/x") }
        try place.shell("chown -R \(Users.alice.id) .")
        chmod(place.scratch.path, 0o777)
        let watch = try place.begin(
            "exec watch a/b/c/file /etc/hosts -- record", prefix: Users.alice.prefix)
        #expect(place.wait(for: 1), "\(watch.errors)")
        let list = "/proc/\(watch.pid)/fdinfo"
        let watches =
            try FileManager.default.contentsOfDirectory(atPath: list)
            .compactMap { try? String(contentsOfFile: "\(list)/\($0)", encoding: .utf8) }
            .joined().components(separatedBy: "inotify wd").count - 1
        // The directories from the root on, and the root's own place.
        #expect((1...20).contains(watches), "\(watches)")
        try place.write("a/7/x")
        try place.write("a/b/c/file")
        #expect(place.wait(for: 2))
        #expect(place.log == ["", "a/b/c/file"])
        watch.signal(SIGINT)
        #expect(watch.status() == 0)
    }
}
