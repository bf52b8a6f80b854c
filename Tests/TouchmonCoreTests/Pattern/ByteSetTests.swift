import Testing

@testable import TouchmonCore

/// Where the sets of patterns end, and which have no end.
@Suite struct ByteSetTests {
    @Test(
        arguments: [
            ("[a]", 3), ("[!a]b", 4), ("[]a]", 4), ("[a-\\]]", 6), ("[[:digit:]x]y", 12),
            ("[a", nil), ("[", nil), ("[a-", nil), ("[a-\\", nil), ("[\\", nil),
            ("[[:nope:]]", nil),
            ("[[:digit:", nil),
        ] as [(String, Int?)])
    func `a set ends where something closes it`(text: String, end: Int?) {
        #expect(ByteSet.read(Array(text.utf8)[...], at: 0)?.end == end)
    }
}
