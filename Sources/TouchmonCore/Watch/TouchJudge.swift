/// Tells touches from everything else that happens to one watched path.
///
/// Events are hints and the file's state is the truth, but neither is enough: two writes within a
/// tick of the clock leave the same times, and an event says nothing of what changed. Where both
/// leave a doubt, it is a touch: a run too many is better than a run too few. What counts is
/// described for users in `docs/guarantees.md`.
///
/// One is kept for every watched path: the order of its parts leaves no gaps.
struct TouchJudge {
    /// What follows from a look at the path.
    enum Verdict: Equatable {
        case nothing
        case touch
        /// Undecided until it is known whether somebody has the file open for writing.
        case askWriter
    }

    /// The state that needs no run; nil until there was a file.
    private(set) var handled: FileStatus?
    /// A time was moved backwards. The close that it may belong to is in the queue by now, or no
    /// such close exists: which, `queueDrained` decides.
    private(set) var isRestored = false
    /// Whether the first look, which only records the state, has been taken.
    private(set) var hasBaseline = false
    /// Whether a change after the look at `handled` could have left its times as they are.
    private var isRacy = false
    /// Whether the file was written to since it was last closed after writing.
    private var isBeingWritten = false
    private var lastLook = Look.absent
    private var waiting = Wait.nothing
    /// Whether the handled state is of an earlier boot of the machine: the kernel may have given
    /// its file system another device number since.
    private var isDeviceStale = false
    /// Whether the file may have been closed after writing while nobody listened.
    private var isCloseUnheard = false
    /// Whether the handled state is the ledger's, and the path was not looked at since.
    private var isRecalled = false
    /// Whether a touch was counted in place of a close that may still come, or be heard.
    private var isCloseCounted = false

    /// What the last look saw; nil when there was no file.
    private(set) var seen: FileStatus? {
        get {
            switch lastLook {
            case .absent, .unseen: nil
            case .handled: handled
            case .other(let status): status
            }
        }
        set {
            lastLook =
                if let newValue { newValue == handled ? .handled : .other(newValue) } else {
                    .absent
                }
        }
    }

    /// What was seen is nearly always what was handled, and there are many paths.
    private enum Look {
        case absent, handled
        indirect case other(FileStatus)
        /// It could not be looked at since a time, which may be the ledger's.
        indirect case unseen(since: FileTime, isRecalled: Bool)
    }

    /// The same, with the device that its file system has on this boot, if it is still that file.
    func lastSeen(comparedWith status: FileStatus?) -> FileStatus? {
        guard var seen, let status, isDeviceStale,
            seen.identity.inode == status.identity.inode,
            seen.identity.birth == status.identity.birth
        else { return seen }
        seen.identity.device = status.identity.device
        return seen
    }

    /// Since when the path could not be looked at, where nothing is known of it.
    var unseenSince: FileTime? {
        if case .unseen(let since, _) = lastLook { since } else { nil }
    }
    /// When to look again though nothing more is heard.
    var deadline: Instant? {
        switch waiting {
        case .nothing, .close: nil
        case .opening(let deadline), .closeOfTouch(let deadline), .closeOfWrite(let deadline),
            .closeOfRestore(let deadline), .calm(let deadline):
            deadline
        case .closeOfWriter(let question), .quiet(let question): question.time
        }
    }

    init() {}

    /// Goes on from what the ledger says was handled; nil where there was no file.
    init(handled state: HandledState?, isSameBoot: Bool) {
        if let since = state?.unseenSince {
            lastLook = .unseen(since: since, isRecalled: true)
            return
        }
        handled = state?.status
        lastLook = state == nil ? .absent : .handled
        hasBaseline = true
        isBeingWritten = state?.isBeingWritten ?? false
        isDeviceStale = !isSameBoot || state?.status.identity.device == Self.unknownDevice
        isRecalled = true
        isCloseUnheard = isBeingWritten
    }

