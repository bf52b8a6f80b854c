internal import RelayCore

/// Follows the run of a file that was put in its place, until it is known how it ended.
struct RunFollowing: Sendable {
    private let program: FollowedProgram
    private let path: String
    private let reporter: OutcomeReporter

    init(_ program: FollowedProgram, _ path: String, _ reporter: OutcomeReporter) {
        self.program = program
        self.path = path
        self.reporter = reporter
    }

    /// What is known of it, changed line by line.
    private actor Progress {
        var run: FollowedRun
        private let start = ContinuousClock.now

        init(_ outcome: Outcome) { run = FollowedRun(outcome) }

        /// The outcome, if others should hear of it.
        func apply(_ event: FollowEvent) -> Outcome? {
            run.apply(event, elapsed: start.duration(to: .now), now: WallClock.text)
                ? run.outcome : nil
        }

        func ended(_ end: FollowedProgram.End) -> (retries: Bool, outcome: Outcome) {
            (run.programEnded(status: end.status, complaint: end.complaint), run.outcome)
        }

        func fail(_ reason: String) -> Outcome {
            run.fail(reason)
            return run.outcome
        }
    }

    /// The last outcome: final, unless the task was cancelled.
    func follow(_ start: Outcome) async -> Outcome {
        let progress = Progress(start)
        let reporter = reporter
        var backOff = BackOff(first: .milliseconds(500), longest: .seconds(10))
        while !Task.isCancelled {
            do {
                let end = try await program.run(path) { event in
                    if let outcome = await progress.apply(event), !outcome.isFinal {
                        await reporter.report(outcome)
                    }
                }
                let outcome = await progress.run.outcome
                if outcome.isFinal { return outcome }
                let (retries, last) = await progress.ended(end)
                guard retries else { return last }
                await reporter.report(last)
            } catch {
                guard !Task.isCancelled else { break }
                return await progress.fail(
                    "\(program.program) could not be run: name it with --touchmon (\(error))")
            }
            try? await Task.sleep(for: backOff.next(random: .random(in: 0...1)))
        }
        return await progress.run.outcome
    }
}
