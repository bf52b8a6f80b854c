import Foundation
import Glibc
import Testing
import TouchmonSystem

extension SpawnTests {
    /// A child in a control group of its own.
    @Suite struct SpawnGroupTests {
        private static func start(
            _ spec: SpawnSpec, entering members: borrowing OwnedDescriptor,
            after ahead: Bool = false
        ) throws -> (start: Child.Start, outcome: Child.Outcome, keepsAhead: Bool) {
            var spawner = Spawner()
            let null = try OwnedDescriptor.null()
            let plain = StandardDescriptors(null: null)
            if ahead { try spawner.makeAhead(plain) }
            var standard = plain
            standard.setGroup(members)
            let child = try spawner.start(spec, standard)
            let start = try child.settle(within: 10_000_000_000)
            defer { spawner.dismissAhead() }
            return (start, try waitForEnd(child), spawner.hasAhead)
        }

        @Test(arguments: [true, false])
        func `it enters the group before it is anybody`(isAhead: Bool) throws {
            let directory = try TemporaryDirectory()
            let file = try directory.file("cgroup.procs")
            let members = OwnedDescriptor(adopting: open(file, O_WRONLY | O_CLOEXEC))
            let result = try Self.start(spec("/bin/true"), entering: members, after: isAhead)
            #expect(result.start == .running && result.outcome == .exited(status: 0))
            #expect(try String(contentsOfFile: file, encoding: .utf8) == "0")
            // Which has closed the descriptor, and waits for a run that needs none.
            #expect(result.keepsAhead == isAhead)
        }

        @Test func `it has the descriptor no more when it executes`() throws {
            let directory = try TemporaryDirectory()
            let members = OwnedDescriptor(
                adopting: open(try directory.file("cgroup.procs"), O_WRONLY | O_CLOEXEC))
            let script =
                "for d in /proc/self/fd/*; do case ${d##*/} in [012]) ;; *) "
                + "readlink $d | grep -q cgroup.procs && exit 1;; esac; done; exit 0"
            let spec = try spec("/bin/sh", ["-c".bytes, script.bytes])
            #expect(try Self.start(spec, entering: members).outcome == .exited(status: 0))
        }

        @Test func `one that can't enter executes nothing`() throws {
            let full = OwnedDescriptor(adopting: open("/dev/full", O_WRONLY | O_CLOEXEC))
            let result = try Self.start(spec("/bin/true"), entering: full)
            #expect(result.start == .failed(.controlGroup, .noSpace))
            let unwritable = OwnedDescriptor(adopting: open("/dev/null", O_RDONLY | O_CLOEXEC))
            #expect(
                try Self.start(spec("/bin/true"), entering: unwritable).start
                    == .failed(.controlGroup, .badDescriptor))
        }
    }
}
