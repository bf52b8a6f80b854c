import Foundation
import Glibc
import Testing
import TouchmonSystem

extension SpawnTests {
    /// Scheduling, limits and what a child may do no more, seen from inside: in a child that was made
    /// ahead and in one that was not.
    @Suite struct SpawnSettingsTests {
        /// Runs ProbeChild and tells what it said, and what became of its start.
        static func run(
            _ settings: SpawnSettings?, as identity: ProcessIdentity? = nil, isAhead: Bool,
            changing: Bool = getuid() == 0, _ arguments: [String] = []
        ) throws -> (start: Child.Start, item: Int?, probe: Probe) {
            let directory = try TemporaryDirectory()
            var spec = try spec(
                Probe.install(in: directory), arguments.map(\.bytes), as: identity,
                changing: changing)
            spec.settings = settings
            // A child that was made ahead has the output that the daemon has.
            let (child, start) = try Self.start(
                spec.redirected(to: directory("output")), isAhead: isAhead)
            let output = try? String(contentsOfFile: directory("output"), encoding: .utf8)
            return (start, child.failedItem, Probe(output ?? ""))
        }

        /// Starts a child and waits for its end.
        private static func start(
            _ spec: SpawnSpec, isAhead: Bool
        ) throws -> (child: Child, start: Child.Start) {
            var spawner = Spawner()
            let null = try OwnedDescriptor.null()
            let standard = StandardDescriptors(null: null)
            if isAhead { try spawner.makeAhead(standard) }
            let wasAhead = spawner.hasAhead
            let child = try spawner.start(spec, standard)
            let isUsed = wasAhead == isAhead && !spawner.hasAhead
            #expect(isUsed)
            let start = try child.settle(within: 10_000_000_000)
            _ = try waitForEnd(child)
            return (child, start)
        }

        static let isRoot: Comment = "needs root: it becomes other users"

        /// Every limit of this process.
        private static func own() throws -> [Int: String] {
            try #require(try run(nil, isAhead: false).probe.limits)
        }

        @Test(arguments: [true, false])
        func `what is not asked for is inherited`(isAhead: Bool) throws {
            let plain = try Self.run(nil, isAhead: isAhead).probe
            #expect(plain.limits.count == 16)
            let nice = getpriority(__priority_which_t(0), 0)
            #expect(plain.scheduling == ["nice": "\(nice)", "io": "0:0"])
            #expect(plain.status["NoNewPrivs"] == "0")
            let other = try Self.run(SpawnSettings(), isAhead: isAhead).probe
            #expect(other.limits == plain.limits)
            #expect(other.scheduling == plain.scheduling)
            #expect(other.status["NoNewPrivs"] == "0")
        }

        // MARK: Limits

        private static let limits: [(SpawnLimit, Int)] = [
            (SpawnLimit(.openFiles, 64), 7), (SpawnLimit(.processes, 500), 6),
            (SpawnLimit(.addressSpace, 1 << 30), 9), (SpawnLimit(.processorTime, 7), 0),
            (SpawnLimit(.fileSize, 1 << 30), 1), (SpawnLimit(.core, 0), 4),
        ]

        @Test(.enabled(if: getuid() == 0, isRoot), arguments: [true, false])
        func `a limit is the soft and the hard one, and no other changes`(isAhead: Bool) throws {
            let alice = try #require(TestUsers.alice).identity
            for user in [alice, try CurrentProcess.identity()] {
                for asUser in [true, false] {
                    let settings = SpawnSettings(limits: Self.limits.map(\.0), asUser: asUser)
                    let (start, _, probe) = try Self.run(settings, as: user, isAhead: isAhead)
                    #expect(start == .running)
                    var wanted = try Self.own()
                    for (limit, number) in Self.limits {
                        wanted[number] = "\(limit.value) \(limit.value)"
                    }
                    #expect(probe.limits == wanted)
                }
            }
        }

