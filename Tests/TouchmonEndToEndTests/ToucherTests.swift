import Foundation
import Testing

/// Who touched, as the kernel tells it, with real users.
@Suite(
    .enabled(if: Binary.isThere, Binary.reason),
    .enabled(if: Binary.isRoot, Binary.rootReason))
struct ToucherTests {
    /// A file that everybody may touch, and how: also through other names of it.
    private final class Place {
        let scratch: Scratch
        let stamp: String
        let told: String
        let actions: String
        /// Its runs come when all that was done before is judged.
        private let late: String
        private var passes: [Int32: Int] = [:]

        init(_ keys: [String: Any] = [:], script: String = "") throws {
            scratch = try Scratch()
            for name in ["open", "elsewhere"] {
                try FileManager.default.createDirectory(
                    atPath: scratch(name), withIntermediateDirectories: false)
                chmod(scratch(name), 0o777)
            }
            stamp = try scratch.write("open/stamp")
            chmod(stamp, 0o666)
            told = try scratch.write("told")
            let tell =
                "echo run=$TOUCHMON_RUN pid=$TOUCHMON_TOUCHED_BY_PID "
                + "uid=$TOUCHMON_TOUCHED_BY_UID user=$TOUCHMON_TOUCHED_BY_USER >> \(told)"
            let action: [String: Any] = [
                "argv": ["sh", "-c", "\(tell); \(script)"], "user": "root",
            ]
            late = try scratch.write("late")
            actions = try scratch.actions([
                stamp: action.merging(keys) { $1 },
                late: ["argv": ["true"], "user": "root"].merging(TouchmonProcess.lateness) { $1 },
            ])
        }

        var lines: [String] {
            ((try? String(contentsOfFile: told, encoding: .utf8)) ?? "")
                .split(separator: "\n").map(String.init)
        }

        /// How many runs of the path have ended.
        func runs(_ daemon: TouchmonProcess) -> Int { daemon.runs(of: stamp) }

        /// Waits until the daemon has judged all that was done, and no run is under way.
        func settle(_ daemon: TouchmonProcess) throws {
            passes[daemon.pid, default: 0] += 1
            utimes(late, nil)
            let isOver = eventually { [late, passes] in
                daemon.runs(of: late) == passes[daemon.pid]
                    && daemon.count("run_started") == daemon.count("run_ended")
            }
            try #require(isOver, "\(daemon.text)")
        }

        /// What a run that this one touched for tells.
        func line(_ run: Int, _ person: Person) -> String {
            "run=\(run) pid=\(person.pid) uid=\(person.user.id) user=\(person.user.name)"
        }
    }

    /// Ways to touch a file, one line of Python each; `s` is the path, `e` a directory elsewhere.
    private static let ways: [(name: String, prepare: String, touch: String)] = [
        ("write", "pass", "open(s, 'a').write('x')"),
        ("set times", "pass", "os.utime(s)"),
        ("through a hard link", "os.link(s, e + '/hard')", "open(e + '/hard', 'a').write('x')"),
        ("through a symbolic link", "os.symlink(s, e + '/soft')", "os.utime(e + '/soft')"),
        ("rename over", "open(e + '/new', 'w').write('x')", "os.rename(e + '/new', s)"),
        (
            "through an open descriptor", "global f; f = os.open(s, os.O_WRONLY)",
            "os.write(f, b'x'); os.close(f)"
        ),
        (
            "through a descriptor of a file that was renamed",
            "open(e + '/old', 'w').close(); global g; g = os.open(e + '/old', os.O_WRONLY); "
                + "os.rename(e + '/old', s)",
            "os.write(g, b'x'); os.close(g)"
        ),
        ("remove and make again", "pass", "os.unlink(s); open(s, 'w').write('x')"),
    ]

