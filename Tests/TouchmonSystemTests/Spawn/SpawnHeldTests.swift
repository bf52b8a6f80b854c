import Foundation
import Glibc
import Testing
import TouchmonSystem

extension SpawnTests {
    /// A child that its user, or the user's file system, holds between clone and exec.
    @Suite(.enabled(if: getuid() == 0, "needs root: it holds an exec with fanotify"))
    struct SpawnHeldTests {
        /// Holds the exec of one program while it lives.
        private final class Holder {
            private let process = Process()
            private let input = Pipe()
            private let output = Pipe()

            init(_ program: String) throws {
                process.executableURL = URL(fileURLWithPath: try Probe.program())
                process.arguments = ["--hold", program]
                process.standardInput = input
                process.standardOutput = output
                try process.run()
                #expect(line() == "ready\n")
            }

            /// What it says next; nothing after ten seconds.
            func line() -> String {
                let reader = output.fileHandleForReading
                var request = pollfd(fd: reader.fileDescriptor, events: Int16(POLLIN), revents: 0)
                guard poll(&request, 1, 10_000) == 1 else { return "" }
                return String(decoding: reader.availableData, as: UTF8.self)
            }

            func release() throws {
                try input.fileHandleForWriting.write(contentsOf: Data("\n".utf8))
                let process = process
                #expect(eventually { !process.isRunning })
            }

            // A closed queue lets everybody go. SIGKILL, because the test's thread may have blocked
            // the others, and the program inherits that.
            deinit {
                kill(process.processIdentifier, SIGKILL)
            }
        }

        private static let bound: Int64 = 50_000_000

        private static func heldProgram(in directory: TemporaryDirectory) throws -> String {
            try FileManager.default.copyItem(atPath: "/bin/true", toPath: directory("held"))
            try waitForWriters(of: directory("held"))
            return directory("held")
        }

        @Test func `an exec that hangs does not hold the daemon`() throws {
            let alice = try #require(TestUsers.alice)
            let directory = try TemporaryDirectory()
            let holder = try Holder(Self.heldProgram(in: directory))
            var spawner = Spawner()
            let null = try OwnedDescriptor.null()
            let held = try spawner.start(
                spec(directory("held"), as: alice.identity), StandardDescriptors(null: null))
            let began = Clock.monotonic()
            #expect(try held.settle(within: Self.bound) == .starting)
            #expect(Clock.monotonic() - began >= Self.bound)
            #expect(Clock.monotonic() - began < 20 * Self.bound)
            #expect(holder.line() == "held\n")

            // Others come and go, in slots of their own.
            for _ in 0..<20 {
                let other = try spawner.start(
                    spec("/bin/true", as: alice.identity), StandardDescriptors(null: null))
                #expect(try other.settle(within: 10_000_000_000) == .running)
                #expect(try waitForEnd(other) == .exited(status: 0))
            }
            #expect(try held.settle(within: 0) == .starting)
            try holder.release()
            #expect(try held.settle(within: 10_000_000_000) == .running)
            #expect(try waitForEnd(held) == .exited(status: 0))
        }

        @Test func `a held child can be killed, and its slot is used only after that`() throws {
            let alice = try #require(TestUsers.alice)
            let directory = try TemporaryDirectory()
            let holder = try Holder(Self.heldProgram(in: directory))
            var spawner = Spawner()
            let null = try OwnedDescriptor.null()
            do {
                let held = try spawner.start(
                    spec(directory("held"), as: alice.identity), StandardDescriptors(null: null))
                #expect(holder.line() == "held\n")
                try held.send(SIGKILL)
                #expect(try waitForEnd(held) == .signaled(signal: SIGKILL, dumpedCore: false))
            }
            let next = try spawner.start(spec("/bin/true"), StandardDescriptors(null: null))
            #expect(try next.settle(within: 10_000_000_000) == .running)
            #expect(try waitForEnd(next) == .exited(status: 0))
            withExtendedLifetime(holder) {}
        }

        @Test func `the user can't reach the daemon's memory through a held child`() throws {
            let alice = try #require(TestUsers.alice)
            let directory = try TemporaryDirectory()
            let holder = try Holder(Self.heldProgram(in: directory))
            var spawner = Spawner()
            let null = try OwnedDescriptor.null()
            let held = try spawner.start(
                spec(directory("held"), as: alice.identity), StandardDescriptors(null: null))
            #expect(holder.line() == "held\n")
            let status = try String(contentsOfFile: "/proc/\(held.pid)/status", encoding: .utf8)
            #expect(status.contains("Uid:\t\(alice.user)\t\(alice.user)"))
            for file in ["mem", "maps", "environ"] {
                let reader = try spec(
                    "/bin/sh", ["-c".bytes, "exec 3< /proc/\(held.pid)/\(file) || exit 9".bytes],
                    as: alice.identity)
                #expect(try runToEnd(reader).outcome != .exited(status: 0), "\(file)")
            }
            try holder.release()
            #expect(try held.settle(within: 10_000_000_000) == .running)
            #expect(try waitForEnd(held) == .exited(status: 0))
        }

        @Test func `a user who stops the child does not stop the daemon`() throws {
            let alice = try #require(TestUsers.alice)
            let directory = try TemporaryDirectory()
            // Held when it is opened and refused when it is released, so that the stop meets the
            // child in its own code, on its way to the second candidate.
            let program = try directory.file("held", "#!/does/not/exist\n", mode: 0o755)
            let holder = try Holder(program)
            var spawner = Spawner()
            let null = try OwnedDescriptor.null()
            var stopped = try spec(program, as: alice.identity)
            stopped.candidates.append("/bin/true".bytes)
            let held = try spawner.start(stopped, StandardDescriptors(null: null))
            #expect(holder.line() == "held\n")
            let stop = try spec(
                "/bin/sh", ["-c".bytes, "kill -STOP \(held.pid)".bytes], as: alice.identity)
            #expect(try runToEnd(stop).outcome == .exited(status: 0))
            try holder.release()
            #expect(try held.settle(within: Self.bound) == .starting)
            #expect(try runToEnd(spec("/bin/true")).outcome == .exited(status: 0))
            kill(held.pid, SIGCONT)
            #expect(try held.settle(within: 10_000_000_000) == .running)
            #expect(try waitForEnd(held) == .exited(status: 0))
        }
    }
}
