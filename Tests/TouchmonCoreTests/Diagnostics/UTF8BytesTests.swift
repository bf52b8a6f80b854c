import Testing
import TouchmonCore

@Suite struct UTF8BytesTests {
    @Test func `every scalar is found in its UTF-8`() {
        for value in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            if Array(String(scalar).utf8).scalar(at: 0) != scalar {
                Issue.record("U+\(String(value, radix: 16))")
            }
        }
    }

    /// Against the standard library, for all that one to four bytes can be wrong in.
    @Test func `what the standard library refuses is no scalar`() {
        let edges: [UInt8] = [0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF]
        for lead in UInt8.min...UInt8.max {
            for second in edges {
                for third in edges {
                    let bytes = [lead, second, third, 0x80]
                    let scalar = bytes.scalar(at: 0)
                    let length = scalar.map(UTF8.width) ?? 1
                    let text = String(validating: bytes[..<length], as: UTF8.self)
                    if text?.unicodeScalars.first != scalar { Issue.record("\(bytes)") }
                    if scalar == nil {
                        for end in 1...4
                        where String(validating: bytes[..<end], as: UTF8.self) != nil {
                            Issue.record("\(bytes)")
                        }
                    }
                }
            }
        }
    }
}