    /// Takes this for what was handled: nil where no file was there. What was heard is judged by it.
    mutating func assume(_ status: FileStatus?) {
        handled = status
        lastLook = status == nil ? .absent : .handled
        hasBaseline = true
    }

    /// What the ledger is to say was handled.
    var handledState: HandledState? {
        handled.map {
            var state = HandledState($0, isBeingWritten: isCloseAwaited)
            // The file was not seen on this boot; the next daemon must not take the number for this
            // boot's.
            if isDeviceStale { state.status.identity.device = Self.unknownDevice }
            return state
        }
    }

    /// Whether the file was written to, and that has not counted yet.
    var isCloseAwaited: Bool { isBeingWritten && !isCloseCounted }

    /// Whether something that was heard or seen is judged when the file is closed, and not before.
    var dependsOnClose: Bool { isCloseCertain || isCloseAwaited }

    /// Whether the path had to have been touched to be in this state.
    func isOutdated(by state: HandledState?) -> Bool {
        guard let state else { return false }
        if let unseenSince {
            return Self.isChanged(state.status, since: unseenSince)
        }
        if isBeingWritten, !state.isBeingWritten { return true }
        var status = state.status
        if isDeviceStale { status.identity.device = handled?.identity.device ?? 0 }
        return differs(status)
    }

    /// Whether it is waited for a close that is certain to be heard, as far as anybody knows.
    private var isCloseCertain: Bool {
        switch waiting {
        case .close, .closeOfWriter: true
        case .nothing, .opening, .closeOfTouch, .closeOfWrite, .closeOfRestore, .quiet, .calm:
            false
        }
    }

    /// What has to come, or time to pass, before something heard is judged.
    private enum Wait: Equatable {
        case nothing
        /// A file was created, and whoever did that may not be in it yet: open(2) tells of the new name
        /// before it counts the file as open for writing.
        case opening(Instant)
        /// A close is certain to be heard.
        case close
        /// The same, of somebody who had the file open when he was asked for. But truncate(2) has it open
        /// as well, for a moment, and closes nothing.
        case closeOfWriter(Question)
        /// A change that counts by itself; better judged after the close of the tool that made it.
        case closeOfTouch(Instant)
        /// Written to, which counts when closed; but truncate(2) writes without a close.
        case closeOfWrite(Instant)
        /// A backward time, set by somebody who may have the file open.
        case closeOfRestore(Instant)
        /// Somebody has the file open, and may hold it open for good: it counts when quiet.
        case quiet(Question)
        /// Nobody knows whether somebody has the file open: it counts when quiet for a while.
        case calm(Instant)
    }

    /// When it is asked again who has the file open: after twice the time each time.
    private struct Question: Equatable {
        var time: Instant
        private var count: UInt8 = 0

        init(at now: Instant) { time = now.advanced(by: closeGrace) }

        /// Nobody can say: only the time passes.
        init(unansweredAt now: Instant) {
            (time, count) = (now.advanced(by: quietBound), .max)
        }

        /// The next, if no more than `count` were asked.
        func next(at now: Instant, atMost count: UInt8) -> Question? {
            guard self.count < count else { return nil }
            var next = self
            next.count += 1
            next.time = now.advanced(by: closeGrace * (1 << Int(next.count)))
            return next
        }

        /// The first one, after a change.
        func first(at now: Instant) -> Question {
            count == .max ? Question(unansweredAt: now) : Question(at: now)
        }
    }

    /// A device number that no file system has.
    private static let unknownDevice: UInt64 = 0

