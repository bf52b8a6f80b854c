import Foundation
import Glibc
import Testing
import TouchmonSystem

extension SpawnTests {
    @Suite struct SpawnerTests {
        @Test func `a child's exit status and signal are told apart`() throws {
            #expect(try runToEnd(spec("/bin/false")).outcome == .exited(status: 1))
            let shell = try spec("/bin/sh", ["-c".bytes, "kill -TERM $$".bytes])
            #expect(
                try runToEnd(shell).outcome == .signaled(signal: SIGTERM, dumpedCore: false))
        }

        @Test func `a child is reaped once and remembered`() throws {
            var spawner = Spawner()
            let null = try OwnedDescriptor.null()
            let child = try spawner.start(
                spec("/bin/sleep", ["1000".bytes]), StandardDescriptors(null: null))
            #expect(try child.settle(within: 10_000_000_000) == .running)
            #expect(try child.reap() == nil)
            try child.sendGroup(SIGKILL)
            #expect(try waitForEnd(child) == .signaled(signal: SIGKILL, dumpedCore: false))
            #expect(try child.reap()?.outcome == .signaled(signal: SIGKILL, dumpedCore: false))
            #expect(throws: SystemFailure.self) { try child.sendGroup(SIGKILL) }
            #expect(throws: SystemFailure.self) { try child.send(SIGKILL) }
        }

        @Test func `a signal to the group reaches a grandchild`() throws {
            let directory = try TemporaryDirectory()
            var spawner = Spawner()
            let null = try OwnedDescriptor.null()
            let script =
                "sleep 1000 & echo $! > \(directory("pid.new")); mv \(directory("pid.new")) \(directory("pid")); wait"
            let child = try spawner.start(
                spec("/bin/sh", ["-c".bytes, script.bytes]), StandardDescriptors(null: null))
            #expect(eventually { FileManager.default.fileExists(atPath: directory("pid")) })
            let text = try String(contentsOfFile: directory("pid"), encoding: .utf8)
            let grandchild = try #require(
                Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
            try child.sendGroup(SIGTERM)
            #expect(try waitForEnd(child) == .signaled(signal: SIGTERM, dumpedCore: false))
            #expect(
                eventually {
                    let stat = try? String(
                        contentsOfFile: "/proc/\(grandchild)/stat", encoding: .utf8)
                    return stat?.contains(") Z ") ?? true
                })
        }

        @Test func `two thousand children leave no zombie, descriptor or memory`() async {
            await #expect(processExitsWith: .success) {
                _ = try SignalInbox()
                var spawner = Spawner()
                let null = try OwnedDescriptor.null()
                let good = try spec("/bin/true")
                let bad = try spec("/does/not/exist")
                func round(_ spec: SpawnSpec, _ expected: Child.Start) throws {
                    let child = try spawner.start(spec, StandardDescriptors(null: null))
                    let start = try child.settle(within: 10_000_000_000)
                    #expect(start == expected, "\(start)")
                    _ = try waitForEnd(child)
                }
                func descriptors() throws -> Int {
                    try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
                }
                func mappings() throws -> Int {
                    try String(contentsOfFile: "/proc/self/maps", encoding: .utf8)
                        .split(separator: "\n").count
                }
                try round(good, .running)
                let before = try descriptors()
                let maps = try mappings()
                for _ in 0..<1000 {
                    try round(good, .running)
                    try round(bad, .failed(.execute, .noSuchFile))
                }
                // Other threads of a test's process open a few things, but not one for each child.
                let after = (descriptors: try descriptors(), maps: try mappings())
                #expect(after.descriptors < before + 8, "\(after.descriptors) of \(before)")
                #expect(after.maps < maps + 8, "\(after.maps) of \(maps)")
                // ECHILD: nobody is left to be waited for.
                #expect(waitpid(-1, nil, WNOHANG) == -1 && errno == ECHILD)
            }
        }

        @Test func `two hundred children at once all run`() throws {
            var spawner = Spawner()
            let null = try OwnedDescriptor.null()
            let spec = try spec("/bin/true")
            var children: [Child] = []
            for _ in 0..<200 {
                children.append(try spawner.start(spec, StandardDescriptors(null: null)))
            }
            for child in children {
                #expect(try child.settle(within: 10_000_000_000) == .running)
                #expect(try waitForEnd(child) == .exited(status: 0))
            }
        }

        @Test func `a child's use of the machine is told`() throws {
            var spawner = Spawner()
            let null = try OwnedDescriptor.null()
            let child = try spawner.start(spec("/bin/true"), StandardDescriptors(null: null))
            _ = try waitForEnd(child)
            #expect(try #require(try child.reap()).usage.maximumResidentKilobytes > 0)
        }
    }
}
