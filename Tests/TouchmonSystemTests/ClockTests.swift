import Foundation
import Testing
import TouchmonSystem

@Suite struct ClockTests {
    @Test func `the monotonic clock does not go back`() {
        let first = Clock.monotonic()
        #expect(Clock.monotonic() >= first)
    }

    @Test func `the real clock counts from 1970`() {
        let seconds = Double(Clock.realtime()) / 1e9
        #expect(abs(seconds - Date().timeIntervalSince1970) < 60)
    }
}