    /// How long a tool that has changed a file may take to close it before it is judged without
    /// its close. Tools close within microseconds.
    private static let closeGrace = Duration.milliseconds(20)
    /// How long open(2) may take from the one to the other where the close of what was created may have
    /// come unheard: as everybody who creates an empty file waits for it, no more than a process that is
    /// interrupted there needs as a rule.
    private static let openGrace = Duration.milliseconds(1)
    /// How long a file must be quiet of which not all was heard, where nobody says who writes.
    private static let quietBound = Duration.seconds(10)
    /// How often it is asked for a writer whose close is certain: for 2.5 seconds.
    private static let mostForClose: UInt8 = 6
    /// How often while a file must be quiet that is open for writing: for 10 seconds.
    private static let mostForQuiet: UInt8 = 8
    /// How old a file must be at the first look to be taken as closed without asking.
    private static let baselineAge: Int64 = 3600

    /// Takes one event of the file, in the order of the queue.
    mutating func heard(_ mask: InotifyMask) -> Evidence {
        var evidence: Evidence = []
        if mask.contains(.modify) {
            isBeingWritten = true
            isCloseCounted = false
            evidence.insert(.modified)
        }
        if mask.contains(.attributes) { evidence.insert(.attributes) }
        if mask.contains(.closeAfterWriting) {
            evidence.insert(isBeingWritten ? [.closed, .wrote] : .closed)
            isBeingWritten = false
        }
        return evidence
    }

    /// The kernel would not say what is at the path. True when nothing is known of it, for the first
    /// time.
    mutating func failed(_ examination: Examination) -> Bool {
        guard !hasBaseline, unseenSince == nil else { return false }
        lastLook = .unseen(since: examination.time, isRecalled: false)
        return true
    }

    /// Whether a file that could not be looked at since a time was changed since: of what an earlier
    /// daemon did not see, nothing was heard either. The time of a change is that of the kernel's last
    /// tick.
    private static func isChanged(_ status: FileStatus, since time: FileTime) -> Bool {
        status.changed.elapsed(until: time) < .milliseconds(20)
    }

    /// The same of a path that this daemon could not look at, but may have heard: written to since, and
    /// not before the clock was set back.
    private static func isModified(
        _ status: FileStatus, since time: FileTime, until now: FileTime
    ) -> Bool {
        status.modified.elapsed(until: time) < .milliseconds(20) && status.modified <= now
    }

    /// Judges a look at the path by what was heard before it. `writer` is nil when it was not
    /// asked for; then the verdict may be to ask.
    mutating func judge(
        _ evidence: Evidence, _ examination: Examination, writer: WriterPresence? = nil,
        at now: Instant
    ) -> Verdict {
        guard case .success(let status) = examination.status else {
            return vanished()
        }
        if isRecalled { recall(status, examination) }
        if evidence.contains(.lost) || mayHaveMissedClose(evidence, status) {
            isCloseUnheard = true
        }
        // A writer's events may be among the lost ones: that somebody writes, or has closed.
        let isUncertain = isCloseUnheard && hasBaseline && status.kind == .regular
        if isUncertain, writer == nil { return .askWriter }
        let wasBeingWritten = isBeingWritten
        // The close may have been heard while the name was another file's.
        if writer == .absent { isBeingWritten = false }
        // The kernel knows who writes on this machine.
        let mayBeOthers = examination.fileSystem != nil && evidence.isOnlySeen
        let writer = mayBeOthers && writer == .absent ? .unknown : writer
        var verdict =
            if !hasBaseline {
                baseline(evidence, status, examination, writer)
            } else if status.kind == .regular {
                regular(evidence, status, writer, examination, now)
            } else {
                special(evidence, status, examination, now)
            }
        guard verdict != .askWriter else { return .askWriter }
        if isUncertain {
            if wasBeingWritten, writer != .present, !isCloseCounted {
                verdict = .touch
                isCloseCounted = true
            }
            if writer == .present { isBeingWritten = true }
        }
        isCloseUnheard = false
        if verdict == .touch || !hasBaseline { handle(status, examination) }
        if verdict == .touch, isCloseAwaited, writer != .present {
            // Written to after what counts: by somebody who will close it, or by truncate(2) or
            // utimensat(2), which have nothing to close.
            waiting = .closeOfWrite(now.advanced(by: Self.closeGrace))
        }
        hasBaseline = true
        if waiting == .nothing, !isRestored, !differs(status) { handle(status, examination) }
        waitAgain(status, examination, now)
        seen = status
        return verdict
    }

