internal import TouchmonCore
internal import TouchmonSystem

/// What a daemon does beside that serves one command of somebody at a terminal.
package struct Foreground: Sendable {
    /// What is cleared before a run.
    package enum Clearing: Sendable {
        case nothing, screen
        /// Also what was scrolled out of it.
        case all
    }

    package var clears = Clearing.nothing
    /// Whether touches are printed, a line of JSON each, and nothing is run.
    package var prints = false
    /// Whether it ends with the first run that ends by itself.
    package var endsWithRun = false

    package init() {}
}

/// The terminal of a daemon in the foreground.
struct TerminalSession: ~Copyable {
    private let foreground: Foreground
    private let output: StandardOutput
    /// Whether it is waited for that nobody reads any more what is printed.
    private let isListening: Bool
    private var isClosed = false
    /// Whether it could not be written to, though somebody may read it.
    private var hasFailed = false
    /// The first signal that asked for the end.
    private var signal: Int32?

    /// `token` is told when nobody reads any more what is printed.
    init(
        _ foreground: Foreground, _ poller: borrowing Poller, token: UInt64
    ) throws(SystemFailure) {
        let output = try StandardOutput()
        var isListening = false
        if foreground.prints {
            do {
                try poller.add(output.descriptor, token: token, interest: .nothing)
                isListening = true
            } catch {
                // A regular file has no end that could go, epoll_ctl(2).
                guard error.errno == .notPermitted else { throw error }
            }
        }
        self.foreground = foreground
        self.output = output
        self.isListening = isListening
    }

    /// Whether touches are printed, and nothing is run.
    var prints: Bool { foreground.prints }

    /// Clears the terminal, if there is one and it is to be. Where that fails there is none any more.
    func clear() {
        guard output.isTerminal else { return }
        switch foreground.clears {
        case .nothing: break
        case .screen: try? output.write(Array("\u{1B}[H\u{1B}[2J".utf8))
        case .all: try? output.write(Array("\u{1B}[H\u{1B}[2J\u{1B}[3J".utf8))
        }
    }

    mutating func write(_ bytes: [UInt8]) throws(SystemFailure) {
        guard !isClosed else { return }
        do {
            try output.write(bytes)
        } catch {
            hasFailed = error.errno != .brokenPipe
            throw error
        }
    }

    /// Nothing is written any more; false where that was so before.
    mutating func close(_ poller: borrowing Poller) -> Bool {
        guard !isClosed else { return false }
        isClosed = true
        // Where it fails, the close of the descriptor does the same.
        if isListening { try? poller.remove(output.descriptor) }
        return true
    }

    /// A signal asks for the end.
    mutating func signalled(_ number: Int32) {
        signal = signal ?? number
    }

    /// What to exit with: as the last run did, where it was waited for, and as shells say that.
    func exitStatus(after ending: RunEnding?) -> Int32 {
        if hasFailed { return ExitStatus.system.rawValue }
        switch ending {
        case .ended(.exited(let status)): return status
        case .ended(.signalled(let signal)): return 128 + signal
        case .notStarted: return 127
        case .ended(.unknown), .interrupted: return ExitStatus.system.rawValue
        case nil: return foreground.endsWithRun ? signal.map { 128 + $0 } ?? 0 : 0
        }
    }
}
