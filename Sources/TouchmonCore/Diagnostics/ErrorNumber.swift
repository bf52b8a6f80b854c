/// An error number of the kernel, errno(3), as a value that the pure core can name and explain.
package struct ErrorNumber: Error, Hashable, Sendable {
    package var code: Int32

    package init(_ code: Int32) {
        self.code = code
    }

    package static let notPermitted = ErrorNumber(1)
    package static let noSuchFile = ErrorNumber(2)
    package static let tryAgain = ErrorNumber(11)
    package static let noMemory = ErrorNumber(12)
    package static let permissionDenied = ErrorNumber(13)
    package static let exists = ErrorNumber(17)
    package static let notADirectory = ErrorNumber(20)
    package static let isADirectory = ErrorNumber(21)
    package static let invalidArgument = ErrorNumber(22)
    package static let tooManyOpenFiles = ErrorNumber(24)
    package static let noSpace = ErrorNumber(28)
    package static let nameTooLong = ErrorNumber(36)
    package static let notEmpty = ErrorNumber(39)
    package static let tooManyLinks = ErrorNumber(40)
    package static let notSupported = ErrorNumber(95)
}
