import Glibc
import Testing
import TouchmonSystem

/// Datagrams to a service manager, which the tests are.
@Suite struct NotifySocketTests {
    /// A socket that receives, at a path or, after `@`, under an abstract name.
    private final class Manager {
        let descriptor: Int32

        init(_ name: String) throws {
            descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            var bytes = Array(name.utf8)
            let isAbstract = bytes[0] == UInt8(ascii: "@")
            if isAbstract { bytes[0] = 0 }
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
            let length = 2 + bytes.count + (isAbstract ? 0 : 1)
            let bound = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(length))
                }
            }
            try #require(bound == 0)
        }

        deinit { close(descriptor) }

        /// The next message; nil where there is none.
        func next() -> String? {
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            return count < 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
        }
    }

    private static func name(_ suffix: String) -> String {
        "/tmp/touchmon-notify-\(getpid())-\(suffix)"
    }

    @Test(arguments: ["path", "abstract"])
    func `a message arrives as it is`(kind: String) throws {
        let name = (kind == "path" ? "" : "@") + Self.name(kind)
        let manager = try Manager(name)
        defer { unlink(name) }
        let notify = try #require(NotifySocket(Array(name.utf8)))
        #expect(try notify.send(Array("READY=1\nSTATUS=1 action".utf8)))
        #expect(manager.next() == "READY=1\nSTATUS=1 action")
        #expect(manager.next() == nil)
    }

    @Test func `names that are none are nobody's`() {
        for name in ["", "/", "@", "vsock:2:1234", "relative"] {
            #expect(NotifySocket(Array(name.utf8)) == nil)
        }
        #expect(NotifySocket(nil) == nil)
    }

    @Test func `a manager that reads nothing is not waited for`() throws {
        let name = "@" + Self.name("full")
        let manager = try Manager(name)
        let notify = try #require(NotifySocket(Array(name.utf8)))
        var sent = 0
        while try notify.send(Array("STATUS=\(sent)".utf8)) {
            sent += 1
            try #require(sent < 100_000)
        }
        #expect(sent > 0)
        #expect(manager.next() == "STATUS=0")
        #expect(try notify.send(Array("STATUS=last".utf8)))
    }

    @Test func `a manager that is gone is an error with its reason`() throws {
        let absent = try #require(NotifySocket(Array(Self.name("absent").utf8)))
        let failure = #expect(throws: SystemFailure.self) { try absent.send([1]) }
        #expect(failure?.errno == .noSuchFile)
        let long = try #require(NotifySocket(Array(repeating: UInt8(ascii: "/"), count: 108)))
        #expect(throws: SystemFailure.self) { try long.send([1]) }
    }

    @Test func `what is meant for the daemon is told from all else`() {
        for variable in ["NOTIFY_SOCKET=@x", "WATCHDOG_USEC=1", "WATCHDOG_PID="] {
            #expect(NotifySocket.isMeant(Array(variable.utf8)))
        }
        for variable in ["NOTIFY_SOCKETS=1", "PATH=/bin", "WATCHDOG=1"] {
            #expect(!NotifySocket.isMeant(Array(variable.utf8)))
        }
    }
}
