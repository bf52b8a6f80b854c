import Foundation
import Glibc
import Testing
import TouchmonSystem

extension SpawnTests {
    /// A step that fails is named, and nothing is executed.
    @Suite struct SpawnFailureTests {
        /// A program that leaves a mark when it is executed.
        private static func marker(in directory: TemporaryDirectory) throws -> String {
            chmod(directory.path, 0o777)
            return try directory.file("run", "#!/bin/sh\n: > \(directory("mark"))\n", mode: 0o755)
        }

        private static func expectNothingRun(
            _ step: SpawnStep, _ errno: Errno, in directory: TemporaryDirectory, _ spec: SpawnSpec
        ) throws {
            let start = try runToEnd(spec).start
            #expect(start == .failed(step, errno), "\(start)")
            #expect(!FileManager.default.fileExists(atPath: directory("mark")))
        }

        @Test func `the marker marks`() throws {
            let directory = try TemporaryDirectory()
            #expect(try runToEnd(spec(Self.marker(in: directory))).outcome == .exited(status: 0))
            #expect(FileManager.default.fileExists(atPath: directory("mark")))
        }

        @Test func `a missing program`() throws {
            #expect(
                try runToEnd(spec("/does/not/exist")).start == .failed(.execute, .noSuchFile))
        }

        @Test func `a program that is not executable`() throws {
            let directory = try TemporaryDirectory()
            let result = try runToEnd(spec(directory.file("program", "#!/bin/sh\n")))
            #expect(result.start == .failed(.execute, .permissionDenied))
        }

        @Test func `a script whose interpreter is missing`() throws {
            let directory = try TemporaryDirectory()
            let program = try directory.file("program", "#!/does/not/exist\n", mode: 0o755)
            #expect(try runToEnd(spec(program)).start == .failed(.execute, .noSuchFile))
        }

        @Test func `a script without an interpreter is not given to a shell`() throws {
            let directory = try TemporaryDirectory()
            let program = try directory.file("program", "exit 0\n", mode: 0o755)
            #expect(try runToEnd(spec(program)).start == .failed(.execute, .badFormat))
        }

        @Test func `candidates are tried in order`() throws {
            let directory = try TemporaryDirectory()
            let plain = try directory.file("plain")
            var spec = try spec("/does/not/exist")
            spec.candidates += [
                "\(plain)/below".bytes, plain.bytes, "/bin/true".bytes, "/bin/false".bytes,
            ]
            #expect(try runToEnd(spec).outcome == .exited(status: 0))
        }

        @Test func `of several candidates the one that may not be executed is told`() throws {
            let directory = try TemporaryDirectory()
            var spec = try spec(directory.file("plain"))
            spec.candidates += ["/does/not/exist".bytes, "\(directory("plain"))/below".bytes]
            #expect(try runToEnd(spec).start == .failed(.execute, .permissionDenied))
            spec.candidates = []
            #expect(try runToEnd(spec).start == .failed(.execute, .noSuchFile))
        }

        @Test(.enabled(if: getuid() == 0, "needs root: it becomes another user"))
        func `a directory that only root can enter`() throws {
            let directory = try TemporaryDirectory()
            mkdir(directory("closed"), 0o700)
            var spec = try spec(Self.marker(in: directory), as: #require(TestUsers.alice).identity)
            spec.directory = directory("closed").bytes
            try Self.expectNothingRun(.directory, .permissionDenied, in: directory, spec)
        }

        @Test(.enabled(if: getuid() == 0, "needs root: it becomes another user"))
        func `a program that only root can reach`() throws {
            let directory = try TemporaryDirectory()
            mkdir(directory("closed"), 0o700)
            let program = try directory.file("closed/program", "#!/bin/sh\n", mode: 0o755)
            let result = try runToEnd(spec(program, as: #require(TestUsers.alice).identity))
            #expect(result.start == .failed(.execute, .permissionDenied))
        }

        @Test func `an id that means "leave it" is no identity`() throws {
            let directory = try TemporaryDirectory()
            let program = try Self.marker(in: directory)
            let own = try CurrentProcess.identity()
            for identity in [
                ProcessIdentity(user: .max, group: own.group, groups: own.groups),
                ProcessIdentity(user: own.user, group: .max, groups: own.groups),
            ] {
                let spec = try spec(program, as: identity)
                try Self.expectNothingRun(.verifyIdentity, .notPermitted, in: directory, spec)
            }
        }

        @Test func `no identity change, no exec`() throws {
            let directory = try TemporaryDirectory()
            let program = try Self.marker(in: directory)
            let own = try CurrentProcess.identity()
            var others = [own, own, own]
            others[0].user += 1
            others[1].group += 1
            others[2].groups.append(54321)
            for other in others {
                let spec = try spec(program, as: other, changing: false)
                try Self.expectNothingRun(.verifyIdentity, .notPermitted, in: directory, spec)
            }
        }

        @Test(.enabled(if: getuid() == 0, "needs root: it becomes an ordinary user first"))
        func `an ordinary user can't become another`() async {
            await #expect(processExitsWith: .success) {
                let bob = try #require(TestUsers.bob)
                try become(#require(TestUsers.alice))
                let directory = try TemporaryDirectory()
                let spec = try spec(
                    SpawnTests.SpawnFailureTests.marker(in: directory), as: bob.identity,
                    changing: true)
                try SpawnTests.SpawnFailureTests.expectNothingRun(
                    .groups, .notPermitted, in: directory, spec)
            }
        }

        @Test(.enabled(if: getuid() == 0, "needs root: it gives one capability away"))
        func `a root without CAP_SETUID can't become another`() async {
            await #expect(processExitsWith: .success) {
                let bob = try #require(TestUsers.bob)
                let directory = try TemporaryDirectory()
                let program = try SpawnTests.SpawnFailureTests.marker(in: directory)
                try drop(capability: 7)
                let spec = try spec(program, as: bob.identity)
                try SpawnTests.SpawnFailureTests.expectNothingRun(
                    .user, .notPermitted, in: directory, spec)
            }
        }

        @Test(.enabled(if: getuid() == 0, "needs root: it becomes another user"))
        func `a user with too many processes`() async {
            await #expect(processExitsWith: .success) {
                let carol = try #require(TestUsers.carol)
                var limit = rlimit(rlim_cur: 0, rlim_max: 0)
                try #require(setrlimit(__rlimit_resource_t(6), &limit) == 0)
                var spawner = Spawner()
                let null = try OwnedDescriptor.null()
                // The limit counts what was there before.
                let first = try spawner.start(
                    spec("/bin/sleep", ["1000".bytes], as: carol.identity),
                    StandardDescriptors(null: null))
                #expect(try first.settle(within: 10_000_000_000) == .running)
                let result = try runToEnd(spec("/bin/true", as: carol.identity))
                try first.send(SIGKILL)
                #expect(result.start == .failed(.execute, .tryAgain), "\(result)")
            }
        }

        @Test func `a child needs no free descriptor`() async {
            await #expect(processExitsWith: .success) {
                var spawner = Spawner()
                let null = try OwnedDescriptor.null()
                let spec = try spec("/bin/true")
                var limit = rlimit(rlim_cur: 3, rlim_max: 1024)
                try #require(setrlimit(__rlimit_resource_t(7), &limit) == 0)
                let child = try spawner.start(spec, StandardDescriptors(null: null))
                _ = try waitForEnd(child)
                #expect(try child.settle(within: 0) == .running)
            }
        }
    }
}