    /// Nothing is at the path any more. What counts by itself does so, though the close that was waited for
    /// can't be told any more.
    private mutating func vanished() -> Verdict {
        let isTouched = if case .closeOfTouch = waiting { true } else { false }
        // Otherwise the handled state is kept: a file that comes back as it was, was not touched.
        if isTouched, let seen { handled = seen }
        seen = nil
        hasBaseline = true
        isBeingWritten = false
        isCloseUnheard = false
        isRestored = false
        waiting = .nothing
        return isTouched ? .touch : .nothing
    }

    /// The event queue was emptied after the last look, and nothing of it is left to judge. True
    /// when what was seen then needs no run.
    mutating func queueDrained() -> Bool {
        guard isRestored, waiting == .nothing, let seen else { return false }
        handled = seen
        lastLook = .handled
        isRestored = false
        return true
    }

    /// The first look since the state was read from the ledger.
    private mutating func recall(_ status: FileStatus, _ examination: Examination) {
        isRecalled = false
        guard let identity = handled?.identity else { return }
        if isDeviceStale, identity.inode == status.identity.inode,
            identity.birth == status.identity.birth
        {
            handled?.identity.device = status.identity.device
        }
        isDeviceStale = false
        // The kernel has made the inode anew since: neither its number nor its time says anything.
        if examination.fileSystem?.keepsTimes == false, seen != nil { handled = status }
    }

    /// Whether the writer of this file may have closed it unheard: while its watch did not stand, or
    /// while its name was taken for another file's, because that had not been looked at.
    private func mayHaveMissedClose(_ evidence: Evidence, _ status: FileStatus) -> Bool {
        isCloseAwaited && handled?.identity == status.identity
            && !evidence.isDisjoint(with: [.unheard, .created, .arrived])
    }

    private mutating func handle(_ status: FileStatus, _ examination: Examination) {
        handled = status
        isRacy = examination.isRacy(status)
        isRestored = false
        waiting = .nothing
    }

    /// The first look: what happened before it is not ours, except that a writer who has the file
    /// open now will close it later, and his writes were not heard. What was heard before it is ours:
    /// the look should have been taken earlier, and failed.
    private mutating func baseline(
        _ evidence: Evidence, _ status: FileStatus, _ examination: Examination,
        _ writer: WriterPresence?
    ) -> Verdict {
        // Of attributes only a time that was set to about now says more than that something changed.
        let isTimeSet =
            evidence.contains(.attributes)
            && status.modified.elapsed(until: status.changed) <= .seconds(2)
        let isUnseenTouch =
            switch lastLook {
            case .unseen(let since, true): Self.isChanged(status, since: since)
            case .unseen(let since, false):
                Self.isModified(status, since: since, until: examination.time)
            default: false
            }
        let isTouched =
            isTimeSet || isUnseenTouch
            || !evidence.isDisjoint(with: [.wrote, .created, .arrived, .entries])
        if isTouched, status.kind != .regular { return .touch }
        if isTouched {
            guard let writer else { return .askWriter }
            isBeingWritten = writer == .present
            return isBeingWritten ? .nothing : .touch
        }
        let isRecent = examination.time.seconds - status.changed.seconds < Self.baselineAge
        guard status.kind == .regular, isRecent else { return .nothing }
        guard let writer else { return .askWriter }
        isBeingWritten = writer == .present
        return .nothing
    }