    @Test func `the run is told who touched, and the log and the ledger`() throws {
        let place = try Place()
        let daemon = try TouchmonProcess.daemon([place.actions])
        let people = try [Users.alice, Users.bob, Users.carol].map { try Person($0) }
        for (index, person) in people.enumerated() {
            try person("open('\(place.stamp)', 'a').write('x')")
            #expect(daemon.wait(for: "run_ended", count: index + 1))
            #expect(place.lines.last == place.line(index + 1, person))
        }
        let told = daemon.events("touched").compactMap { $0["touched_by"] as? [String: Any] }
        #expect(told.map { $0["uid"] as? uid_t } == people.map(\.user.id))
        #expect(told.map { $0["user"] as? String } == people.map(\.user.name))
        #expect(told.map { $0["pid"] as? Int32 } == people.map(\.pid))
        #expect(daemon.stop() == 0)
        let rows = try rows(
            "number, touched_by_process, touched_by_user FROM run ORDER BY number", of: daemon)
        #expect(rows == people.enumerated().map { "\($0 + 1) \($1.pid) \($1.user.id)" })
    }

    private func rows(_ what: String, of daemon: TouchmonProcess) throws -> [String] {
        let select = "SELECT " + what
        let command = try Command.run([
            "python3", "-c",
            "import sqlite3, sys\nfor row in sqlite3.connect(sys.argv[1]).execute(sys.argv[2]): "
                + "print(*row)", "\(daemon.state)/ledger.sqlite", select,
        ])
        return command.output.split(separator: "\n").map(String.init)
    }

    /// However the file is touched, it is known who did it: one whose touches count, or not.
    @Test func `touched_by: no way of touching tells a lie`() throws {
        let place = try Place(["touched_by": ["users": [Users.alice.name]]])
        let daemon = try TouchmonProcess.daemon([place.actions])
        let (alice, carol) = (try Person(Users.alice), try Person(Users.carol))
        let begin = "global s, e; s = '\(place.stamp)'; e = '\(place.scratch("elsewhere"))'"
        for person in [alice, carol] { try person(begin) }
        var runs = 0
        var refused = 0
        for way in Self.ways {
            for person in [carol, alice] {
                // What has to be done before may be a touch as well.
                try person(way.prepare)
                try place.settle(daemon)
                (runs, refused) = (place.runs(daemon), daemon.count("toucher_refused"))
                try person(way.touch)
                try place.settle(daemon)
                let isCounted = place.runs(daemon) > runs
                #expect(isCounted == (person === alice), "\(way.name): \(daemon.text)")
                #expect((daemon.count("toucher_refused") > refused) == (person === carol))
                try person("[os.unlink(e + '/' + n) for n in os.listdir(e)]")
                try place.settle(daemon)
            }
            chmod(place.stamp, 0o666)
        }
        let users = daemon.events("toucher_refused").compactMap {
            ($0["touched_by"] as? [String: Any])?["user"] as? String
        }
        #expect(Set(users) == [Users.carol.name])
        #expect(daemon.count("toucher_refused") == users.count, "each is known")
        #expect(daemon.stop() == 0)
    }

    @Test func `touched_by: groups of the user, primary and others, and numbers`() throws {
        let bob = Users.bob
        let other = try #require(bob.groups.last { $0 != bob.group })
        for groups: [Any] in [["tm-two"], [Int(other)], ["tm-alice", bob.name], [Int(bob.group)]] {
            let place = try Place(["touched_by": ["groups": groups]])
            let daemon = try TouchmonProcess.daemon([place.actions])
            let (person, stranger) = (try Person(bob), try Person(Users.carol))
            try stranger("open('\(place.stamp)', 'a').write('x')")
            #expect(daemon.wait(for: "toucher_refused", count: 1))
            try person("open('\(place.stamp)', 'a').write('x')")
            #expect(daemon.wait(for: "run_ended", count: 1))
            #expect(place.lines == [place.line(1, person)])
            #expect(daemon.stop() == 0)
        }
    }

    /// The daemon sleeps while somebody touches and is gone: nobody can tell any more.
    private func touchAndLeave(_ daemon: TouchmonProcess, _ place: Place) throws {
        daemon.signal(SIGSTOP)
        try Users.alice.run(["touch", place.stamp])
        daemon.signal(SIGCONT)
    }

