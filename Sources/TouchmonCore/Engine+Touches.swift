/// The way of a touch from the watch stage to the trigger stage: who it was, whether it counts for the
/// action, and whether a level asks for a run.
extension Engine {
    /// How long the kernel may take to say who touched: it tells that in another queue than what was
    /// touched.
    private static let toucherDelay = Duration.milliseconds(5)
    /// How long until a question that the kernel could not answer is asked again.
    private static let questionDelay = Duration.seconds(1)

    /// Takes what the kernel tells of who touches: of a file and a name, each by its number; 0 where it
    /// does not tell.
    package mutating func heard(
        file: UInt64, name: UInt64, _ weight: Touchers.Weight, process: Int32,
        _ toucher: Toucher?, at now: Instant
    ) {
        touchers.heard(file: file, name: name, weight, process: process, toucher, at: now)
        watcher.knowsTouchers = true
    }

    mutating func touched(
        _ id: ActionID, _ status: FileStatus?, number: UInt64 = 0, at now: Instant
    ) {
        let action = actions[id].action
        if isReady, !action.shared.value.asksAboutTouches {
            // Nothing can come between, as nearly always.
            let found = touchers.take(number, at: now)
            if found.last != nil || !tellsTouchers { return count(id, action, found.last, at: now) }
        }
        var touch = PendingTouch(action: id, status: status)
        // What is found before all paths were looked at happened before anybody looked.
        touch.isCatchUp = !isReady
        guard tellsTouchers, isReady else { return identified(touch, Touchers.Found(), at: now) }
        let found = touchers.take(number, at: now)
        if found.last == nil {
            effects.append(.findToucher(touch, path: action.path))
        } else {
            identified(touch, found, at: now)
        }
    }

    /// The answer to `.findToucher`.
    package mutating func findToucher(
        _ touch: PendingTouch, among numbers: [UInt64], at now: Instant
    ) {
        var touch = touch
        var found = Touchers.Found()
        for number in numbers where found.last == nil { found = touchers.take(number, at: now) }
        let command = actions[touch.action].action.command
        if found.last == nil, command.asksWho, !touch.isToucherLate {
            touch.isToucherLate = true
            return questions.add(touch, until: now.advanced(by: Self.toucherDelay))
        }
        identified(touch, found, at: now)
    }

    /// Of several who touched, one whose touch counts is enough: it must not be lost for the others'.
    mutating func identified(
        _ touch: PendingTouch, _ touchers: Touchers.Found, at now: Instant
    ) {
        var touch = touch
        let action = actions[touch.action].action
        let guardian = action.command.guardian
        touch.toucher = touchers.last
        if let guardian {
            guard let allowed = touchers.first(where: guardian.allows) else {
                log(
                    .toucherRefused(touch.change?.path ?? action.path, by: touchers.last), at: now)
                return refuse(touch, .toucher, at: now)
            }
            touch.toucher = allowed
        }
        if action.command.touch.ownChanges == .ignore, let last = touchers.last {
            let other = touchers.first {
                !isOwn(touch.action, $0, at: now) && guardian?.allows($0) != false
            }
            guard let other else {
                ledToNothing(touch.action, .own, by: last, at: now)
                log(.ownChange(touch.change?.path ?? action.path, by: last), at: now)
                return ledger.changed(touch.action, at: now)
            }
            touch.toucher = other
        }
        // Whatever comes after a directory, or after nothing, is another content.
        if touch.change == nil, touch.status?.kind != .regular { contents.forget(touch.action) }
        checkReader(touch, action, at: now)
    }

    private mutating func refuse(
        _ touch: PendingTouch, _ reason: LedgerChange.Refusal.Reason, at now: Instant
    ) {
        let refusal = LedgerChange.Refusal(
            path: touch.change?.path ?? actions[touch.action].action.path, time: now,
            reason: reason,
            toucher: touch.toucher.map(LedgerChange.Run.Toucher.init))
        ledToNothing(
            touch.action, reason == .toucher ? .toucher : .reader, by: touch.toucher, at: now)
        ledger.refused(refusal, at: now)
        ledger.changed(touch.action, at: now)
    }

    private func isOwn(_ id: ActionID, _ toucher: Toucher, at now: Instant) -> Bool {
        ownSessions.contains(id, session: toucher.session, at: now)
            || runs.activeRuns.contains {
                (($0.action == id && !$0.isHandler) || treeRuns.tree(of: $0.action) == id)
                    && $0.process == toucher.session
            }
    }