    private mutating func regular(
        _ evidence: Evidence, _ status: FileStatus, _ writer: WriterPresence?, _ look: Examination,
        _ now: Instant
    ) -> Verdict {
        if isRestored, differs(status), !isSetBack(status) {
            // It has moved on since, or is another file's: that is no restored time.
            isRestored = false
            if case .closeOfRestore = waiting { waiting = .nothing }
        }
        guard let handled, handled.identity == status.identity else {
            // What was written before it came was another file.
            if let seen, seen.identity != status.identity, !evidence.contains(.modified) {
                isBeingWritten = false
            }
            return replaced(evidence, status, writer, look, now)
        }
        if evidence.contains(.closed) {
            if differs(status) || evidence.contains(.wrote) { return .touch }
            if case .closeOfTouch = waiting { return .touch }
        }
        if evidence.contains(.deadline), waiting != .nothing {
            return waited(status, writer, now)
        }
        if evidence.contains(.attributes) {
            let verdict = attributesChanged(since: handled, status, writer, now)
            if verdict != .nothing { return verdict }
        }
        if evidence.contains(.modified), waiting == .nothing {
            waiting = .closeOfWrite(now.advanced(by: Self.closeGrace))
        }
        if !evidence.isDisjoint(with: [.unheard, .listed, .created, .arrived, .lost]) {
            if evidence.contains(.arrived), differs(status) {
                return replaced(evidence, status, writer, look, now)
            }
            if differs(status) { return appeared(evidence, status, writer, look, now) }
            if case .calm = waiting { waiting = .nothing }
            if isRacy, evidence.contains(.lost) { return .touch }
            if isRacy, evidence.contains(.created) { return created(writer, now) }
        }
        return .nothing
    }

    /// A file was created that can't be told from the one before it: its inode was used again within a
    /// tick of the clock. Who created it may still be writing; then it counts when it is closed.
    private mutating func created(_ writer: WriterPresence?, _ now: Instant) -> Verdict {
        switch writer {
        case nil: return .askWriter
        case .absent, .unknown: return .touch
        case .present:
            isBeingWritten = true
            waiting = .closeOfWriter(Question(at: now))
            return .nothing
        }
    }

    /// Whether a file that was created just now, and that nobody has open for writing, may be about to be
    /// opened. What has been written to was open, and so was what was seen before or has another name.
    private func isOpening(_ evidence: Evidence, _ status: FileStatus) -> Bool {
        evidence.contains(.created) && status.size == 0 && status.links == 1 && !isBeingWritten
            && evidence.isDisjoint(with: [.closed, .unheard, .lost])
            && handled?.identity != status.identity && seen?.identity != status.identity
    }

    private mutating func waitForOpening(_ evidence: Evidence, _ now: Instant) -> Verdict {
        let grace = evidence.contains(.closeFollows) ? Self.closeGrace : Self.openGrace
        waiting = .opening(now.advanced(by: grace))
        return .nothing
    }

    /// Another file is at the path, complete as it seems. But who wrote it may not have closed it
    /// yet, or somebody may have opened it before its watch stood: a close at once is theirs.
    private mutating func replaced(
        _ evidence: Evidence, _ status: FileStatus, _ writer: WriterPresence?, _ look: Examination,
        _ now: Instant
    ) -> Verdict {
        guard !evidence.isDisjoint(with: [.closed, .arrived]) else {
            return appeared(evidence, status, writer, look, now)
        }
        if evidence.contains(.closed), case .closeOfTouch = waiting { return .touch }
        switch writer {
        case nil: return .askWriter
        case .absent, .unknown: return .touch
        case .present:
            waiting = .closeOfTouch(now.advanced(by: Self.closeGrace))
            return .nothing
        }
    }

