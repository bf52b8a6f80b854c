import Foundation
import Testing

/// `touchmon watch`: how the command runs, and how it all ends.
@Suite(.enabled(if: Binary.isThere, Binary.reason))
struct WatchRunTests {
    @Test func `a run has the caller's environment, directory and umask`() throws {
        let place = try WatchPlace(["a"])
        try place.program(
            "show",
            """
            mask = os.umask(0)
            log(" ".join([os.environ["COLOUR"], os.getcwd(), oct(mask), os.environ["PAGER"],
                os.environ["TOUCHMON_PATH"], os.environ["TOUCHMON_REASON"],
                str(os.environ.get("TOUCHMON_STATUS"))]))
            """)
        let watch = try place.begin(
            "umask 037; export COLOUR=blue TOUCHMON_STATUS=9; unset PAGER; exec watch a -- show")
        #expect(place.wait(for: 1))
        let work = place.directory
        #expect(place.log == ["blue \(work) 0o37 cat \(work)/a start None"])
        watch.signal(SIGINT)
        #expect(watch.status() == 0)
    }

    @Test func `files are arguments, also of a shell`() throws {
        let place = try WatchPlace(["a.sql", "b.sql"])
        try place.stub("psql")
        let watch = try place.begin("exec watch *.sql -- psql /_ {path} {paths} x/_")
        let shell = try place.begin("exec watch -s *.sql -- 'psql -s $0 | cat' ';' 'psql 2'")
        #expect(place.wait(for: 3))
        try place.write("b.sql")
        #expect(place.wait(for: 6))
        let expected = [
            "psql a.sql a.sql x/_", "psql -s a.sql", "psql 2", "psql b.sql b.sql b.sql x/_",
            "psql -s b.sql", "psql 2",
        ]
        #expect(place.log.sorted() == expected.sorted())
        for command in [watch, shell] {
            command.signal(SIGTERM)
            #expect(command.status() == 0)
        }
    }

    @Test func `there is one run at a time, and touches during it become one more`() throws {
        let place = try WatchPlace(["a", "b"])
        let gate = try Gate(place.scratch("gate"))
        try place.program(
            "slow",
            """
            os.open("\(place.scratch("lock"))", os.O_CREAT | os.O_EXCL)
            os.read(os.open("\(place.scratch("gate"))", os.O_RDONLY), 1)
            os.unlink("\(place.scratch("lock"))")
            log(" ".join(sorted(os.path.basename(json.loads(l)["path"]) for l in sys.stdin)))
            """)
        let watch = try place.begin("exec watch . -- slow")
        #expect(eventually { access(place.scratch("lock"), F_OK) == 0 })
        for file in ["a", "b", "a"] { try place.write(file) }
        for _ in 0..<3 { gate.open() }
        try place.write("c")
        #expect(eventually { place.log.last?.contains("c") == true }, "\(watch.errors)")
        // Whether the last touch came before the second run is a matter of luck.
        #expect([["", "a b", "c"], ["", "a b c"]].contains(place.log), "\(place.log)")
        watch.signal(SIGINT)
        #expect(watch.status() == 0)
    }

    @Test(arguments: ["-r", "--restart", "-o restart", "--busy restart"])
    func `a run is stopped and begun anew`(option: String) throws {
        let place = try WatchPlace(["a"])
        try place.stub("serve", serves: true)
        let watch = try place.begin("exec watch \(option) . -- serve")
        #expect(place.wait(for: 1))
        try place.write("a")
        #expect(place.wait(for: 3))
        #expect(place.log == ["serve", "end", "serve"])
        watch.signal(SIGINT)
        #expect(watch.status() == 0)
        #expect(place.log == ["serve", "end", "serve", "end"])
        #expect(watch.errors == "")
    }

    @Test func `a touch during a run may do nothing, or be told by a signal`() throws {
        let place = try WatchPlace(["a"])
        try place.stub("serve", serves: true)
        let quiet = try place.begin("exec watch -o do-nothing a -- serve")
        #expect(place.wait(for: 1))
        let told = try place.begin("exec watch --signal TERM a -- serve 2")
        #expect(place.wait(for: 2))
        try place.write("a")
        #expect(place.wait(for: 3))
        #expect(place.log == ["serve", "serve 2", "end"])
        for command in [quiet, told] {
            command.signal(SIGINT)
            #expect(command.status() == 0)
        }
        #expect(place.log == ["serve", "serve 2", "end", "end"])
    }

