/// An error number of the kernel, errno(3), as a value that the pure core can name and explain.
package struct ErrorNumber: Error, Hashable, Sendable {
    package var code: Int32

    package init(_ code: Int32) {
        self.code = code
    }

    package static let notPermitted = ErrorNumber(1)
    package static let noSuchFile = ErrorNumber(2)
    package static let interrupted = ErrorNumber(4)
    package static let inputOutput = ErrorNumber(5)
    package static let tryAgain = ErrorNumber(11)
    package static let noMemory = ErrorNumber(12)
    package static let permissionDenied = ErrorNumber(13)
    package static let busy = ErrorNumber(16)
    package static let exists = ErrorNumber(17)
    package static let noDevice = ErrorNumber(19)
    package static let notADirectory = ErrorNumber(20)
    package static let isADirectory = ErrorNumber(21)
    package static let invalidArgument = ErrorNumber(22)
    package static let tooManyOpenFilesInSystem = ErrorNumber(23)
    package static let tooManyOpenFiles = ErrorNumber(24)
    package static let textBusy = ErrorNumber(26)
    /// Whether the system was short of something that it may have again in a moment, or a disk did not
    /// answer.
    var isPassing: Bool {
        switch self {
        case .interrupted, .inputOutput, .noMemory, .tryAgain, .tooManyOpenFiles,
            .tooManyOpenFilesInSystem, .timedOut, .stale, .busy:
            true
        default: false
        }
    }

    package static let noSpace = ErrorNumber(28)
    package static let nameTooLong = ErrorNumber(36)
    package static let notEmpty = ErrorNumber(39)
    package static let tooManyLinks = ErrorNumber(40)
    package static let notSupported = ErrorNumber(95)
    package static let timedOut = ErrorNumber(110)
    package static let stale = ErrorNumber(116)

    /// Whether it says of a path that nothing is there. Everything else says that it can't be told.
    package var meansAbsent: Bool {
        switch self {
        case .noSuchFile, .notADirectory, .tooManyLinks, .nameTooLong: true
        default: false
        }
    }
}

extension ErrorNumber {
    /// The error in words, for the end of a sentence.
    package var explanation: String {
        switch self {
        case .notPermitted: "operation not permitted"
        case .noSuchFile: "no such file or directory"
        case .tryAgain: "resource temporarily unavailable"
        case .noMemory: "out of memory"
        case .permissionDenied: "permission denied"
        case .noDevice: "no such device"
        case .notADirectory: "not a directory"
        case .isADirectory: "is a directory"
        case .invalidArgument: "invalid argument"
        case .tooManyOpenFiles: "too many open files"
        case .noSpace: "no space left"
        case .nameTooLong: "file name too long"
        case .tooManyLinks: "too many levels of symbolic links"
        case .interrupted: "interrupted"
        case .inputOutput: "input/output error"
        case ErrorNumber(7): "argument list too long"
        case ErrorNumber(8): "not a program the kernel can execute"
        case .tooManyOpenFilesInSystem: "too many open files in the whole system"
        case .busy: "device or resource busy"
        case .textBusy: "the program is being written"
        case .timedOut: "timed out"
        case .stale: "the file's server does not know it any more"
        case ErrorNumber(30): "read-only file system"
        case ErrorNumber(38): "not supported by this kernel"
        case .notSupported: "not supported"
        default: "error \(code)"
        }
    }
}
