import TouchmonTestSupport

/// libFuzzer's loop, which it offers to programs that have their own `main`.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ argumentCount: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// bytes → request of a command, answer of a daemon, rows → and back.
@main struct FuzzControl {
    static func main() {
        var count = CommandLine.argc
        var arguments = CommandLine.unsafeArgv
        _ = runDriver(&count, &arguments) { start, count in
            let bytes = Array(UnsafeBufferPointer(start: start, count: count))
            let violations = ControlInvariants.violations(in: bytes)
            if !violations.isEmpty { fatalError(violations.joined(separator: "\n")) }
            return 0
        }
    }
}