        @Test(.enabled(if: getuid() == 0, isRoot), arguments: [true, false])
        func `root's rights raise a limit, those of an action file's owner do not`(
            isAhead: Bool
        ) async {
            await #expect(processExitsWith: .success) { [isAhead] in
                _ = try SignalInbox()
                let alice = try #require(TestUsers.alice).identity
                var limit = rlimit(rlim_cur: 200, rlim_max: 200)
                try #require(setrlimit(__rlimit_resource_t(7), &limit) == 0)
                var settings = SpawnSettings(limits: [
                    SpawnLimit(.core, 0), SpawnLimit(.openFiles, 4096),
                ])
                let raised = try SpawnTests.SpawnSettingsTests.run(
                    settings, as: alice, isAhead: isAhead)
                // A root in a container may lack the right itself.
                if try SpawnTests.SpawnSettingsTests.mayRaiseLimits() {
                    #expect(raised.probe.limits[7] == "4096 4096")
                } else {
                    #expect(raised.start == .failed(.limits, .notPermitted))
                }
                settings.asUser = true
                let refused = try SpawnTests.SpawnSettingsTests.run(
                    settings, as: alice, isAhead: isAhead)
                #expect(refused.start == .failed(.limits, .notPermitted))
                #expect(refused.item == 1)
                #expect(refused.probe.limits.isEmpty)
                // Lower is everybody's right.
                settings.limits[1].value = 100
                #expect(
                    try SpawnTests.SpawnSettingsTests.run(settings, as: alice, isAhead: isAhead)
                        .probe.limits[7] == "100 100")
            }
        }

        @Test(.enabled(if: getuid() == 0, isRoot))
        func `a user with as many processes as the limit gets no further one`() async {
            await #expect(processExitsWith: .success) {
                _ = try SignalInbox()
                let carol = try #require(TestUsers.carol).identity
                var spawner = Spawner()
                let null = try OwnedDescriptor.null()
                var others: [Child] = []
                for _ in 0..<2 {
                    let other = try spawner.start(
                        spec("/bin/sleep", ["1000".bytes], as: carol),
                        StandardDescriptors(null: null))
                    #expect(try other.settle(within: 10_000_000_000) == .running)
                    others.append(other)
                }
                for isAhead in [true, false] {
                    // The kernel counts those that were there before.
                    let start = { (count: UInt64, asUser: Bool) in
                        try SpawnTests.SpawnSettingsTests.run(
                            SpawnSettings(limits: [SpawnLimit(.processes, count)], asUser: asUser),
                            as: carol, isAhead: isAhead
                        ).start
                    }
                    let (few, many) = (try start(1, false), try start(500, false))
                    #expect(few == .failed(.execute, .tryAgain), "\(few)")
                    #expect(many == .running, "\(many)")
                    // Set by the user himself it is too late for that.
                    #expect(try start(1, true) == .running)
                }
                for other in others {
                    try other.send(SIGKILL)
                    _ = try waitForEnd(other)
                }
            }
        }

        @Test(arguments: [true, false])
        func `a limit on processor time ends the program`(isAhead: Bool) throws {
            var spec = try spec("/bin/sh", ["-c".bytes, "while :; do :; done".bytes])
            spec.settings = SpawnSettings(limits: [SpawnLimit(.processorTime, 1)])
            let (child, start) = try Self.start(spec, isAhead: isAhead)
            #expect(start == .running)
            #expect(try child.reap()?.outcome == .signaled(signal: SIGKILL, dumpedCore: false))
        }

        /// Whether this process has CAP_SYS_RESOURCE, capabilities(7).
        private static func mayRaiseLimits() throws -> Bool {
            let status = try String(contentsOfFile: "/proc/thread-self/status", encoding: .utf8)
            let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("CapEff:") })
            let value = try #require(UInt64(line.dropFirst(8), radix: 16))
            return value >> 24 & 1 == 1
        }

        // MARK: Scheduling

        @Test(.enabled(if: getuid() == 0, isRoot), arguments: [true, false])
        func `root's rights give any priority`(isAhead: Bool) throws {
            let alice = try #require(TestUsers.alice).identity
            let cases: [(Int8, SpawnIOPriority, String)] = [
                (-20, SpawnIOPriority(.realtime, level: 0), "1:0"),
                (5, SpawnIOPriority(.bestEffort, level: 7), "2:7"),
                (19, SpawnIOPriority(.idle, level: 4), "3:4"),
            ]
            for (nice, priority, io) in cases {
                let (start, _, probe) = try Self.run(
                    SpawnSettings(nice: nice, ioPriority: priority), as: alice, isAhead: isAhead)
                #expect(start == .running)
                #expect(probe.scheduling == ["nice": "\(nice)", "io": io])
            }
        }

        @Test(.enabled(if: getuid() == 0, isRoot), arguments: [true, false])
        func `an action file's owner can only give way`(isAhead: Bool) throws {
            let alice = try #require(TestUsers.alice).identity
            let first = try Self.run(
                SpawnSettings(nice: -1, asUser: true), as: alice, isAhead: isAhead)
            #expect(first.start == .failed(.nice, .permissionDenied))
            let realtime = SpawnIOPriority(.realtime, level: 4)
            let second = try Self.run(
                SpawnSettings(ioPriority: realtime, asUser: true), as: alice, isAhead: isAhead)
            #expect(second.start == .failed(.ioClass, .notPermitted))
            let third = try Self.run(
                SpawnSettings(
                    nice: 7, ioPriority: SpawnIOPriority(.idle, level: 0), asUser: true),
                as: alice, isAhead: isAhead)
            #expect(third.probe.scheduling == ["nice": "7", "io": "3:0"])
        }

        @Test(.enabled(if: getuid() == 0, isRoot), arguments: [true, false])
        func `an ordinary user's daemon can raise nothing`(isAhead: Bool) async {
            await #expect(processExitsWith: .success) { [isAhead] in
                let alice = try #require(TestUsers.alice)
                var limit = rlimit(rlim_cur: 500, rlim_max: 500)
                try #require(setrlimit(__rlimit_resource_t(7), &limit) == 0)
                try become(alice)
                _ = try SignalInbox()
                func start(_ settings: SpawnSettings) throws -> Child.Start {
                    try SpawnTests.SpawnSettingsTests.run(
                        settings, isAhead: isAhead, changing: false
                    ).start
                }
                #expect(
                    try start(SpawnSettings(nice: -1)) == .failed(.nice, .permissionDenied))
                #expect(
                    try start(
                        SpawnSettings(ioPriority: SpawnIOPriority(.realtime, level: 0)))
                        == .failed(.ioClass, .notPermitted))
                #expect(
                    try start(SpawnSettings(limits: [SpawnLimit(.openFiles, 501)]))
                        == .failed(.limits, .notPermitted))
                #expect(
                    try start(
                        SpawnSettings(
                            nice: 1, ioPriority: SpawnIOPriority(.idle, level: 0),
                            limits: [SpawnLimit(.openFiles, 100)], noNewPrivileges: true))
                        == .running)
            }
        }

        // MARK: Privileges

        @Test(arguments: [true, false])
        func `new privileges can be given up`(isAhead: Bool) throws {
            let probe = try Self.run(SpawnSettings(noNewPrivileges: true), isAhead: isAhead).probe
            #expect(probe.status["NoNewPrivs"] == "1")
        }

        @Test(.enabled(if: getuid() == 0, isRoot), arguments: [true, false])
        func `a set-user-ID program is its user's only`(isAhead: Bool) throws {
            let alice = try #require(TestUsers.alice)
            let directory = try TemporaryDirectory()
            let program = try Probe.install(in: directory)
            chmod(program, 0o4755)
            for (settings, user) in [
                (SpawnSettings(noNewPrivileges: true), alice.user), (SpawnSettings(), 0),
            ] {
                var spec = try spec(program, as: alice.identity)
                spec.settings = settings
                _ = try Self.start(
                    spec.redirected(to: directory("output-\(user)")), isAhead: isAhead)
                let text = try String(contentsOfFile: directory("output-\(user)"), encoding: .utf8)
                #expect(
                    Probe(text).status["Uid"] == "\(alice.user) \(user) \(user) \(user)")
            }
        }
    }
}

extension SpawnSpec {
    /// The same program with its output in a file that everybody may write.
    func redirected(to file: String) throws -> SpawnSpec {
        try "".write(toFile: file, atomically: false, encoding: .utf8)
        chmod(file, 0o666)
        let directory = URL(fileURLWithPath: file).deletingLastPathComponent().path
        chmod(directory, 0o755)
        var spec = self
        spec.arguments = SpawnStrings(
            ["sh", "-c", "exec \"$@\" >>'\(file)'", "sh"].map(\.bytes) + arguments.strings)
        spec.candidates = ["/bin/sh".bytes]
        return spec
    }
}