    /// A file's coming, or its changes, were not heard as they happened: they count at once, unless
    /// somebody is still writing; then they count when the file is closed.
    private mutating func appeared(
        _ evidence: Evidence, _ status: FileStatus, _ writer: WriterPresence?, _ look: Examination,
        _ now: Instant
    ) -> Verdict {
        if evidence.contains(.deadline), waiting != .nothing {
            return waited(status, writer, now)
        }
        switch writer {
        case nil: return waiting == .nothing || isUnexpected(evidence) ? .askWriter : .nothing
        case .absent where isOpening(evidence, status): return waitForOpening(evidence, now)
        case .absent: return .touch
        case .present:
            // Of a file that was seen to be created the close is certain; but who renamed a file
            // to the path unheard may hold it open for good.
            isBeingWritten = true
            if evidence.contains(.created) {
                waiting = .closeOfWriter(Question(at: now))
            } else if !isCloseCertain {
                waitForQuiet(Question(at: now))
            }
        // Who was heard to write will be heard to close.
        case .unknown where isBeingWritten: waitForQuiet(Question(unansweredAt: now))
        case .unknown:
            if case .calm = waiting { break }
            waiting = .calm(now.advanced(by: look.quietBound(status)))
        }
        return .nothing
    }

    /// However often the path is looked at, a wait goes on as long as nothing changes.
    private mutating func waitForQuiet(_ question: Question) {
        if case .quiet = waiting { return }
        waiting = .quiet(question)
    }

    /// Begins a wait for quiet anew after a change.
    private mutating func waitAgain(_ status: FileStatus, _ look: Examination, _ now: Instant) {
        switch waiting {
        case .quiet(let question) where !isAsSeen(status):
            waiting = .quiet(question.first(at: now))
        case .calm where !isAsSeen(status):
            waiting = .calm(now.advanced(by: look.quietBound(status)))
        default: break
        }
    }

    private func isAsSeen(_ status: FileStatus) -> Bool {
        guard let seen else { return false }
        return seen.identity == status.identity && seen.modified == status.modified
            && seen.size == status.size
    }

    private func isUnexpected(_ evidence: Evidence) -> Bool {
        !evidence.isDisjoint(with: [.unheard, .listed, .created, .lost])
    }

    /// Attributes changed and no close is known: a touch by utime(2), or chmod(2) and its like, or
    /// a tool restoring times.
    private mutating func attributesChanged(
        since handled: FileStatus, _ status: FileStatus, _ writer: WriterPresence?, _ now: Instant
    ) -> Verdict {
        if status.modified > handled.modified {
            // In the middle of writing a changed mode explains the event, and the writing the time.
            if isBeingWritten, isExplained(status) { return .nothing }
        } else if status.modified < handled.modified, !isBroughtToPresent(status) {
            switch writer {
            case nil: return .askWriter
            case .absent: isRestored = true
            case .present: (isRestored, waiting) = (true, .close)
            case .unknown:
                isRestored = true
                // It does not hide a write that waits for quiet.
                if waiting == .nothing {
                    waiting = .closeOfRestore(now.advanced(by: Self.closeGrace))
                }
            }
            return .nothing
        } else if status.modified == handled.modified {
            // Within one tick of the clock a touch leaves no trace, and any change of the mode
            // would be seen: what is left over is a doubt.
            let isDoubtful = isRacy && status.changed == handled.changed && !isExplained(status)
            guard isDoubtful, status.size == handled.size else { return .nothing }
        }
        switch writer {
        case nil: return .askWriter
        case .absent: return .touch
        case .present, .unknown:
            if case .closeOfTouch = waiting { return .nothing }
            waiting = .closeOfTouch(now.advanced(by: Self.closeGrace))
            return .nothing
        }
    }

