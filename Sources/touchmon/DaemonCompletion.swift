internal import ArgumentParser
internal import Glibc
internal import TouchmonCore
internal import TouchmonDaemon

/// What the daemon that is meant offers a shell. Where there is none, or it does not answer, nothing: who
/// types is not to be told, and not to wait.
extension CompletionKind {
    /// Paths that are watched.
    static let watchedPath = paths { _ in true }

    /// Paths whose actions are paused.
    static let pausedPath = paths { $0.pause != nil }

    /// The numbers of the latest runs, the last one first.
    static let run = custom { words, _, _ in
        ask(words) { client throws(StartupFailure) in
            try client.history(HistoryQuery(), atMost: mostRuns).reversed()
                .map { "\($0.run.value)" }
        }
    }

    /// The numbers of runs that are under way, the last one first.
    static let activeRun = custom { words, _, _ in
        ask(words) { client throws(StartupFailure) in
            // Not all of them are of an action; and one that is may be older than the latest.
            let latest = try client.history(HistoryQuery(), atMost: mostRuns)
                .filter { $0.ending == nil }.map(\.run)
            let ofActions = try client.status().0.flatMap(\.runs)
            return Set(latest + ofActions).sorted { $0.value > $1.value }.map { "\($0.value)" }
        }
    }

    private static let mostRuns = 100

    private static func paths(
        where isMeant: @Sendable @escaping (StatusRow) -> Bool
    ) -> CompletionKind {
        custom { words, index, _ in
            ask(words) { client throws(StartupFailure) in
                Completion.paths(
                    try client.status().0.filter(isMeant).map(\.path),
                    for: words.indices.contains(index) ? words[index] : "",
                    in: StateLocation.absolute([UInt8(ascii: ".")]),
                    shell: CompletionShell.requesting.flatMap { .init(rawValue: $0.rawValue) })
            }
        }
    }

    /// What a daemon answers within a second; nothing otherwise.
    private static func ask(
        _ words: [String],
        _ body: (inout ControlClient) throws(StartupFailure) -> [String]
    ) -> [String] {
        // A daemon may stand still. Nothing has been printed then, and nothing is held.
        signal(SIGALRM) { _ in _exit(0) }
        // Whoever began the shell may have it blocked.
        var alarms = sigset_t()
        sigemptyset(&alarms)
        sigaddset(&alarms, SIGALRM)
        sigprocmask(SIG_UNBLOCK, &alarms, nil)
        alarm(1)
        do throws(StartupFailure) {
            var client = try ControlClient(
                StateLocation.control(
                    name: Completion.value(of: "--name", in: words) ?? "default",
                    directory: Completion.value(of: "--state-directory", in: words)
                        .map { Array($0.utf8) }))
            return try body(&client)
        } catch {
            return []
        }
    }
}
