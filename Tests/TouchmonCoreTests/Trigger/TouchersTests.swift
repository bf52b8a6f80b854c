import Testing

@testable import TouchmonCore

/// Who did what, kept until it is asked for.
@Suite struct TouchersTests {
    private static let alice = Toucher(process: 10, user: 1, group: 1)
    private static let bob = Toucher(process: 20, user: 2, group: 2)

    private static func at(_ milliseconds: Int64) -> Instant {
        Instant(nanoseconds: milliseconds * 1_000_000)
    }

    private static func heard(
        _ touchers: inout Touchers, file: UInt64 = 0, name: UInt64 = 0,
        _ weight: Touchers.Weight = .change, by toucher: Toucher, isGone: Bool = false,
        at milliseconds: Int64 = 0
    ) {
        touchers.heard(
            file: file, name: name, weight, process: toucher.process, isGone ? nil : toucher,
            at: at(milliseconds))
    }

    private static func take(
        _ touchers: inout Touchers, _ number: UInt64, at milliseconds: Int64 = 1
    ) -> [Toucher] {
        let found = touchers.take(number, at: at(milliseconds))
        return (found.last.map { [$0] } ?? []) + found.earlier
    }

    @Test func `by file and by name, once`() {
        var touchers = Touchers()
        Self.heard(&touchers, file: 5, name: 6, by: Self.alice)
        Self.heard(&touchers, file: 7, name: 8, by: Self.bob)
        #expect(Self.take(&touchers, 1) == [])
        #expect(Self.take(&touchers, 5, at: 1) == [Self.alice])
        #expect(Self.take(&touchers, 6) == [])
        #expect(Self.take(&touchers, 8, at: 1) == [Self.bob])
        #expect(touchers.count == 0)
    }

    @Test func `a number that the kernel did not tell is nobody's`() {
        var touchers = Touchers()
        Self.heard(&touchers, file: 0, name: 6, by: Self.alice)
        #expect(Self.take(&touchers, 0) == [])
    }

    @Test func `the last one first, each once`() {
        var touchers = Touchers()
        Self.heard(&touchers, file: 5, by: Self.alice)
        Self.heard(&touchers, file: 5, by: Self.bob)
        Self.heard(&touchers, file: 5, by: Self.alice)
        #expect(Self.take(&touchers, 5, at: 1) == [Self.alice, Self.bob])
    }

    @Test func `who changed attributes counts where nobody did more`() {
        var touchers = Touchers()
        Self.heard(&touchers, file: 5, by: Self.alice)
        Self.heard(&touchers, file: 5, .attributes, by: Self.bob)
        #expect(Self.take(&touchers, 5, at: 1) == [Self.alice])
        Self.heard(&touchers, file: 5, .attributes, by: Self.bob)
        #expect(Self.take(&touchers, 5, at: 1) == [Self.bob])
    }

    @Test func `of changed attributes the last one counts, known or not`() {
        var touchers = Touchers()
        Self.heard(&touchers, file: 5, .attributes, by: Self.alice)
        Self.heard(&touchers, file: 5, .attributes, by: Self.bob)
        #expect(Self.take(&touchers, 5) == [Self.bob])
        Self.heard(&touchers, file: 5, .attributes, by: Self.alice)
        Self.heard(&touchers, file: 5, .attributes, by: Self.bob, isGone: true)
        #expect(Self.take(&touchers, 5) == [])
    }

    @Test func `who is gone by the second event was there at the first`() {
        var touchers = Touchers()
        Self.heard(&touchers, file: 5, .attributes, by: Self.alice)
        Self.heard(&touchers, file: 5, by: Self.alice, isGone: true, at: 50)
        #expect(Self.take(&touchers, 5, at: 60) == [Self.alice])
        // Later the number may be another's.
        Self.heard(&touchers, file: 5, .attributes, by: Self.alice, at: 100)
        Self.heard(&touchers, file: 5, by: Self.alice, isGone: true, at: 200)
        #expect(Self.take(&touchers, 5, at: 201) == [])
    }

    @Test func `what nobody asks for is forgotten`() {
        var touchers = Touchers()
        Self.heard(&touchers, file: 5, by: Self.alice)
        #expect(Self.take(&touchers, 5, at: 15_000) == [])
        // A moment's rush is kept, and more than that only as far as there is room.
        for number in 1...1000 {
            Self.heard(&touchers, file: UInt64(number), by: Self.alice, at: 20_000)
        }
        #expect(touchers.count == 1000)
        for number in 1...100_000 {
            Self.heard(&touchers, file: UInt64(number), by: Self.alice, at: 20_050)
            #expect(touchers.count <= 16384)
        }
        #expect(Self.take(&touchers, 100_000, at: 20_050) == [Self.alice])
        for number in 1...16384 {
            Self.heard(&touchers, file: UInt64(number), by: Self.alice, at: 30_000)
        }
        #expect(touchers.count <= 16384)
    }
}
