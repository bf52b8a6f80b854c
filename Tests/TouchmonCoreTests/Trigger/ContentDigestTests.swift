import Testing
import TouchmonCore
import TouchmonTestSupport

@Suite struct ContentDigestTests {
    private static func digest(_ pieces: [[UInt8]]) -> ContentDigest {
        var builder = ContentDigest.Builder()
        for piece in pieces { builder.add(piece.span.bytes) }
        return builder.digest
    }

    @Test func `it does not matter how the bytes are cut`() {
        var random = SplitMix64(seed: 1)
        let bytes = (0..<100).map { _ in UInt8.random(in: 0...255, using: &random) }
        let whole = Self.digest([bytes])
        for cut in 0...100 {
            #expect(Self.digest([Array(bytes[..<cut]), Array(bytes[cut...])]) == whole)
        }
        #expect(Self.digest(bytes.map { [$0] }) == whole)
    }

    @Test func `every bit, and the length, matters`() {
        var seen: Set<ContentDigest> = []
        var count = 0
        for length in 0...24 {
            let bytes = [UInt8](repeating: 0, count: length)
            seen.insert(Self.digest([bytes]))
            count += 1
            for bit in 0..<(8 * length) {
                var other = bytes
                other[bit / 8] ^= 1 << (bit % 8)
                seen.insert(Self.digest([other]))
                count += 1
            }
        }
        #expect(seen.count == count)
    }

    @Test func `each bit changes about half of the digest`() {
        let bytes = [UInt8](repeating: 0x5a, count: 64)
        let whole = Self.digest([bytes])
        for bit in 0..<512 {
            var other = bytes
            other[bit / 8] ^= 1 << (bit % 8)
            let digest = Self.digest([other])
            for half in [whole.high ^ digest.high, whole.low ^ digest.low] {
                #expect((10...54).contains(half.nonzeroBitCount), "bit \(bit)")
            }
        }
    }

    /// The ledger keeps digests: they must be the same in every process and every version.
    @Test func `a digest stays what it is`() {
        let digest = Self.digest([Array("touchmon".utf8)])
        #expect(
            digest
                == ContentDigest(
                    high: 1_711_680_582_611_458_967, low: 11_894_093_889_674_137_557))
    }
}
