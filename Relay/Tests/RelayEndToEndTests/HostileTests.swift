import Foundation
import RelayCore
import RelayEtcd
import Testing

@Suite(.timeLimit(.minutes(2))) struct HostileTests {
    @Test func nothingOutsideIsWritten() async throws {
        let fleet = try await Fleet()
        let relay = try await fleet.follow("a", ["--only-write"])
        let outside = try fleet.scratch.directory("outside")
        let inside = fleet.directory("a")
        try FileManager.default.createSymbolicLink(
            atPath: inside + "/link", withDestinationPath: outside)
        try fleet.scratch.file("victim", "untouched")
        try FileManager.default.createSymbolicLink(
            atPath: inside + "/file", withDestinationPath: fleet.scratch.path + "/victim")
        try FileManager.default.createDirectory(
            atPath: inside + "/directory", withIntermediateDirectories: false)
        let names = [
            "", "/", "..", "../x", "../../outside/x", "a/../../outside/x", "/etc/x", "a//b", "a/",
            ".x",
            "a/.x", "a\0b", "a\nb", "ä", String(repeating: "x", count: 201),
            String(repeating: "x/", count: 300) + "x",
        ]
        for name in names { try await fleet.etcd.put(fleet.keys.touches + name, Array("x".utf8)) }
        let throughLink = try await fleet.publish("link/x", "x")
        let overDirectory = try await fleet.publish("directory", "x")
        let overLink = try await fleet.publish("file", "new")
        let linked = try await fleet.outcome("link/x", "a", throughLink, .failedToStart)
        #expect(linked.reason?.contains("open the directory link") == true)
        _ = try await fleet.outcome("directory", "a", overDirectory, .failedToStart)
        _ = try await fleet.outcome("file", "a", overLink, .written)
        #expect(content(inside + "/file") == "new")
        #expect(content(fleet.scratch.path + "/victim") == "untouched")
        #expect(try FileManager.default.contentsOfDirectory(atPath: outside).isEmpty)
        #expect(
            try FileManager.default.subpathsOfDirectory(atPath: inside).sorted()
                == ["directory", "file", "link"])
        #expect(relay.standardError.contains("is no key: a part of it begins with a dot"))
    }

    @Test func valuesOfAllSizes() async throws {
        let fleet = try await Fleet()
        let relay = try await fleet.follow("a", ["--only-write"])
        for size in [0, 1, 4096, 4097, 1 << 20] {
            let value = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let revision = try await fleet.etcd.put(fleet.keys.touches + "k", value)
            _ = try await fleet.outcome("k", "a", revision, .written)
            let file = try Data(contentsOf: URL(fileURLWithPath: fleet.directory("a") + "/k"))
            #expect(Array(file) == value)
        }
        try await fleet.etcd.put(
            fleet.keys.touches + "large", Array(repeating: 1, count: (1 << 20) + 1))
        try await eventually("it is refused") { relay.standardError.contains("more than 1 MiB") }
        #expect(content(fleet.directory("a") + "/large") == nil)
    }

    @Test func aFloodOfKeysIsBounded() async throws {
        let fleet = try await Fleet()
        let relay = try await fleet.follow("a", ["--only-write", "--max-keys", "5"])
        for number in 0..<40 {
            try await fleet.etcd.put(fleet.keys.touches + "k\(number)", Array("x".utf8))
        }
        let last = try await fleet.publish("k0", "last")
        _ = try await fleet.outcome("k0", "a", last, .written)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: fleet.directory("a")).count == 5)
        withExtendedLifetime(relay) {}
    }
}
