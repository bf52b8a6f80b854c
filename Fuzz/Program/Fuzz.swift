import Glibc
import TouchmonTestSupport

/// libFuzzer's loop, which it offers to programs that have their own `main`.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ argumentCount: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// Looks for bytes that break invariants: those of the target that TOUCHMON_FUZZ names.
@main struct Fuzz {
    private static let violations: @Sendable ([UInt8]) -> [String] =
        switch getenv("TOUCHMON_FUZZ").map({ String(cString: $0) }) {
        // Bytes → reader → decoder → report, and back.
        case "ActionFile": ActionFileInvariants.violations
        // Bytes → request of a command, answer of a daemon, rows, and back.
        case "Control": ControlInvariants.violations
        default: fatalError("unable to fuzz: TOUCHMON_FUZZ names no target; see scripts/fuzz")
        }

    static func main() {
        var count = CommandLine.argc
        var arguments = CommandLine.unsafeArgv
        _ = runDriver(&count, &arguments) { start, count in
            let bytes = Array(UnsafeBufferPointer(start: start, count: count))
            let violations = Fuzz.violations(bytes)
            if !violations.isEmpty { fatalError(violations.joined(separator: "\n")) }
            return 0
        }
    }
}
