/// What runs print.
extension Engine {
    /// The number of the run that begins next.
    package var nextRun: RunNumber { RunNumber(runs.last.value + 1) }

    /// Whether there is an action whose runs' output is kept.
    package var recordsOutput: Bool { actions.contains { $0.command.output == .record } }

    /// The file of a run that has ended; nil where it has printed nothing, or that was not kept.
    func keptOutput(of run: RunNumber) -> RawPath? {
        outputs.isKept(run) ? outputFile(of: run) : nil
    }

    /// The file that a run prints into, if it has one.
    package func outputFile(of run: RunNumber) -> RawPath {
        Self.outputFile(of: run, in: outputDirectory)
    }

    private static func outputFile(of run: RunNumber, in directory: RawPath) -> RawPath {
        RawPath(bytes: directory.bytes + Array("/\(run.value)".utf8))
    }

    mutating func record(_ run: Runs.Active) {
        outputs.began(run.number, path(run), limit: command(run).outputLimit)
        guard isOutputDegraded else { return }
        isOutputDegraded = false
        log(.outputRestored, at: run.started)
    }

    /// What a run prints is to be kept, and can't be.
    package mutating func outputNotKept(_ failure: LedgerFailure, at now: Instant) {
        guard !isOutputDegraded else { return }
        isOutputDegraded = true
        log(.outputDegraded(failure), at: now)
    }

    /// A look found a run's file of this size; nil where nobody wants to know any more.
    package mutating func foundOutput(
        _ run: RunNumber, size: Int64, at now: Instant
    ) -> OutputFollow.Part? {
        outputs.found(run, size: size, at: now)
    }

    /// Holes can't be made in a run's file: all from here on was cut off. `tookOutput` follows.
    package mutating func outputWasCutOff(_ run: RunNumber, at end: Int64) {
        outputs.wasCutOff(run, at: end)
    }

    /// What a look read of a run's file.
    package mutating func tookOutput(_ run: RunNumber, _ bytes: [UInt8], at now: Instant) {
        let directory = outputDirectory
        let events = outputs.took(
            run, bytes, file: Self.outputFile(of: run, in: directory), at: now)
        for event in events {
            log(event, at: now)
        }
    }

    /// The log's reader had to be waited for, for so many nanoseconds.
    package mutating func logIsSlow(by nanoseconds: Int64, at now: Instant) {
        outputs.logIsSlow(by: nanoseconds, at: now)
    }

    /// A run's file can't be looked at, for now or, where it `isGone`, for ever.
    package mutating func lostOutput(_ run: RunNumber, isGone: Bool, at now: Instant) {
        outputs.lost(run, isGone: isGone, at: now)
        tookOutput(run, [], at: now)
    }

    /// The answer to a request to listen: false where nobody can.
    package mutating func listensToOutput(_ run: RunNumber, _ isHeard: Bool, at now: Instant) {
        outputs.listens(run, isHeard, at: now)
    }

    /// A run that was listened to has printed something.
    package mutating func outputChanged(_ run: RunNumber) { outputs.changed(run) }
}
