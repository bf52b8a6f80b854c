import Foundation
import Glibc
import Testing
import TouchmonSystem

extension SpawnTests {
    /// What a child reads that has an input of its own.
    @Suite struct SpawnInputTests {
        private static func file(_ path: String, _ flags: Int32) -> OwnedDescriptor {
            OwnedDescriptor(adopting: open(path, flags | O_CREAT | O_CLOEXEC, 0o600))
        }

        private static func text(_ path: String) throws -> String {
            try String(contentsOfFile: path, encoding: .utf8)
        }

        @Test func `the input is the file that it was given, and there is no other descriptor`()
            throws
        {
            let directory = try TemporaryDirectory()
            let path = try directory.file("input", "content")
            let spec = try spec(Probe.install(in: directory))
            let null = try OwnedDescriptor.null()
            let output = Self.file(directory("output"), O_WRONLY)
            let input = Self.file(path, O_RDONLY)
            var standard = StandardDescriptors(null: null, output: output)
            standard.setInput(input)
            var spawner = Spawner()
            let child = try spawner.start(spec, standard)
            #expect(try waitForEnd(child) == .exited(status: 0))
            let probe = Probe(try Self.text(directory("output")))
            #expect(Set(probe.descriptors.keys) == [0, 1, 2])
            #expect(probe.descriptors[0] == path)
            #expect(probe.descriptors[1] == directory("output"))
        }

        @Test func `output and error may be the daemon's own beside it`() throws {
            let directory = try TemporaryDirectory()
            let path = try directory.file("input", "content")
            let spec = try spec("/bin/cat").redirected(to: directory("output"))
            let null = try OwnedDescriptor.null()
            let input = Self.file(path, O_RDONLY)
            var standard = StandardDescriptors(null: null)
            standard.setInput(input)
            var spawner = Spawner()
            let child = try spawner.start(spec, standard)
            #expect(try waitForEnd(child) == .exited(status: 0))
            #expect(try Self.text(directory("output")) == "content")
        }

        @Test(.enabled(if: getuid() == 0, "needs root: it starts a process of another user"))
        func `whoever the child is can read it, and what it is not given cannot`() throws {
            let directory = try TemporaryDirectory()
            let path = try directory.file("input", "content", mode: 0o600)
            let alice = try #require(TestUsers.alice)
            let null = try OwnedDescriptor.null()
            let output = Self.file(directory("output"), O_WRONLY)
            let input = Self.file(path, O_RDONLY)
            var standard = StandardDescriptors(null: null, output: output)
            standard.setInput(input)
            var spawner = Spawner()
            let reader = try spawner.start(spec("/bin/cat", as: alice.identity), standard)
            #expect(try waitForEnd(reader) == .exited(status: 0))
            #expect(try Self.text(directory("output")) == "content")
            let opener = try spawner.start(
                spec("/bin/cat", [path.bytes], as: alice.identity),
                StandardDescriptors(null: null, output: output))
            #expect(try waitForEnd(opener) == .exited(status: 1))
        }

        @Test func `a child that was made ahead is left for the next run`() throws {
            let directory = try TemporaryDirectory()
            let path = try directory.file("input", "content")
            let spec = try spec("/bin/cat")
            let null = try OwnedDescriptor.null()
            let output = Self.file(directory("output"), O_WRONLY | O_APPEND)
            let input = Self.file(path, O_RDONLY)
            var plain = StandardDescriptors(null: null)
            plain.setSpare(output)
            var spawner = Spawner()
            try spawner.makeAhead(plain)
            plain.setOutput(output)
            var standard = StandardDescriptors(null: null, output: output)
            standard.setInput(input)
            let child = try spawner.start(spec, standard)
            #expect(try waitForEnd(child) == .exited(status: 0))
            #expect(try Self.text(directory("output")) == "content")
            let isLeft = spawner.hasAhead
            #expect(isLeft)
            // Whose input is nothing.
            let next = try spawner.start(spec, plain)
            let isUsed = !spawner.hasAhead
            #expect(isUsed)
            #expect(try waitForEnd(next) == .exited(status: 0))
            #expect(try Self.text(directory("output")) == "content")
        }
    }
}
