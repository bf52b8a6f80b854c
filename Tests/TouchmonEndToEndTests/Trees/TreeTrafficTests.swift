import Foundation
import Testing

/// What others do on the file system of a tree costs next to nothing: counted in how often the daemon goes
/// to sleep again.
@Suite(
    .enabled(if: Binary.isThere, Binary.reason),
    .enabled(if: Binary.isRoot, Binary.rootReason), .serialized)
struct TreeTrafficTests {
    private let place: MountedPlace
    private let daemon: TouchmonProcess
    /// On a file system on which nobody else does anything: the tree, and what is beside it.
    private let tree: String
    private let outside: String

    init() throws {
        place = try MountedPlace()
        try place.run("mount -t tmpfs tmpfs $m; mkdir $m/tree $m/outside")
        tree = "\(place.root)\(place.point)/tree"
        outside = "\(place.root)\(place.point)/outside"
        let action: [String: Any] = [
            "argv": ["true"], "user": NSUserName(), "recursive": true,
        ]
        let file = try place.scratch.actions(["\(place.point)/tree/": action])
        daemon = try TouchmonProcess.daemon([file], prefix: place.prefix)
        #expect(daemon.values("mechanism", of: "tree_watched", as: String.self) == ["fanotify"])
    }

    /// How often the daemon had nothing to do. proc(5), `voluntary_ctxt_switches`.
    private func sleeps() throws -> Int {
        let text = try String(contentsOfFile: "/proc/\(daemon.pid)/status", encoding: .utf8)
        let line = text.split(separator: "\n").first { $0.hasPrefix("voluntary_ctxt_switches") }
        return try #require(line?.split(separator: "\t").last.flatMap { Int($0) })
    }

    private func write(_ path: String) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        try #require(file >= 0 && Glibc.write(file, "x", 1) == 1 && close(file) == 0, "\(path)")
    }

    /// Everything that happened was read, and the queue is waited for.
    private func isAtRest() -> Bool { eventually { daemon.isAsleepForever } }

    @Test func `a busy directory that is nobody's wakes it no more, and is heard in the tree`()
        throws
    {
        try #require(mkdir("\(outside)/d", 0o755) == 0)
        for number in 0..<20 { try write("\(outside)/d/\(number)") }
        #expect(isAtRest())
        let before = try sleeps()
        for number in 0..<5000 { try write("\(outside)/d/\(number % 50)") }
        #expect(try sleeps() - before < 20)
        #expect(daemon.count("run_started") == 0)
        for number in 1...3 {
            // It comes, something is written before anybody can have heard of that, and it goes.
            var runs = daemon.count("run_ended")
            try #require(rename("\(outside)/d", "\(tree)/d") == 0)
            try write("\(tree)/d/new\(number)")
            #expect(daemon.wait(for: "run_ended", count: runs + 1))
            #expect(isAtRest())
            runs = daemon.count("run_ended")
            try write("\(tree)/d/new\(number)")
            #expect(daemon.wait(for: "run_ended", count: runs + 1))
            try #require(rename("\(tree)/d", "\(outside)/d") == 0)
            #expect(isAtRest())
        }
        #expect(daemon.stop() == 0)
    }

    @Test func `of what is written in ever new directories much is read at once`() throws {
        let clock = ContinuousClock()
        let (before, began) = (try sleeps(), clock.now)
        for directory in 0..<500 {
            try #require(mkdir("\(outside)/\(directory)", 0o755) == 0)
            for name in 0..<5 { try write("\(outside)/\(directory)/\(name)") }
        }
        let milliseconds = Int((clock.now - began) / .milliseconds(1))
        #expect(try sleeps() - before < milliseconds * 10 / 9 + 50, "in \(milliseconds) ms")
        #expect(daemon.count("run_started") == 0)
        #expect(daemon.stop() == 0)
    }
}
