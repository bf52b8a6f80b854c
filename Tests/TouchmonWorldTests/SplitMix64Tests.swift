import Testing
import TouchmonTestSupport

@Suite struct SplitMix64Tests {
    @Test func `gives the published numbers for seed 0`() {
        var random = SplitMix64(seed: 0)
        #expect(
            [random.next(), random.next(), random.next()]
                == [0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4, 0x06c4_5d18_8009_454f])
    }
}