    /// A deadline passed without the close that was waited for.
    private mutating func waited(
        _ status: FileStatus, _ writer: WriterPresence?, _ now: Instant
    ) -> Verdict {
        switch waiting {
        case .opening: return created(writer, now)
        case .closeOfTouch: return .touch
        case .closeOfRestore:
            waiting = .nothing
            return .nothing
        case .closeOfWrite:
            switch writer {
            case nil: return .askWriter
            case .absent:
                isBeingWritten = false
                waiting = .nothing
                return differs(status) || isRacy ? .touch : .nothing
            case .present: waiting = .closeOfWriter(Question(at: now))
            case .unknown: waiting = .quiet(Question(unansweredAt: now))
            }
            return .nothing
        case .closeOfWriter(let question):
            switch writer {
            case nil: return .askWriter
            case .absent: closedUnheard(status, now)
            case .present:
                let next = question.next(at: now, atMost: Self.mostForClose)
                waiting = next.map(Wait.closeOfWriter) ?? .close
            case .unknown: waiting = .quiet(Question(unansweredAt: now))
            }
            return .nothing
        case .quiet(let question) where isAsSeen(status):
            if let next = question.next(at: now, atMost: Self.mostForQuiet) {
                switch writer {
                case nil: return .askWriter
                case .absent: closedUnheard(status, now)
                case .present, .unknown: waiting = .quiet(next)
                }
                return .nothing
            }
            isCloseCounted = true
            waiting = .nothing
            return differs(status) ? .touch : .nothing
        case .calm where isAsSeen(status):
            waiting = .nothing
            return differs(status) ? .touch : .nothing
        case .nothing, .close, .quiet, .calm: return .nothing
        }
    }

    /// Who had the file open does not any more. His close may be in the queue, with writes before it; if
    /// it is not, he had nothing to close.
    private mutating func closedUnheard(_ status: FileStatus, _ now: Instant) {
        isBeingWritten = false
        waiting =
            differs(status) || isRacy
            ? .closeOfTouch(now.advanced(by: Self.closeGrace)) : .nothing
    }

    /// Directories, FIFOs, sockets and devices are not closed to say that they are complete.
    private mutating func special(
        _ evidence: Evidence, _ status: FileStatus, _ examination: Examination, _ now: Instant
    ) -> Verdict {
        let verdict = special(evidence, status)
        guard verdict == .touch, examination.fileSystem != nil,
            evidence.isOnlySeen || evidence == .deadline
        else {
            if case .calm = waiting { waiting = .nothing }
            return verdict
        }
        // Found by looking: it counts when the clock of the file system has moved on.
        if case .calm = waiting, isAsSeen(status) {
            return evidence.contains(.deadline) ? .touch : .nothing
        }
        waiting = .calm(now.advanced(by: examination.quietBound(status)))
        return .nothing
    }

    private func special(_ evidence: Evidence, _ status: FileStatus) -> Verdict {
        guard let handled, handled.identity == status.identity else { return .touch }
        if status.kind == .directory {
            if status.modified > handled.modified || isBroughtToPresent(status) { return .touch }
            // Its names changed, and then its time was set back: unpacked, or copied with its times.
            if evidence.contains(.entries), status.modified != handled.modified { return .touch }
            let isDoubtful = isRacy && status.modified == handled.modified
            return isDoubtful && !evidence.isDisjoint(with: [.entries, .lost]) ? .touch : .nothing
        }
        return status.modified == handled.modified ? .nothing : .touch
    }

    /// Whether the handled file's time was moved backwards.
    private func isSetBack(_ status: FileStatus) -> Bool {
        guard let handled, handled.identity == status.identity else { return false }
        return status.modified < handled.modified
    }

    private func differs(_ status: FileStatus) -> Bool {
        guard let handled, handled.identity == status.identity else { return true }
        return handled.modified != status.modified
            || (status.kind == .regular && handled.size != status.size)
    }

    /// Whether a time that lay in the future was set to what is the present: the clock was wrong
    /// before, or is now. The change time says what the clock was then; who passes the present to
    /// utime(2) himself has it in whole seconds.
    private func isBroughtToPresent(_ status: FileStatus) -> Bool {
        guard let handled, status.modified < handled.modified, handled.modified > status.changed
        else { return false }
        let lag = status.modified.elapsed(until: status.changed)
        return lag <= .seconds(2) && lag >= .seconds(-2)
    }

    /// Whether an attribute event is accounted for by something else than a time.
    private func isExplained(_ status: FileStatus) -> Bool {
        guard let seen else { return false }
        return seen.mode != status.mode || seen.owner != status.owner
            || seen.group != status.group || seen.links != status.links
    }
}
