import Testing
import TouchmonCore

@Suite struct ShutdownTests {
    private static func at(_ seconds: Int64) -> Instant {
        Instant(nanoseconds: seconds * 1_000_000_000)
    }

    private static let shutdown = Shutdown(drain: .seconds(30))

    @Test func `nothing happens before a signal`() {
        var shutdown = Self.shutdown
        #expect(shutdown.step == nil)
        #expect(shutdown.deadline == nil)
        #expect(shutdown.timePassed(at: Self.at(1_000_000)) == nil)
        #expect(shutdown.step == nil)
    }

    @Test func `after one signal the drain has its time`() {
        var shutdown = Self.shutdown
        #expect(shutdown.signalled(at: Self.at(100)) == .draining)
        #expect(shutdown.deadline == Self.at(130))
        #expect(shutdown.timePassed(at: Self.at(129)) == nil)
        #expect(shutdown.timePassed(at: Self.at(130)) == .stopping)
        // From here on each run has the time that its action gives it.
        #expect(shutdown.deadline == nil)
        #expect(shutdown.timePassed(at: Self.at(1000)) == nil)
    }

    @Test func `each further signal goes on to the next step at once`() {
        var shutdown = Self.shutdown
        #expect(shutdown.signalled(at: Self.at(0)) == .draining)
        #expect(shutdown.signalled(at: Self.at(1)) == .stopping)
        #expect(shutdown.deadline == nil)
        #expect(shutdown.signalled(at: Self.at(2)) == .killing)
        #expect(shutdown.signalled(at: Self.at(3)) == nil)
        #expect(shutdown.step == .killing)
    }

    @Test func `who hands over does nothing else any more`() {
        var shutdown = Self.shutdown
        _ = shutdown.signalled(at: Self.at(0))
        let (first, second) = (shutdown.handsOver(), shutdown.handsOver())
        #expect(first && !second)
        #expect(shutdown.step == .handingOver && shutdown.deadline == nil)
        #expect(shutdown.signalled(at: Self.at(1)) == nil)
        #expect(shutdown.timePassed(at: Self.at(100)) == nil)
        #expect(shutdown.step == .handingOver)
    }

    @Test func `without a drain runs are stopped at the next look`() {
        var shutdown = Shutdown(drain: .zero)
        #expect(shutdown.signalled(at: Self.at(5)) == .draining)
        #expect(shutdown.timePassed(at: Self.at(5)) == .stopping)
    }

    @Test func `a drain without end never overflows`() {
        var shutdown = Shutdown(drain: .nanoseconds(Int64.max))
        #expect(shutdown.signalled(at: Self.at(5)) == .draining)
        #expect(shutdown.deadline == Instant(nanoseconds: .max))
    }
}
