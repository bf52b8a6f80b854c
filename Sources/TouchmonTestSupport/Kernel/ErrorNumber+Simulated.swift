package import TouchmonCore

/// The error numbers that only what other programs do can meet, errno(3).
extension ErrorNumber {
    package static let noSuchDeviceOrAddress = ErrorNumber(6)
    package static let badHandle = ErrorNumber(9)
    package static let busy = ErrorNumber(16)
    package static let crossDevice = ErrorNumber(18)
    package static let brokenPipe = ErrorNumber(32)
}
