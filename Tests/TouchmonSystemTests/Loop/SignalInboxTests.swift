import Glibc
import Testing
import TouchmonSystem

@Suite struct SignalInboxTests {
    @Test func `signals are read in turn, then nil`() async {
        await #expect(processExitsWith: .success) {
            let inbox = try SignalInbox()
            #expect(try inbox.next() == nil)
            for signal in [SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGQUIT] { raise(signal) }
            var seen: Set<Int32> = []
            while let signal = try inbox.next() { seen.insert(signal) }
            #expect(seen == [SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGQUIT])
        }
    }

    @Test func `a request to reload before there is an inbox is kept for it`() async {
        await #expect(processExitsWith: .success) {
            try SignalInbox.holdHangUp()
            raise(SIGHUP)
            let inbox = try SignalInbox()
            #expect(try inbox.next() == SIGHUP)
        }
    }

    @Test func `a signal wakes the poller`() async {
        await #expect(processExitsWith: .success) {
            let inbox = try SignalInbox()
            var poller = try Poller()
            var tokens: [UInt64] = []
            try poller.add(inbox.descriptor, token: 7)
            raise(SIGHUP)
            try poller.wait(timeout: nil, into: &tokens)
            #expect(tokens == [7])
        }
    }

    @Test func `a write to a closed pipe does not kill`() async {
        await #expect(processExitsWith: .success) {
            _ = try SignalInbox()
            var ends: [Int32] = [0, 0]
            try #require(pipe(&ends) == 0)
            close(ends[0])
            #expect(write(ends[1], "x", 1) == -1 && errno == EPIPE)
        }
    }

    @Test func `a fault still kills`() async {
        await #expect(processExitsWith: .signal(SIGABRT)) {
            _ = try SignalInbox()
            abort()
        }
    }
}
