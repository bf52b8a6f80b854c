import Foundation
import Testing
import TouchmonSystem

/// The control socket itself, from both ends.
@Suite struct ControlSocketTests {
    private static func received(
        _ socket: borrowing ControlSocket
    ) throws -> (bytes: [UInt8], passed: Bool) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 1)
        defer { buffer.deallocate() }
        guard socket.waits(until: Clock.monotonic() + 5_000_000_000),
            case .bytes(let count, let passed) = try socket.receive(into: buffer)
        else { return ([], false) }
        let hasPassed = passed != nil
        return (Array(buffer[..<count]), hasPassed)
    }

    private static func connected(
        _ listener: borrowing ControlListener
    ) throws -> ControlSocket {
        guard let socket = try listener.accept() else {
            throw SystemFailure(operation: "accept", errno: .tryAgain)
        }
        return socket
    }

    @Test func `bytes and a descriptor go over, and it is known who sent them`() throws {
        let directory = try TemporaryDirectory()
        // Longer than the 107 bytes that a socket's address may have.
        let deep = directory(String(repeating: "d", count: 150))
        mkdir(deep, 0o755)
        let path = Array("\(deep)/control".utf8)
        let listener = try ControlListener(at: path)
        let isNobody = try listener.accept() == nil
        #expect(isNobody)
        let client = try ControlSocket(connectingTo: path)
        let server = try Self.connected(listener)
        let (user, process) = (server.user, server.process)
        #expect(user == geteuid() && process == getpid())
        let file = try OwnedDescriptor.null()
        let line = Array("{}\n".utf8)
        let count = try client.send(line.span.bytes, passing: file)
        #expect(count == 3)
        let first = try Self.received(server)
        #expect(first.bytes == line && first.passed)
        let answered = try server.send(line.span.bytes)
        #expect(answered == 3)
        let second = try Self.received(client)
        #expect(second.bytes == line && !second.passed)
    }

    @Test func `a socket that nobody listens at is replaced, and one that is used is not`() throws {
        let directory = try TemporaryDirectory()
        let path = Array(directory("control").utf8)
        do {
            let first = try ControlListener(at: path)
            #expect(throws: SystemFailure.self) { _ = try ControlListener(at: path) }
            _ = consume first
        }
        #expect(access(directory("control"), F_OK) == 0)
        _ = try ControlListener(at: path)
        #expect(throws: SystemFailure.self) {
            _ = try ControlSocket(connectingTo: Array(directory("other").utf8))
        }
    }

    @Test func `nobody waits for a reader`() throws {
        let directory = try TemporaryDirectory()
        let path = Array(directory("control").utf8)
        let listener = try ControlListener(at: path)
        let client = try ControlSocket(connectingTo: path)
        let server = try Self.connected(listener)
        let bytes = [UInt8](repeating: 0x78, count: 65536)
        var sent = 0
        while case let count = try server.send(bytes.span.bytes), count > 0 { sent += count }
        #expect(sent > 0)
        let canRead = client.waits(until: Clock.monotonic())
        #expect(canRead)
        _ = consume client
        var isRefused = false
        do { _ = try server.send(bytes.span.bytes) } catch { isRefused = true }
        #expect(isRefused)
    }
}