    private mutating func checkReader(
        _ touch: PendingTouch, _ action: PlannedAction, at now: Instant
    ) {
        guard let reader = action.command.reader else { return compare(touch, action, at: now) }
        var touch = touch
        touch.question = .reader
        let file = touch.change?.path ?? action.path
        // That a file is gone can be seen by whoever may read its directory.
        let path = touch.status == nil ? file.parent : file
        effects.append(.checkReader(touch, path: path, reader: reader))
    }

    /// The answer to `.checkReader`; nil where it can't be told.
    package mutating func checkedReader(_ touch: PendingTouch, mayRead: Bool?, at now: Instant) {
        guard let mayRead else {
            return questions.add(touch, until: now.advanced(by: Self.questionDelay))
        }
        questions.remove(touch)
        let action = actions[touch.action].action
        if let reader = action.command.reader, !mayRead {
            log(.refused(touch.change?.path ?? action.path, reader: reader), at: now)
            refuse(touch, .reader, at: now)
        } else {
            compare(touch, action, at: now)
        }
    }

    private mutating func compare(
        _ touch: PendingTouch, _ action: PlannedAction, at now: Instant
    ) {
        guard action.command.touch.compare == .content, touch.status?.kind == .regular else {
            return count(touch, action, at: now)
        }
        var touch = touch
        touch.question = .content
        questions.ask(touch)
        effects.append(.readContent(touch.action, touch, path: action.path))
    }

    /// The answer to `.readContent`.
    package mutating func readContent(
        _ id: ActionID, _ touch: PendingTouch?, _ reading: ContentReading, at now: Instant
    ) {
        guard let touch else {
            guard contents.isAsked(id) else { return }
            contents.found(id, reading, handled: watcher.handled(id)?.status)
            return ledger.changed(id, at: now)
        }
        // A reload may have removed the action meanwhile.
        guard questions.remove(id, .content) else { return }
        let action = actions[id].action
        // After a reload nobody may care for the bytes any more.
        if action.command.touch.compare == .state || contents.isChanged(id, reading) {
            count(touch, action, at: now)
        } else {
            ledToNothing(id, .unchanged, by: touch.toucher, at: now)
            log(.unchanged(action.path, by: touch.toucher), at: now)
            ledger.changed(id, at: now)
        }
    }

    private mutating func count(_ touch: PendingTouch, _ action: PlannedAction, at now: Instant) {
        if var change = touch.change {
            change.touchers = touch.toucher.map { [$0] } ?? []
            return count(touch.action, action, change, isCatchUp: touch.isCatchUp, at: now)
        }
        guard !touch.isCatchUp else { return catchUp(touch.action, action, at: now) }
        count(touch.action, action, touch.toucher, at: now)
    }

    private mutating func count(
        _ id: ActionID, _ action: PlannedAction, _ toucher: Toucher?, at now: Instant
    ) {
        metrics.touched(id, isCatchUp: false, at: now)
        // A touch that joins a run that is due already is the same news.
        if runs.isWaiting(id) {
            ledToNothing(id, .joined, by: toucher, at: now)
        } else {
            log(.touched(action.path, by: toucher), at: now)
        }
        settle(id, action, .touch, by: toucher, at: now)
    }

    /// Asks again what the kernel could not tell.
    mutating func askAgain(_ touch: PendingTouch, at now: Instant) {
        let action = actions[touch.action].action
        switch touch.question {
        case .toucher: effects.append(.findToucher(touch, path: action.path))
        case .reader, .content: checkReader(touch, action, at: now)
        }
    }

    // MARK: Levels

    /// A level that the action asks for is up, or down.
    mutating func level(_ id: ActionID, isUp: Bool, isNews: Bool, at now: Instant) {
        let action = actions[id].action
        guard isUp else {
            levels.down(id)
            // What else was due is due all the same.
            guard action.command.touch.on.isSubset(of: .levels) else { return }
            trigger.remove(id)
            if runs.waitingReason(id) == .touch { runs.withdraw(id) }
            metrics.forget(id)
            return ledger.changed(id, at: now)
        }
        let isBusy = runs.isBusy(id) || runs.isWaiting(id) || trigger.isSettling(id)
        guard levels.up(id, isNews: isNews, isBusy: isBusy, at: now) else { return }
        var touch = PendingTouch(action: id, status: nil)
        touch.question = .reader
        if let reader = action.command.reader {
            effects.append(.checkReader(touch, path: action.path, reader: reader))
        } else {
            count(touch, action, at: now)
        }
    }
}
