/// What the daemon is to do with the file that a run prints into; each says how it is answered.
package enum OutputRequest: Hashable, Sendable {
    /// Find out its size: `Engine.foundOutput` says what to read and to take out; then
    /// `Engine.tookOutput`. Or `Engine.lostOutput`.
    case look(RunNumber)
    /// Tell the next change of it, once, with `Engine.outputChanged`; answered by
    /// `Engine.listensToOutput`.
    case listen(RunNumber)
    /// Nobody looks at it any more; not answered.
    case close(RunNumber)
    /// The same, and it is removed; not answered.
    case remove(RunNumber)
}

/// The output stage: the files that runs print into, from their beginning until they are removed.
struct Outputs {
    private static let shortestPause: Int64 = 2_000_000

    private struct Output {
        var path: RawPath
        var follow: OutputFollow
        /// When its run ended; nil of one that has not.
        var ended: Instant?
        /// Whether the log is told of it.
        var isTold = true
        /// Whether the log knows that it has not all.
        var isCutTold = false
        /// What was requested and not answered yet.
        var asked: OutputFollow.Next?
    }

    private var outputs: [RunNumber: Output] = [:]
    private var requests = Queue<OutputRequest>()
    /// The runs that are to be looked at later.
    private var waits: [RunNumber: Instant] = [:]
    /// What the runs printed that have ended, as they ended.
    private var kept: [KeptOutput] = []
    /// What all of it takes of the disk.
    private var keptBytes: Int64 = 0
    private let retention: Retention
    /// What the log is to say before the end of a run that has ended.
    private var lastWords: [RunNumber: Queue<(event: LogEvent, time: Instant)>] = [:]
    /// Until then nothing is copied.
    private var pause = Instant(nanoseconds: .min)
    /// How many runs have ended of which not all was copied yet.
    private(set) var unfinished = 0

    init(_ retention: Retention = Retention()) {
        self.retention = retention
    }

    // MARK: What happened

    /// An earlier daemon left files, of runs up to `last`; others are nobody's.
    mutating func found(_ files: [KeptOutput], last: RunNumber, at now: Instant) {
        for file in files.sorted(by: { $0.run < $1.run }) {
            if file.run > last { requests.append(.remove(file.run)) } else { keep(file, at: now) }
        }
    }

    /// A run has a file that it prints into.
    mutating func began(_ run: RunNumber, _ path: RawPath, limit: Int64) {
        // What an earlier daemon left under its number is gone already.
        if !requests.isEmpty { requests.removeAll { $0 == .remove(run) } }
        outputs[run] = Output(path: path, follow: OutputFollow(limit: limit))
    }

    /// A run of an earlier daemon goes on. If it has a file, that is followed from where it ends now.
    mutating func adopted(_ run: RunNumber, _ path: RawPath, limit: Int64) {
        guard takeKept(run) else { return }
        outputs[run] = Output(path: path, follow: OutputFollow(limit: limit, isKnown: true))
        requests.append(.look(run))
    }

    /// A run of an earlier daemon is gone. If it has a file, that is brought within its limit.
    mutating func interrupted(_ run: RunNumber, _ path: RawPath, limit: Int64, at now: Instant) {
        guard takeKept(run) else { return }
        outputs[run] = Output(path: path, follow: OutputFollow(limit: limit), isTold: false)
        ended(run, isSeen: false, at: now)
    }

    private mutating func takeKept(_ run: RunNumber) -> Bool {
        guard let index = kept.firstIndex(where: { $0.run == run }) else { return false }
        keptBytes -= kept.remove(at: index).bytes
        return true
    }

    /// The run executes its program.
    mutating func started(_ run: RunNumber) {
        update(run) { $0.follow.started() }
    }

    /// The run has ended: what is left is copied.
    mutating func ended(_ run: RunNumber, isSeen: Bool = true, at now: Instant) {
        guard outputs[run] != nil else { return }
        unfinished += 1
        update(run) { output in
            output.ended = now
            output.follow.ended(isSeen: isSeen, at: now)
        }
    }

    /// Whether the log has to wait with the end of any run.
    var isBusyWithEnds: Bool { unfinished > 0 || !lastWords.isEmpty }

    /// Whether the end of a run has to wait for what it printed before.
    func isUnfinished(_ run: RunNumber) -> Bool { outputs[run]?.ended != nil }

    /// Whether the file of a run that has ended is kept: it has printed something.
    func isKept(_ run: RunNumber) -> Bool { kept.contains { $0.run == run } }

    mutating func listens(_ run: RunNumber, _ isHeard: Bool, at now: Instant) {
        update(run) { output in
            output.asked = nil
            output.follow.listens(isHeard, at: now)
        }
    }

