import Foundation
import Glibc
import Testing
import TouchmonSystem

@Suite struct OutputDirectoryTests {
    /// A state directory with the files that runs print into.
    private final class Place {
        let directory: TemporaryDirectory
        let state: StateDirectory
        let outputs: OutputDirectory

        init() throws {
            directory = try TemporaryDirectory(under: "/var/tmp")
            state = try StateDirectory(directory("state").bytes, patience: 0)
            outputs = try OutputDirectory(in: state)
        }

        var path: String { directory("state/output") }
        func path(_ run: UInt64) -> String { "\(path)/\(run)" }
    }

    private static func status(_ path: String) throws -> stat {
        var status = Glibc.stat()
        try #require(lstat(path, &status) == 0)
        return status
    }

    private static func mode(_ path: String) throws -> mode_t {
        try status(path).st_mode & 0o7777
    }

    private static func write(_ file: borrowing OwnedDescriptor, _ bytes: [UInt8]) throws {
        let count = Glibc.write(file.raw, bytes, bytes.count)
        try #require(count == bytes.count)
    }

    @Test func `everybody may write a file that nobody else can reach, whatever the umask`() async {
        await #expect(processExitsWith: .success) {
            umask(0o777)
            let place = try Place()
            let file = try place.outputs.make(7)
            #expect(try Self.mode(place.path) == 0o700)
            #expect(try Self.mode(place.path(7)) == 0o622)
            let flags = (
                fcntl(file.raw, F_GETFL) & (O_ACCMODE | O_APPEND), fcntl(file.raw, F_GETFD)
            )
            #expect(flags == (O_WRONLY | O_APPEND, FD_CLOEXEC))
        }
    }

    @Test func `a directory that others can enter is closed to them`() throws {
        let place = try Place()
        chmod(place.path, 0o755)
        _ = try OutputDirectory(in: place.state)
        #expect(try Self.mode(place.path) == 0o700)
    }

    @Test(.enabled(if: getuid() == 0, "needs root, to give a directory away"))
    func `a directory of somebody else is refused, and a link`() throws {
        let place = try Place()
        chown(place.path, 1, 1)
        #expect(throws: SystemFailure.self) { _ = try OutputDirectory(in: place.state) }
        rmdir(place.path)
        symlink("/tmp", place.path)
        #expect(throws: SystemFailure.self) { _ = try OutputDirectory(in: place.state) }
    }

    @Test func `what is written is read in parts, and what was there before is gone`() throws {
        let place = try Place()
        try Self.write(try place.outputs.make(7), "old and long".bytes)
        let file = try place.outputs.make(7)
        try Self.write(file, "one ".bytes)
        try Self.write(file, "two".bytes)
        let found = try place.outputs.open(7)
        let size = found.size
        #expect(size == 7)
        for (part, text) in [
            (0..<7 as Range<Int64>, "one two"), (4..<100, "two"), (7..<100, ""), (3..<3, ""),
        ] {
            let bytes = try found.read(part)
            #expect(bytes == text.bytes)
        }
    }

    @Test func `a hole takes nothing of the disk, and the file goes on behind it`() throws {
        let place = try Place()
        let file = try place.outputs.make(7)
        let end: Int64 = 8 << 20
        let block = [UInt8](repeating: 0x78, count: 1 << 20)
        for _ in 0..<8 { try Self.write(file, block) }
        fsync(file.raw)
        #expect(try Self.status(place.path(7)).st_blocks >= 8 * 2048)
        let isPunched = try place.outputs.open(7).punch(4096..<end - 4096)
        #expect(isPunched)
        try Self.write(file, "after".bytes)
        fsync(file.raw)
        #expect(try Self.status(place.path(7)).st_blocks <= 64)
        let found = try place.outputs.open(7)
        // Not only whole pages.
        let isPunchedToo = try found.punch(10..<20)
        #expect(isPunchedToo)
        let parts = try [4095..<4098, end..<end + 9, 9..<21].map { try found.read($0) }
        #expect(
            parts == [
                [0x78, 0, 0], "after".bytes, [0x78] + [UInt8](repeating: 0, count: 10) + [0x78],
            ])
    }

    @Test func `what is cut off is gone, and the file goes on from there`() throws {
        let place = try Place()
        let file = try place.outputs.make(7)
        try Self.write(file, "head and more".bytes)
        try place.outputs.open(7).cutOff(at: 4)
        try Self.write(file, "tail".bytes)
        let bytes = try place.outputs.open(7).read(0..<100)
        #expect(bytes == "headtail".bytes)
    }

    @Test func `the runs that have files are told, and nothing else`() throws {
        let place = try Place()
        for run in [7, 11, UInt64.max] { _ = try place.outputs.make(run) }
        for name in ["07", "x", "+1", "-1", " 1", "18446744073709551616", "1.old"] {
            try place.directory.file("state/output/\(name)")
        }
        #expect(try place.outputs.runs().sorted() == [7, 11, UInt64.max])
        try place.outputs.remove(11)
        try place.outputs.remove(11)
        #expect(try place.outputs.runs().sorted() == [7, UInt64.max])
        #expect(throws: SystemFailure.self) { _ = try place.outputs.open(11) }
    }

    @Test func `what is no regular file is refused at once`() throws {
        let place = try Place()
        mkfifo(place.path(1), 0o600)
        mkdir(place.path(2), 0o700)
        symlink("/etc/passwd", place.path(3))
        for run in UInt64(1)...3 {
            #expect(throws: SystemFailure.self) { _ = try place.outputs.open(run) }
        }
        for run in UInt64(2)...3 {
            #expect(throws: SystemFailure.self) { _ = try place.outputs.make(run) }
        }
    }

    /// A run of the daemon's own user could take one, to hold the daemon up.
    @Test func `whoever has a lease on it is not waited for`() async {
        await #expect(processExitsWith: .success) {
            // The kernel tells the lease's owner with a signal.
            signal(SIGIO, SIG_IGN)
            let place = try Place()
            let file = try place.outputs.make(7)
            try #require(fcntl(file.raw, 1024 /* F_SETLEASE */, Int32(F_WRLCK)) == 0)
            let start = Clock.monotonic()
            #expect(throws: SystemFailure.self) { _ = try place.outputs.open(7) }
            #expect(Clock.monotonic() - start < 1_000_000_000)
        }
    }

    @Test func `a change is heard once, through the directory's descriptor`() throws {
        let place = try Place()
        let file = try place.outputs.make(7)
        let queue = try Inotify()
        let mask = UInt32(IN_MODIFY) | 0x8000_0000  // IN_ONESHOT
        let watch = try queue.addWatch(place.outputs.path(of: 7), mask: mask)
        for _ in 0..<3 { try Self.write(file, "x".bytes) }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 8)
        defer { buffer.deallocate() }
        var events: [Int32] = []
        while case let count = try queue.read(into: buffer), count > 0 {
            for offset in stride(from: 0, to: count, by: 16) {
                events.append(buffer.load(fromByteOffset: offset, as: Int32.self))
            }
        }
        // The change, and that nothing more is heard.
        #expect(events == [watch, watch])
    }
}
