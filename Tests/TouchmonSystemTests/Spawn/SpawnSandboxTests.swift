import Foundation
import Glibc
import Testing
import TouchmonSystem

extension SpawnTests {
    /// A sandbox, seen by a child that tries what it may and what it may not.
    @Suite(
        .enabled(if: getuid() == 0, "needs root: it becomes another user"),
        .enabled(if: landlockVersion() >= 3, "needs Linux 6.2 or later with Landlock"))
    struct SpawnSandboxTests {
        private static let all = ["list", "read", "write", "truncate", "make", "remove", "execute"]
        /// What every program needs here.
        private static let system = ["/usr", "/lib", "/lib64", "/bin"].filter {
            (path: String) in access(path, F_OK) == 0
        }.map { SpawnAllowed($0.bytes, .execute) }

        private let directory: TemporaryDirectory
        private let alice: UserRecord

        init() throws {
            directory = try TemporaryDirectory()
            alice = try #require(TestUsers.alice)
            chmod(directory.path, 0o755)
            _ = try Probe.install(in: directory)
            for name in ["read", "write", "execute", "both", "none"] {
                let path = directory(name)
                mkdir(path, 0o777)
                for file in ["file", "old"] {
                    try "text".write(toFile: "\(path)/\(file)", atomically: false, encoding: .utf8)
                    chmod("\(path)/\(file)", 0o666)
                }
                try FileManager.default.copyItem(atPath: "/bin/true", toPath: "\(path)/program")
                chmod("\(path)/program", 0o755)
                chown(path, alice.user, alice.group)
            }
            try "".write(toFile: directory("output"), atomically: false, encoding: .utf8)
            chmod(directory("output"), 0o666)
        }

        /// Runs ProbeChild as alice, and tells what it said and what became of its start.
        private func run(
            _ sandbox: [SpawnAllowed], _ arguments: [String] = [], isAhead: Bool,
            limits: [SpawnLimit] = []
        ) throws -> (start: Child.Start, item: Int?, probe: Probe) {
            let probe = directory("probe")
            let output = SpawnAllowed(directory("output").bytes, .write)
            let own = Self.system + [SpawnAllowed(probe.bytes, .execute), output]
            return try start(own + sandbox, probe, arguments, isAhead, limits)
        }

        private func start(
            _ sandbox: [SpawnAllowed], _ program: String, _ arguments: [String], _ isAhead: Bool,
            _ limits: [SpawnLimit] = []
        ) throws -> (start: Child.Start, item: Int?, probe: Probe) {
            truncate(directory("output"), 0)
            var spec = try spec(program, arguments.map(\.bytes), as: alice.identity)
            spec.arguments = SpawnStrings(
                ["sh", "-c", "exec \"$@\" >>'\(directory("output"))'", "sh"].map(\.bytes)
                    + spec.arguments.strings)
            spec.candidates = ["/bin/sh".bytes]
            spec.settings = SpawnSettings(limits: limits, sandbox: sandbox)
            var spawner = Spawner()
            let null = try OwnedDescriptor.null()
            let standard = StandardDescriptors(null: null)
            if isAhead { try spawner.makeAhead(standard) }
            let child = try spawner.start(spec, standard)
            let start = try child.settle(within: 10_000_000_000)
            _ = try waitForEnd(child)
            let text = try String(contentsOfFile: directory("output"), encoding: .utf8)
            return (start, child.failedItem, Probe(text))
        }

        @Test(arguments: [true, false])
        func `a child can do what it may, and nothing else`(isAhead: Bool) throws {
            func allowed(_ name: String, _ access: SpawnAllowed.Access) -> SpawnAllowed {
                SpawnAllowed(directory(name).bytes, access)
            }
            let names = ["read", "write", "execute", "both", "none"]
            let (start, _, probe) = try run(
                [
                    allowed("read", .read), allowed("write", .write), allowed("execute", .execute),
                    allowed("both", .read), allowed("both", .write),
                ], ["--try"] + names.map { directory($0) }, isAhead: isAhead)
            #expect(start == .running)
            let may = [
                "read": ["list", "read"], "write": ["write", "truncate", "make", "remove"],
                "execute": ["list", "read", "execute"],
                "both": ["list", "read", "write", "truncate", "make", "remove"], "none": [],
            ]
            var wanted: [String: String] = [:]
            for (name, what) in may {
                for attempt in Self.all {
                    wanted["\(attempt) \(directory(name))"] =
                        what.contains(attempt) ? "yes" : "EACCES"
                }
            }
            let wrong = wanted.filter { probe.may[$0.key] != $0.value }.map {
                "\($0.key): \(probe.may[$0.key] ?? "not tried") and not \($0.value)"
            }
            #expect(wrong.isEmpty, "\(wrong)")
            #expect(probe.may.count == wanted.count)
        }

