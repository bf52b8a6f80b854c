import Glibc
import Testing
import TouchmonCore

/// The numbers are the kernel's, and each that a user may meet has words.
@Suite struct ErrorNumberTests {
    @Test(
        arguments: [
            (ErrorNumber.notPermitted, EPERM, "operation not permitted"),
            (.noSuchFile, ENOENT, "no such file or directory"),
            (.interrupted, EINTR, "interrupted"), (.inputOutput, EIO, "input/output error"),
            (ErrorNumber(7), E2BIG, "argument list too long"),
            (ErrorNumber(8), ENOEXEC, "not a program the kernel can execute"),
            (.tryAgain, EAGAIN, "resource temporarily unavailable"),
            (.noMemory, ENOMEM, "out of memory"), (.permissionDenied, EACCES, "permission denied"),
            (.busy, EBUSY, "device or resource busy"),
            (.notADirectory, ENOTDIR, "not a directory"),
            (.isADirectory, EISDIR, "is a directory"),
            (.invalidArgument, EINVAL, "invalid argument"),
            (.tooManyOpenFilesInSystem, ENFILE, "too many open files in the whole system"),
            (.tooManyOpenFiles, EMFILE, "too many open files"),
            (.textBusy, ETXTBSY, "the program is being written"),
            (.noSpace, ENOSPC, "no space left"),
            (ErrorNumber(30), EROFS, "read-only file system"),
            (.nameTooLong, ENAMETOOLONG, "file name too long"),
            (ErrorNumber(38), ENOSYS, "not supported by this kernel"),
            (.tooManyLinks, ELOOP, "too many levels of symbolic links"),
            (.timedOut, ETIMEDOUT, "timed out"),
            (.stale, ESTALE, "the file's server does not know it any more"),
            (.exists, EEXIST, "error 17"), (.notEmpty, ENOTEMPTY, "error 39"),
            (.notSupported, EOPNOTSUPP, "not supported"),
        ] as [(ErrorNumber, Int32, String)])
    func `has the kernel's number, and words`(error: ErrorNumber, code: Int32, words: String) {
        #expect(error.code == code)
        #expect(error.explanation == words)
    }

    @Test func `only some say that nothing is there`() {
        let absent = (1...133).map { ErrorNumber($0) }.filter(\.meansAbsent)
        #expect(absent == [.noSuchFile, .notADirectory, .nameTooLong, .tooManyLinks])
    }
}
