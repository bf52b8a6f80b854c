import Foundation
import Glibc
import Testing
import TouchmonSystem

extension SpawnTests {
    /// A child that was made ahead, and what it prints into.
    @Suite struct SpawnOutputTests {
        private static func file(_ path: String) -> OwnedDescriptor {
            OwnedDescriptor(
                adopting: open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600))
        }

        /// The number of a descriptor decides how those are closed that the child has not.
        private static func highJournal(_ path: String) -> OwnedDescriptor {
            let low = file(path)
            return OwnedDescriptor(adopting: fcntl(low.raw, F_DUPFD_CLOEXEC, 100))
        }

        @Test(arguments: [true, false])
        func `it can have the file that it kept, and has no other descriptor`(
            isJournalHigher: Bool
        ) throws {
            let directory = try TemporaryDirectory()
            let spec = try spec(Probe.install(in: directory))
            var spawner = Spawner()
            let null = try OwnedDescriptor.null()
            let early = Self.file(directory("journal"))
            let output = Self.file(directory("output"))
            let late = Self.highJournal(directory("journal"))
            var standard = StandardDescriptors(null: null)
            if isJournalHigher { standard.setJournal(late) } else { standard.setJournal(early) }
            var ahead = standard
            ahead.setSpare(output)
            try spawner.makeAhead(ahead)
            standard.setOutput(output)
            let child = try spawner.start(spec, standard)
            let isUsed = !spawner.hasAhead
            #expect(isUsed)
            #expect(try waitForEnd(child) == .exited(status: 0))
            let probe = Probe(try String(contentsOfFile: directory("output"), encoding: .utf8))
            #expect(Set(probe.descriptors.keys) == [0, 1, 2])
            #expect(probe.descriptors[1] == directory("output"))
            #expect(probe.descriptors[2] == directory("output"))
        }

        @Test func `it can leave the file alone`() throws {
            let directory = try TemporaryDirectory()
            let spec = try spec("/bin/echo", ["x".bytes]).redirected(to: directory("other"))
            var spawner = Spawner()
            let null = try OwnedDescriptor.null()
            let output = Self.file(directory("output"))
            let standard = StandardDescriptors(null: null)
            var ahead = standard
            ahead.setSpare(output)
            try spawner.makeAhead(ahead)
            let child = try spawner.start(spec, standard)
            let isUsed = !spawner.hasAhead
            #expect(isUsed)
            #expect(try waitForEnd(child) == .exited(status: 0))
            #expect(try String(contentsOfFile: directory("output"), encoding: .utf8) == "")
            #expect(try String(contentsOfFile: directory("other"), encoding: .utf8) == "x\n")
        }

        @Test func `another file needs another child`() throws {
            let directory = try TemporaryDirectory()
            let spec = try spec("/bin/echo", ["x".bytes])
            var spawner = Spawner()
            let null = try OwnedDescriptor.null()
            let output = Self.file(directory("output"))
            let other = Self.file(directory("other"))
            var standard = StandardDescriptors(null: null)
            standard.setSpare(output)
            try spawner.makeAhead(standard)
            standard.setOutput(other)
            let child = try spawner.start(spec, standard)
            #expect(try waitForEnd(child) == .exited(status: 0))
            #expect(try String(contentsOfFile: directory("output"), encoding: .utf8) == "")
            #expect(try String(contentsOfFile: directory("other"), encoding: .utf8) == "x\n")
        }
    }
}