        /// The same attempts, all of which the file system allows.
        @Test func `without a sandbox it can do everything`() throws {
            var spec = try spec(
                directory("probe"), ["--try".bytes, directory("none").bytes], as: alice.identity)
            spec.candidates = [directory("probe").bytes]
            let (start, _) = try runToEnd(spec, output: directory("output"))
            #expect(start == .running)
            let probe = Probe(try String(contentsOfFile: directory("output"), encoding: .utf8))
            #expect(
                probe.may
                    == Dictionary(
                        uniqueKeysWithValues: Self.all.map { ("\($0) \(directory("none"))", "yes") }
                    ))
        }

        @Test(arguments: [true, false])
        func `it has no new privileges and no descriptor of it`(isAhead: Bool) throws {
            let proc = SpawnAllowed("/proc".bytes, .read)
            let probe = try run([proc], isAhead: isAhead).probe
            #expect(probe.status["NoNewPrivs"] == "1")
            #expect(Set(probe.descriptors.keys) == [0, 1, 2])
            #expect(probe.status["Uid"]?.hasPrefix("\(alice.user) ") == true)
        }

        @Test(arguments: [true, false])
        func `a file alone can be allowed`(isAhead: Bool) throws {
            let file = directory("none/file")
            let (start, _, probe) = try run(
                [SpawnAllowed(file.bytes, .read), SpawnAllowed(file.bytes, .write)],
                ["--try", directory("none")], isAhead: isAhead)
            #expect(start == .running)
            let may = probe.may.filter { $0.value == "yes" }.map(\.key)
            let wanted = ["read", "write", "truncate"].map { "\($0) \(directory("none"))" }
            #expect(Set(may) == Set(wanted))
        }

        @Test(arguments: [true, false])
        func `a path that the user can't reach is an error that says which`(isAhead: Bool) throws {
            let closed = directory("closed")
            mkdir(closed, 0o700)
            mkdir("\(closed)/below", 0o777)
            for (path, errno) in [
                (directory("missing"), Errno.noSuchFile), ("\(closed)/below", .permissionDenied),
            ] {
                let first = try run([SpawnAllowed(path.bytes, .read)], isAhead: isAhead)
                #expect(first.start == .failed(.sandbox, errno))
                #expect(first.item == Self.system.count + 2)
                #expect(first.probe.status.isEmpty)
            }
        }

        @Test(arguments: [true, false])
        func `a program that is not allowed is not executed`(isAhead: Bool) throws {
            let (start, _, probe) = try start(
                [SpawnAllowed("/usr".bytes, .read), SpawnAllowed("/bin".bytes, .read)],
                directory("probe"), [], isAhead)
            #expect(start == .failed(.execute, .permissionDenied))
            #expect(probe.status.isEmpty)
        }

        @Test(arguments: [true, false])
        func `it needs two free descriptors, and says so`(isAhead: Bool) throws {
            let proc = SpawnAllowed("/proc".bytes, .read)
            let few = try run([proc], isAhead: isAhead, limits: [SpawnLimit(.openFiles, 4)])
            #expect(few.start == .failed(.sandbox, .tooManyOpenFiles))
            let enough = try run([proc], isAhead: isAhead, limits: [SpawnLimit(.openFiles, 5)])
            #expect(enough.start == .running)
        }
    }
}

/// The version of Landlock, landlock_create_ruleset(2), or -1 where the kernel has none or does not let this process have it.
func landlockVersion() -> Int {
    typealias SystemCall = @convention(c) (Int, Int, Int, Int) -> Int
    guard let symbol = dlsym(nil, "syscall") else { return -1 }
    return unsafeBitCast(symbol, to: SystemCall.self)(444, 0, 0, 1)
}