    @Test func `a postponed command waits for a touch, and a settled one for quiet`() throws {
        let place = try WatchPlace(["a"])
        let watch = try place.begin("exec watch -p --settle 300ms . -- record")
        #expect(
            try eventually(every: 700_000) {
                try place.write("a")
                return !place.log.isEmpty
            })
        #expect(place.log == ["a"])
        watch.signal(SIGINT)
        #expect(watch.status() == 0)
    }

    @Test(arguments: [
        ("true", 0), ("exit 3", 3), ("kill -9 $$", 137), ("exit 255", 255),
    ])
    func `with --once it ends as the command does`(command: String, status: Int32) throws {
        for option in ["--once", "-z", "-rz"] {
            let place = try WatchPlace(["a"])
            let watch = try place.begin("exec watch \(option) . -s -- '\(command)'")
            #expect(watch.status() == status)
            #expect(watch.errors == "")
        }
    }

    @Test func `what is ended before its one run tells by which signal`() throws {
        for (signal, status) in [(SIGINT, Int32(130)), (SIGTERM, 143), (SIGHUP, 129)] {
            let place = try WatchPlace(["a"])
            try place.stub("serve", serves: true)
            let watch = try place.begin("exec watch -z . -- serve")
            #expect(place.wait(for: 1))
            watch.signal(signal)
            #expect(watch.status() == status)
            #expect(place.log == ["serve", "end"])
        }
    }

    @Test func `a failed run is told, and one that can't be started`() throws {
        let place = try WatchPlace(["a"])
        try place.stub("fail", status: 2)
        let failing = try place.begin("exec watch . -- fail")
        #expect(eventually { failing.errors == "touchmon: exit status 2\n" }, "\(failing.errors)")
        let mistyped = try place.begin("exec watch . -- mkae")
        #expect(
            eventually {
                mistyped.errors.hasPrefix(
                    "touchmon: unable to execute mkae: no such file or directory\ninstall")
            }, "\(mistyped.errors)")
        // What comes later is not run in vain.
        try place.stub("mkae")
        try place.write("a")
        #expect(eventually { place.log.contains("mkae") })
        for command in [failing, mistyped] {
            command.signal(SIGINT)
            #expect(command.status() == 0)
        }
        #expect(try place.begin("exec watch -z . -- nonesuch").status() == 127)
    }

    @Test func `a second signal kills what the first did not end`() throws {
        let place = try WatchPlace(["a"])
        try place.program(
            "deaf",
            """
            signal.signal(signal.SIGTERM, lambda *_: open("\(place.scratch("asked"))", "w"))
            open("\(place.scratch("pid"))", "w").write(str(os.getpid()))
            while True: signal.pause()
            """)
        let watch = try place.begin("exec watch . -- deaf")
        func pid() -> Int32? {
            (try? String(contentsOfFile: place.scratch("pid"), encoding: .utf8)).flatMap(Int32.init)
        }
        #expect(eventually { pid() != nil })
        watch.signal(SIGINT)
        #expect(eventually { access(place.scratch("asked"), F_OK) == 0 })
        #expect(watch.isRunning)
        watch.signal(SIGINT)
        #expect(watch.status(within: 5) == 0)
        #expect(kill(try #require(pid()), 0) == -1)
    }

    @Test func `it keeps nothing, and listens to nobody`() throws {
        let place = try WatchPlace(["a"])
        let watch = try place.begin(
            "export XDG_STATE_HOME=$PWD/../state XDG_RUNTIME_DIR=$PWD/../run; "
                + "exec watch . -- record")
        #expect(place.wait(for: 1))
        try place.expectRun(for: ["a"])
        for name in ["state", "run"] { #expect(access(place.scratch(name), F_OK) == -1) }
        watch.signal(SIGINT)
        #expect(watch.status() == 0)
    }

    // MARK: --print

    @Test func `touches are printed as lines of JSON`() throws {
        let place = try WatchPlace(["a", "b"])
        let watch = try place.begin("exec watch --print")
        func lines() -> [[String: Any]] {
            watch.output.split(separator: "\n").compactMap {
                try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
            }
        }
        #expect(
            try eventually {
                try place.write("a")
                return !lines().isEmpty
            })
        unlink("\(place.directory)/b")
        #expect(eventually { lines().last?["path"] as? String == "\(place.directory)/b" })
        let (first, last) = (try #require(lines().first), try #require(lines().last))
        var status = stat()
        #expect(stat("\(place.directory)/a", &status) == 0)
        #expect(first["path"] as? String == "\(place.directory)/a")
        #expect(first["change"] as? String == "touch")
        #expect(first["type"] as? String == "file")
        #expect(first["inode"] as? UInt64 == UInt64(status.st_ino))
        #expect(first["size"] as? Int == 2)
        #expect((first["mtime"] as? String)?.hasSuffix("Z") == true)
        #expect((first["time"] as? String)?.hasSuffix("Z") == true)
        if Binary.isRoot {
            #expect((first["touched_by"] as? [String: Any])?["pid"] as? Int32 == getpid())
        }
        #expect(last["change"] as? String == "delete")
        watch.signal(SIGINT)
        #expect(watch.status() == 0)
        #expect(watch.errors == "" && place.log.isEmpty)
    }

    @Test func `printing ends when nobody reads any more`() throws {
        let place = try WatchPlace(["a"])
        // Its own status, and not that of head(1).
        let watch = try place.begin(
            "set -o pipefail; { watch --print; echo \"ended $?\" >&2; } | head -1")
        #expect(
            try eventually {
                try place.write("a")
                return watch.errors == "ended 0\n"
            }, "\(watch.errors)")
        #expect(watch.status() == 0)
        #expect(watch.output.split(separator: "\n").count == 1)
    }

    // MARK: At a terminal

    @Test(arguments: [
        ("-c", "\u{1B}[H\u{1B}[2J"), ("-cc", "\u{1B}[H\u{1B}[2J\u{1B}[3J"), ("-r", ""),
    ])
    func `a terminal is cleared before each run`(option: String, clearing: String) throws {
        let place = try WatchPlace(["a"])
        try place.stub("hello")
        let watch = try place.begin(
            "exec script -qefc \"exec watch \(option) . "
                + "-s -- 'echo hi; test -t 1 && hello \\$PPID'\" /dev/null")
        #expect(place.wait(for: 1), "\(watch.output) \(watch.errors)")
        try place.write("a")
        #expect(place.wait(for: 2))
        #expect(
            eventually { watch.output == "\(clearing)hi\r\n\(clearing)hi\r\n" }, "\(watch.output)")
        let pid = try #require(Int32(place.log[0].dropFirst(6)))
        kill(pid, SIGINT)
        #expect(watch.status() == 0)
    }

    @Test func `what is no terminal is not cleared`() throws {
        let place = try WatchPlace(["a"])
        let watch = try place.begin("exec watch -ccz . -- echo hi")
        #expect(watch.status() == 0)
        #expect(watch.output == "hi\n")
    }

    // MARK: Wrong usage

    /// Arguments, the status, and what is said.
    @Test(arguments: [
        ("", Int32(64), "no command"), (".", 64, "behind `--`"), (". --", 64, "no command"),
        ("--print -- make", 64, "nothing is run"),
        ("-r -o queue -- make", 64, "exclude each other"),
        ("-r --signal HUP -- make", 64, "--stop-signal"),
        ("-s SIGKILL -- make", 64, "watchexec's -s SIGKILL is --signal KILL"),
        ("-d 500ms -- make", 64, "--settle"), ("-d 50 -- make", 64, "--settle"),
        ("--settle 50 -- make", 64, "--settle"), ("--stop-signal NONE -- make", 64, "NONE"),
        ("--on access -- make", 64, "access"), ("--on exists -- make", 64, "exists"),
        ("-- /_", 64, "the program can't be"), ("-i '../x' -- make", 64, "`..`"),
        ("-i 'a[' -- make", 64, "nothing closes"),
        ("none/such -- make", 66, "`none/such`"),
        ("-- make < ../empty", 66, "standard input names no path"),
    ])
    func `wrong usage is said, and what is right`(
        arguments: String, status: Int32, text: String
    ) throws {
        let place = try WatchPlace(["a"])
        try place.scratch.write("empty")
        let watch = try place.begin("exec watch \(arguments)")
        #expect(watch.status() == status, "\(watch.errors)")
        #expect(watch.errors.contains(text), "\(watch.errors)")
    }

    @Test func `a file that is not there yet is waited for, and that is said`() throws {
        let place = try WatchPlace(["a"])
        let watch = try place.begin("exec watch new a -- record")
        #expect(place.wait(for: 1))
        #expect(watch.errors == "touchmon: `new` is not there yet; watching for it\n")
        try place.write("new")
        #expect(place.wait(for: 2))
        #expect(place.log == ["", "new"])
        watch.signal(SIGINT)
        #expect(watch.status() == 0)
    }
}
