import Foundation
import Glibc
import Testing
import TouchmonSystem

@Suite struct InotifyTests {
    private static let buffer = 4096

    /// The masks of the events that are in the queue.
    private static func masks(_ queue: borrowing Inotify) throws -> [UInt32] {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: buffer, alignment: 8)
        defer { buffer.deallocate() }
        var masks: [UInt32] = []
        while case let count = try queue.read(into: buffer), count > 0 {
            var offset = 0
            while offset < count {
                masks.append(buffer.load(fromByteOffset: offset + 4, as: UInt32.self))
                offset += 16 + Int(buffer.load(fromByteOffset: offset + 12, as: UInt32.self))
            }
        }
        return masks
    }

    @Test func `events are read until the queue is drained`() throws {
        let directory = try TemporaryDirectory()
        let queue = try Inotify()
        let watch = try queue.addWatch(
            CPath(directory.path), mask: UInt32(IN_CREATE | IN_CLOSE_WRITE))
        #expect(watch > 0)
        #expect(try Self.masks(queue) == [])
        close(open(directory("new"), O_WRONLY | O_CREAT, 0o644))
        #expect(try Self.masks(queue) == [UInt32(IN_CREATE), UInt32(IN_CLOSE_WRITE)])
        #expect(try Self.masks(queue) == [])
    }

    @Test func `a removed watch is gone once`() throws {
        let directory = try TemporaryDirectory()
        let queue = try Inotify()
        let watch = try queue.addWatch(CPath(directory.path), mask: UInt32(IN_CREATE))
        #expect(try queue.removeWatch(watch))
        #expect(try !queue.removeWatch(watch))
        #expect(try Self.masks(queue) == [UInt32(IN_IGNORED)])
    }

    @Test func `a missing path is told`() throws {
        let queue = try Inotify()
        let failure = SystemFailure(
            operation: "watch", errno: .noSuchFile, subject: "/does/not/exist".bytes)
        #expect(throws: failure) {
            _ = try queue.addWatch(CPath("/does/not/exist"), mask: UInt32(IN_CREATE))
        }
    }
}
