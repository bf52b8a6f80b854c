import Foundation
import Glibc
import Testing
import TouchmonSystem

extension SpawnTests {
    /// What a child inherits: compared whole.
    @Suite struct SpawnStateTests {
        /// Every line of /proc/PID/status that a parent can influence, and no other.
        private static let keys = [
            "Uid", "Gid", "Groups", "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs",
            "Seccomp", "Umask", "SigPnd", "ShdPnd", "SigBlk", "SigIgn", "SigCgt", "PPid",
            "TracerPid",
            "Threads",
        ]

        private static let none = String(repeating: "0", count: 16)

        private static func own(_ key: String) throws -> String {
            let lines = try String(contentsOfFile: "/proc/thread-self/status", encoding: .utf8)
            let line = lines.split(separator: "\n").first { $0.hasPrefix("\(key):") }
            return try #require(line?.split(separator: ":")[1].split(separator: "\t").first)
                .description
        }

        private static func expected(_ identity: ProcessIdentity) throws -> [String: String] {
            let (user, group) = (identity.user, identity.group)
            let capabilities = user == 0 ? try own("CapBnd") : none
            return [
                "Uid": "\(user) \(user) \(user) \(user)",
                "Gid": "\(group) \(group) \(group) \(group)",
                "Groups": identity.groups.sorted().map(String.init).joined(separator: " "),
                "CapInh": none, "CapPrm": capabilities, "CapEff": capabilities,
                "CapBnd": try own("CapBnd"), "CapAmb": none, "NoNewPrivs": "0",
                "Seccomp": try own("Seccomp"), "Umask": "0027", "SigPnd": none, "ShdPnd": none,
                "SigBlk": none, "SigIgn": none, "SigCgt": none, "PPid": "\(getpid())",
                "TracerPid": "0", "Threads": "1",
            ]
        }

        /// Spawns a probe as `identity` and compares all that it says.
        private static func verify(_ identity: ProcessIdentity) throws {
            let directory = try TemporaryDirectory()
            let program = try Probe.install(in: directory)
            chmod(directory.path, 0o711)
            chown(directory.path, identity.user, identity.group)
            var spec = try spec(program, ["one".bytes], as: identity)
            spec.environment = ["HOME=/".bytes, "EMPTY=".bytes, "=odd".bytes, [0x58, 0x3D, 0xFF]]
            spec.directory = directory.path.bytes
            spec.umask = 0o027
            let (start, outcome) = try runToEnd(spec, output: directory("output"))
            #expect(start == .running)
            #expect(outcome == .exited(status: 0))
            let probe = Probe(try String(contentsOfFile: directory("output"), encoding: .utf8))

            let wanted = try expected(identity)
            #expect(Set(wanted.keys) == Set(keys))
            let wrong = keys.filter { probe.status[$0] != wanted[$0] }.map {
                "\($0) is \(probe.status[$0] ?? "absent") and not \(wanted[$0] ?? "absent")"
            }
            #expect(wrong.isEmpty, "\(wrong)")
            let pid = try #require(probe.status["Pid"])
            #expect(
                probe.stat == [
                    "pid": pid, "parent": "\(getpid())", "group": pid, "session": pid,
                ])
            #expect(
                probe.descriptors == [
                    0: "/dev/null", 1: directory("output"), 2: directory("output"),
                ])
            #expect(probe.environment == spec.environment.strings)
            #expect(probe.arguments == spec.arguments.strings)
            #expect(probe.directory == directory.path.bytes)
        }

        @Test(.enabled(if: getuid() == 0, "needs root: it becomes other users"))
        func `a child is its user and nothing else`() async {
            await #expect(processExitsWith: .success) {
                _ = try SignalInbox()
                try SpawnTests.SpawnStateTests.verify(#require(TestUsers.alice).identity)
                try SpawnTests.SpawnStateTests.verify(#require(TestUsers.carol).identity)
            }
        }

        @Test(.enabled(if: getuid() == 0, "needs root: it becomes other users"))
        func `a child has all groups of its user's login`() async {
            await #expect(processExitsWith: .success) {
                _ = try SignalInbox()
                let bob = try #require(TestUsers.bob)
                #expect(bob.groups.count == 4)
                try SpawnTests.SpawnStateTests.verify(bob.identity)
            }
        }

        @Test(.enabled(if: getuid() == 0, "needs root: only root has groups to lose"))
        func `groups that were not asked for are lost`() async {
            await #expect(processExitsWith: .success) {
                let groups: [gid_t] = [4, 27]
                try #require(setgroups(2, groups) == 0)
                _ = try SignalInbox()
                try SpawnTests.SpawnStateTests.verify(
                    ProcessIdentity(user: 65534, group: 65534, groups: []))
            }
        }

        @Test func `a child of the daemon's own user keeps its identity`() async {
            await #expect(processExitsWith: .success) {
                _ = try SignalInbox()
                try SpawnTests.SpawnStateTests.verify(CurrentProcess.identity())
            }
        }

        @Test(.enabled(if: getuid() == 0, "needs root: it becomes an ordinary user first"))
        func `an ordinary user's daemon runs its own actions`() async {
            await #expect(processExitsWith: .success) {
                try become(#require(TestUsers.bob))
                _ = try SignalInbox()
                try SpawnTests.SpawnStateTests.verify(CurrentProcess.identity())
            }
        }

        @Test func `ignored, handled and blocked signals of the daemon do not reach a child`() async
        {
            await #expect(processExitsWith: .success) {
                for signal in [SIGINT, SIGPIPE, SIGCHLD, SIGHUP, 34, 64] {
                    Glibc.signal(signal, SIG_IGN)
                }
                Glibc.signal(SIGUSR2) { _ in }
                let inbox = try SignalInbox()
                // One that waits for the daemon is not a child's to answer.
                raise(SIGTERM)
                try SpawnTests.SpawnStateTests.verify(CurrentProcess.identity())
                #expect(try inbox.next() == SIGTERM)
            }
        }

        @Test(.enabled(if: getuid() == 0, "needs root: it raises ambient capabilities"))
        func `inheritable and ambient capabilities do not reach a child`() async {
            await #expect(processExitsWith: .success) {
                _ = try SignalInbox()
                try raiseAmbientCapabilities()
                #expect(
                    try SpawnTests.SpawnStateTests.own("CapAmb") != SpawnTests.SpawnStateTests.none)
                try SpawnTests.SpawnStateTests.verify(CurrentProcess.identity())
                try SpawnTests.SpawnStateTests.verify(#require(TestUsers.alice).identity)
            }
        }

        @Test func `a child does not see descriptors, whatever their flags`() throws {
            let directory = try TemporaryDirectory()
            let leak = open(try directory.file("leak"), O_RDONLY)
            defer { close(leak) }
            #expect(Set(try probe().descriptors.keys) == [0, 1, 2])
        }
    }
}