    @Test func `touched_by: one who is gone is nobody`() throws {
        let place = try Place(["touched_by": ["users": [Users.alice.name]]])
        let daemon = try TouchmonProcess.daemon([place.actions])
        try touchAndLeave(daemon, place)
        #expect(daemon.wait(for: "toucher_refused", count: 1))
        #expect(daemon.events("toucher_refused").first?["touched_by"] == nil)
        let message = try #require(daemon.events("toucher_refused").first?["message"] as? String)
        #expect(message.hasPrefix("touch refused, touched by nobody knows whom"))
        let carol = try Person(Users.carol)
        try carol("open('\(place.stamp)', 'a').write('x')")
        #expect(daemon.wait(for: "toucher_refused", count: 2))
        #expect(daemon.stop() == 0)
        #expect(daemon.count("run_started") == 0)
        // It is in the ledger, too.
        let refused = try rows(
            "reason, touched_by_process, touched_by_user FROM refusal ORDER BY number", of: daemon)
        #expect(refused == ["1 None None", "1 \(carol.pid) \(Users.carol.id)"])
    }

    @Test func `without a guard, one who is gone has his run`() throws {
        let place = try Place()
        let daemon = try TouchmonProcess.daemon([place.actions])
        try touchAndLeave(daemon, place)
        #expect(daemon.wait(for: "run_ended", count: 1))
        #expect(place.lines == ["run=1 pid= uid= user="])
        #expect(daemon.stop() == 0)
    }

    @Test func `who exchanges a link or a directory on the way is known`() throws {
        let place = try Place()
        let files = FileManager.default
        for name in ["one", "two"] {
            try files.createDirectory(
                atPath: place.scratch("open/\(name)"), withIntermediateDirectories: false)
            try place.scratch.write("open/\(name)/stamp", name)
        }
        let link = place.scratch("open/current")
        try files.createSymbolicLink(atPath: link, withDestinationPath: "one")
        let actions = try place.scratch.actions(
            [
                "\(link)/stamp": [
                    "argv": ["sh", "-c", "echo uid=$TOUCHMON_TOUCHED_BY_UID >> \(place.told)"],
                    "user": "root",
                ]
            ], in: "link.json")
        let daemon = try TouchmonProcess.daemon([actions])
        let carol = try Person(Users.carol)
        try carol("os.symlink('two', '\(link).new'); os.rename('\(link).new', '\(link)')")
        #expect(daemon.wait(for: "run_ended", count: 1))
        #expect(place.lines == ["uid=\(Users.carol.id)"])
        #expect(daemon.stop() == 0)
    }

    @Test func `own_changes: what a run writes itself leads to no other`() throws {
        let place = try Place(["own_changes": "ignore"], script: "echo x >> $TOUCHMON_PATH")
        let daemon = try TouchmonProcess.daemon([place.actions])
        let alice = try Person(Users.alice)
        for count in 1...3 {
            try alice("open('\(place.stamp)', 'a').write('x')")
            #expect(daemon.wait(for: "run_ended", count: count))
            #expect(daemon.wait(for: "own_change", count: count))
        }
        try place.settle(daemon)
        #expect(daemon.stop() == 0)
        #expect(place.lines == (1...3).map { place.line($0, alice) })
        // Nor is it caught up.
        let next = try TouchmonProcess.daemon([place.actions], state: daemon.state)
        try place.settle(next)
        #expect(place.runs(next) == 0 && next.count("caught_up") == 0)
        #expect(next.stop() == 0)
    }

    @Test func `an ordinary user's daemon refuses what needs root`() throws {
        let scratch = try Scratch()
        let stamp = try scratch.write("stamp")
        let file = try scratch.actions([
            stamp: [
                "argv": ["true"], "touched_by": ["users": ["root"]], "own_changes": "ignore",
            ]
        ])
        let answer = try Users.alice.run([try #require(Binary.path), "check", file])
        #expect(answer.status == 77)
        #expect(answer.output.contains("`touched_by` needs root"))
        #expect(answer.output.contains("`own_changes` needs root"))
    }
}