    mutating func changed(_ run: RunNumber) {
        update(run) { $0.follow.changed() }
    }

    /// The file can't be looked at, for now or, where it `isGone`, for ever; `took` follows.
    mutating func lost(_ run: RunNumber, isGone: Bool, at now: Instant) {
        outputs[run]?.asked = nil
        outputs[run]?.follow.lost(isGone: isGone, at: now)
    }

    /// What is to be done with a file of this size; nil where nobody follows it any more.
    mutating func found(
        _ run: RunNumber, size: Int64, at now: Instant
    ) -> OutputFollow.Part? {
        guard var output = outputs.removeValue(forKey: run) else { return nil }
        output.asked = nil
        let part = output.follow.found(size: size, at: now, copiesFrom: pause)
        outputs[run] = output
        return part
    }

    /// Nobody took the log for a while: it is given what runs print for a tenth of the time at the
    /// most, and has the rest of it for itself.
    mutating func logIsSlow(by nanoseconds: Int64, at now: Instant) {
        pause = now.after(nanoseconds: max(10 * nanoseconds, Self.shortestPause))
    }

    mutating func wasCutOff(_ run: RunNumber, at end: Int64) {
        outputs[run]?.follow.wasCutOff(at: end)
    }

    /// What the log is to say now of what a look has read. Of a run that has ended, `nextLastWord` says
    /// it in its turn.
    mutating func took(
        _ run: RunNumber, _ bytes: [UInt8], file: @autoclosure () -> RawPath, at now: Instant
    ) -> [LogEvent] {
        guard var output = outputs[run] else { return [] }
        let lines = output.follow.took(bytes, at: now)
        var events: [LogEvent] = []
        if output.isTold {
            events = lines.map { .output(run, output.path, $0) }
            let follow = output.follow
            if follow.isCut, !output.isCutTold {
                output.isCutTold = true
                events.append(.outputCut(run, output.path, logged: follow.copied, file: file()))
            }
            if follow.next == .finished, follow.isShortened {
                events.append(
                    .outputShortened(
                        run, output.path, printed: follow.printed, kept: follow.limit,
                        file: file()))
            }
        }
        outputs[run] = output
        defer { update(run) { _ in } }
        guard let ended = output.ended else { return events }
        for event in events { lastWords[run, default: Queue()].append((event, ended)) }
        return []
    }

    /// Takes what the log is to say before the end of a run; nil where that is nothing, for now.
    mutating func nextLastWord(_ run: RunNumber) -> (event: LogEvent, time: Instant)? {
        guard let word = lastWords[run]?.popFirst() else { return nil }
        if lastWords[run]?.isEmpty == true { lastWords[run] = nil }
        return word
    }

    /// Changes what is known of a run, and sees to what comes next.
    private mutating func update(_ run: RunNumber, _ change: (inout Output) -> Void) {
        guard var output = outputs.removeValue(forKey: run) else { return }
        change(&output)
        waits[run] = nil
        switch output.follow.next {
        case .nothing: break
        case .look, .listen:
            guard output.asked != output.follow.next else { break }
            output.asked = output.follow.next
            requests.append(output.follow.next == .look ? .look(run) : .listen(run))
        case .wait(let moment): waits[run] = moment
        case .finished: return finish(run, output)
        }
        outputs[run] = output
    }

    private mutating func finish(_ run: RunNumber, _ output: Output) {
        unfinished -= 1
        guard !output.follow.isEmpty else { return requests.append(.remove(run)) }
        requests.append(.close(run))
        let ended = output.ended ?? Instant(nanoseconds: 0)
        keep(KeptOutput(run: run, bytes: output.follow.kept, ended: ended), at: ended)
    }

    private mutating func keep(_ file: KeptOutput, at now: Instant) {
        kept.append(file)
        keptBytes += file.bytes
        while let oldest = kept.first,
            kept.count > retention.outputs || keptBytes > retention.outputBytes
                || retention.age.map({ oldest.ended.advanced(by: $0) < now }) ?? false
        {
            keptBytes -= oldest.bytes
            requests.append(.remove(kept.removeFirst().run))
        }
    }

    // MARK: What is to be done

    /// The next request; nil when there is nothing to do but wait.
    mutating func nextRequest() -> OutputRequest? {
        while let request = requests.popFirst() {
            // Who has ended prints no more.
            if case .listen(let run) = request, outputs[run]?.ended != nil { continue }
            return request
        }
        return nil
    }

    /// When `timePassed` is to be called.
    var deadline: Instant? { waits.isEmpty ? nil : waits.values.min() }

    mutating func timePassed(at now: Instant) {
        guard let deadline, deadline <= now else { return }
        for (run, moment) in waits where moment <= now {
            update(run) { $0.follow.timePassed() }
        }
    }
}
