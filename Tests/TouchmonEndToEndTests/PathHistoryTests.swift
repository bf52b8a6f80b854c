import Foundation
import Testing

/// A watched path outlives every file that was ever at it: two hundred times each.
@Suite(.enabled(if: Binary.isThere, Binary.reason), .serialized) struct PathHistoryTests {
    /// One daemon that watches one path, and a barrier that tells when all before it was handled.
    private final class World {
        let scratch: Scratch
        let path: String
        let daemon: TouchmonProcess
        private let barrier: String
        private var passes = 0

        init(_ name: String, in parent: String? = nil, prepare: (Scratch) throws -> Void = { _ in })
            throws
        {
            scratch = try parent.map { try Scratch(in: $0) } ?? Scratch()
            path = scratch(name)
            barrier = try scratch.write("barrier")
            try prepare(scratch)
            let user = NSUserName()
            let files = try scratch.actions([
                path: (["true"], user), barrier: (["true"], user),
            ])
            daemon = try TouchmonProcess.daemon([files], options: ["--log-level", "info"])
        }

        deinit { daemon.stop() }

        func runs(of path: String) -> Int {
            daemon.events("run_ended").count { $0["path"] as? String == path }
        }

        /// Expects that the touches so far led to `count` runs.
        func expect(_ count: Int, _ comment: String) throws {
            try #require(
                eventually { runs(of: path) >= count },
                "lost: \(comment)\n\(daemon.text.suffix(1500))")
            passes += 1
            utimes(barrier, nil)
            try #require(eventually { runs(of: barrier) >= passes })
            try #require(
                runs(of: path) == count, "doubled: \(comment)\n\(daemon.text.suffix(1500))")
        }
    }

    private static let times = 200

    private static func write(_ path: String, _ text: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        try #require(descriptor >= 0, "open \(path): \(errno)")
        Glibc.write(descriptor, text, text.utf8.count)
        close(descriptor)
    }

    @Test func `an existing file`() throws {
        let world = try World("f") { try $0.write("f") }
        for number in 1...Self.times {
            try Self.write(world.path, String(number))
            try world.expect(number, "write \(number)")
        }
    }

    @Test(arguments: [1, 2, 4])
    func `parents that come and go`(depth: Int) throws {
        let parents = (1...depth).map { "d\($0)" }
        let world = try World((parents + ["f"]).joined(separator: "/"))
        for number in 1...Self.times {
            for end in 1...depth {
                mkdir(world.scratch(parents[..<end].joined(separator: "/")), 0o755)
            }
            try Self.write(world.path, String(number))
            try world.expect(number, "depth \(depth), history \(number)")
            try FileManager.default.removeItem(atPath: world.scratch("d1"))
        }
    }

    @Test func `atomic replacement`() throws {
        let world = try World("f") { try $0.write("f") }
        for number in 1...Self.times {
            try Self.write(world.scratch("new"), String(number))
            rename(world.scratch("new"), world.path)
            try world.expect(number, "rename \(number)")
        }
    }

    @Test func `unlinked and created again`() throws {
        let world = try World("f") { try $0.write("f") }
        for number in 1...Self.times {
            unlink(world.path)
            try Self.write(world.path, String(number))
            try world.expect(number, "history \(number)")
        }
    }

    @Test func `a hard link elsewhere is written`() throws {
        let world = try World("f") {
            try $0.write("f")
            mkdir($0("elsewhere"), 0o755)
            link($0("f"), $0("elsewhere/g"))
        }
        for number in 1...Self.times {
            try Self.write(world.scratch("elsewhere/g"), String(number))
            try world.expect(number, "write \(number)")
        }
    }

    @Test func `a symbolic link is flipped, and its target written`() throws {
        let world = try World("link") {
            try $0.write("a")
            try $0.write("b")
            symlink($0("a"), $0("link"))
        }
        var runs = 0
        for number in 1...Self.times / 2 {
            let target = world.scratch(number % 2 == 0 ? "a" : "b")
            symlink(target, world.scratch("temporary"))
            rename(world.scratch("temporary"), world.path)
            runs += 1
            try world.expect(runs, "flip \(number)")
            try Self.write(target, String(number))
            runs += 1
            try world.expect(runs, "write after flip \(number)")
        }
    }

    @Test func `a directory on the way is a link that is flipped`() throws {
        let world = try World("current/f") {
            for name in ["r0", "r1"] {
                mkdir($0(name), 0o755)
                try $0.write("\(name)/f")
            }
            symlink("r0", $0("current"))
        }
        for number in 1...Self.times {
            symlink("r\(number % 2)", world.scratch("temporary"))
            rename(world.scratch("temporary"), world.scratch("current"))
            try world.expect(number, "flip \(number)")
        }
    }

    @Test func `a release is renamed into place`() throws {
        let world = try World("release/f") {
            mkdir($0("release"), 0o755)
            try $0.write("release/f")
        }
        for number in 1...Self.times {
            mkdir(world.scratch("next"), 0o755)
            try Self.write(world.scratch("next/f"), String(number))
            rename(world.scratch("release"), world.scratch("old"))
            rename(world.scratch("next"), world.scratch("release"))
            try world.expect(number, "release \(number)")
            try FileManager.default.removeItem(atPath: world.scratch("old"))
        }
    }

    @Test(.enabled(if: Binary.isRoot, "needs root, to mount"))
    func `a file system is mounted over a parent, and taken away`() throws {
        let world = try World("mount/f") {
            mkdir($0("mount"), 0o755)
            try $0.write("mount/f")
        }
        let point = world.scratch("mount")
        defer { umount2(point, 2) }
        var runs = 0
        for number in 1...Self.times / 4 {
            try #require(mount("tmpfs", point, "tmpfs", 0, nil) == 0)
            try Self.write(world.path, String(number))
            runs += 1
            try world.expect(runs, "mounted \(number)")
            try Self.write(world.path, "again")
            runs += 1
            try world.expect(runs, "written while mounted \(number)")
            // What was below comes back as it was: a file that nobody touched, but another one than
            // was at the path before.
            try #require(umount2(point, 0) == 0)
            runs += 1
            try world.expect(runs, "taken away \(number)")
            try Self.write(world.path, "below \(number)")
            runs += 1
            try world.expect(runs, "written below \(number)")
        }
    }
}
