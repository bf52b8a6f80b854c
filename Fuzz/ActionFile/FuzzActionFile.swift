import TouchmonTestSupport

/// What libFuzzer calls with each input: bytes → reader → decoder → report, and back.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzzActionFile(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let violations = ActionFileInvariants.violations(in: bytes)
    precondition(violations.isEmpty, violations.joined(separator: "\n"))
    return 0
}
