internal import Glibc

/// What the system refused, and to do what.
package struct SystemFailure: Error, Hashable, Sendable, CustomStringConvertible {
    package let action: String
    package let code: Int32

    package init(_ action: String, _ code: Int32) {
        self.action = action
        self.code = code
    }

    package var description: String { "\(action): \(String(cString: strerror(code)))" }

    /// It may work later, when there is room again.
    package var isTransient: Bool {
        switch code {
        case ENOSPC, EDQUOT, EIO, EMFILE, ENFILE, ENOMEM, EAGAIN: true
        default: false
        }
    }
}

/// Calls until no signal interrupts; what is below zero is thrown.
@discardableResult
func systemCall<Result: SignedInteger>(
    _ action: @autoclosure () -> String, _ call: () -> Result
) throws(SystemFailure) -> Result {
    while true {
        let result = call()
        if result >= 0 { return result }
        let code = errno
        if code != EINTR { throw SystemFailure(action(), code) }
    }
}

/// A descriptor, closed with its owner.
final class Descriptor: Sendable {
    let number: Int32

    init(_ number: Int32) { self.number = number }

    deinit { close(number) }

    func write(_ bytes: [UInt8], to name: String) throws(SystemFailure) {
        var written = 0
        while written < bytes.count {
            let start = written
            written += try systemCall("write \(name)") {
                bytes.withUnsafeBytes {
                    Glibc.write(number, $0.baseAddress?.advanced(by: start), bytes.count - start)
                }
            }
        }
    }

    func sync(_ name: String) throws(SystemFailure) {
        try systemCall("sync \(name)") { fsync(number) }
    }
}
