internal import CTouchmon
internal import Glibc

/// An error number of the kernel or of libc, errno(3).
package struct Errno: Hashable, Sendable, CustomStringConvertible {
    package var code: Int32

    package init(_ code: Int32) {
        self.code = code
    }

    package static let notPermitted = Errno(EPERM)
    package static let noSuchFile = Errno(ENOENT)
    package static let noSuchProcess = Errno(ESRCH)
    package static let noChild = Errno(ECHILD)
    package static let argumentsTooLong = Errno(E2BIG)
    package static let badFormat = Errno(ENOEXEC)
    package static let tryAgain = Errno(EAGAIN)
    package static let noMemory = Errno(ENOMEM)
    package static let permissionDenied = Errno(EACCES)
    package static let exists = Errno(EEXIST)
    package static let noDevice = Errno(ENODEV)
    package static let notADirectory = Errno(ENOTDIR)
    package static let invalidArgument = Errno(EINVAL)
    package static let tooManyOpenFiles = Errno(EMFILE)
    package static let noSpace = Errno(ENOSPC)
    package static let badDescriptor = Errno(EBADF)
    package static let brokenPipe = Errno(EPIPE)
    package static let resultTooLarge = Errno(ERANGE)
    package static let notImplemented = Errno(ENOSYS)
    package static let tooManyLinks = Errno(ELOOP)
    package static let notSupported = Errno(EOPNOTSUPP)
    package static let stale = Errno(ESTALE)
    package static let timedOut = Errno(ETIMEDOUT)

    /// The symbolic name, such as `ENOENT`; the number where libc knows no name. strerrorname_np(3).
    package var name: String {
        tm_error_name(code).map { String(cString: $0) } ?? String(code)
    }

    /// The reason in English, such as `No such file or directory`. strerrordesc_np(3).
    package var message: String {
        tm_error_message(code).map { String(cString: $0) } ?? "error \(code)"
    }

    package var description: String { "\(message) (\(name))" }
}

/// A system call that failed: what was attempted, why it failed, and on what.
package struct SystemFailure: Error, Hashable, Sendable {
    /// The attempt, to be read after "unable to": `open`, `watch`, `look up user`.
    package var operation: String
    package var errno: Errno
    /// What it was attempted on, such as a path; nil where the operation says it all.
    package var subject: [UInt8]?

    package init(operation: String, errno: Errno, subject: [UInt8]? = nil) {
        self.operation = operation
        self.errno = errno
        self.subject = subject
    }
}

/// Makes a call that returns -1 and sets errno on failure, again for as long as a signal interrupts
/// it: the one place that knows EINTR, signal(7).
@inline(__always)
func retrying<Result: SignedInteger>(
    _ operation: String, _ subject: CPath? = nil, _ call: () -> Result
) throws(SystemFailure) -> Result {
    while true {
        let result = call()
        let code = errno
        if result != -1 { return result }
        if code == EINTR { continue }
        throw SystemFailure(operation: operation, errno: Errno(code), subject: subject?.bytes)
    }
}

/// Makes a system call. `EBADF` and `EFAULT` can only come from a mistake in this program, and trap.
@inline(__always)
func systemCall<Result: SignedInteger>(
    _ operation: String, _ subject: CPath? = nil, _ call: () -> Result
) throws(SystemFailure) -> Result {
    do {
        return try retrying(operation, subject, call)
    } catch {
        let code = error.errno.code
        precondition(code != EBADF && code != EFAULT, "\(operation): \(error.errno)")
        throw error
    }
}
