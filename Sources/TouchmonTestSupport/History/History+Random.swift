import TouchmonCore

extension History {
    /// The history of a seed: the same on every machine.
    package init(seed: UInt64) {
        self.init()
        var random = SplitMix64(seed: seed)
        fileSystem =
            Self.fileSystems[[0, 0, 1, 2, 3][random.below(5)]].name
        let settles = random.one(in: 4)
        for _ in 0...random.below(3) {
            var action = Action()
            action.hasFile = random.one(in: 2)
            if settles { action.settle = 1000 * (1 + random.below(50)) }
            action.catchUp = !random.one(in: 8)
            action.interrupted = random.one(in: 6) ? .ignore : .rerun
            action.isPlanned = !random.one(in: 12)
            actions.append(action)
        }
        if random.one(in: 2) { steps.append(.runsTake(1 + random.below(2000))) }
        var writer = Writer(actions: actions, isFine: fileSystem == "ext4" || fileSystem == "tmpfs")
        for _ in 0..<(3 + random.below(9)) { writer.event(&random) }
        steps += writer.steps
    }

    private static let saving = Tool.all.filter { $0.description != "mkfifo" }
    /// Without those that change a mode or a time after their close, which coarse clocks can't tell.
    private static let savingCoarse = saving.filter {
        !["install", "tar x", "tar x --overwrite"].contains($0.description)
    }

    /// Writes steps; knows of the daemon only whether it was stopped.
    private struct Writer {
        var actions: [Action]
        let isFine: Bool
        var steps: [HistoryStep] = []
        var isDown = false
        var jump = 1

        mutating func event(_ random: inout SplitMix64) {
            switch random.below(64) {
            case 0..<6: kill(&random)
            case 6..<9: losePower(&random)
            case 9..<11: steps.append(.killInSave)
            case 11..<14: stop()
            case 14..<19: reload(&random)
            case 19..<22: steps.append(.queue(1 + random.below(6)))
            case 22..<26: steps.append(fault(&random))
            case 26..<30: steps.append(.ledger(ledger(&random)))
            case 30..<33: steps.append(.starts(start(&random)))
            case 33..<36: clock(&random)
            case 36..<40: steps.append(.pass(1000 * (1 + random.below(100))))
            case 40..<43: steps.append(.pass(1_000_000 * (1 + random.below(30))))
            case 43..<45: steps.append(.runsTake(random.one(in: 3) ? 40_000_000 : 400_000))
            case 45..<47: steps.append(end(&random))
            case 47..<50: use(Tool.noTouch, &random)
            default: use(isFine ? saving : savingCoarse, &random)
            }
            if isDown, random.one(in: 2) { start(in: &random) }
        }

        private mutating func use(_ tools: [Tool], _ random: inout SplitMix64) {
            let tool = tools[random.below(tools.count)]
            steps.append(.use(random.below(actions.count), tool.description))
            for _ in tool.steps {
                steps.append(.call)
                steps.append(.work(random.below(9)))
                if random.one(in: 2) { steps.append(.wait(1 + random.below(300))) }
                if random.one(in: 40) { kill(&random) }
                if isDown, random.one(in: 8) { start(in: &random) }
                if random.one(in: 100) { return steps.append(.abandon) }
            }
        }

        private mutating func start(in random: inout SplitMix64) {
            isDown = false
            steps.append(.start)
            steps.append(.work(random.below(40)))
        }

        private mutating func kill(_ random: inout SplitMix64) {
            isDown = true
            steps.append(.kill)
            steps.append(.wait(1 + random.below(5000)))
        }

        private mutating func losePower(_ random: inout SplitMix64) {
            isDown = true
            switch random.below(4) {
            case 0: steps.append(.powerLoss(.old))
            case 1: steps.append(.powerLoss(.tears(random.below(1001))))
            default: steps.append(.powerLoss(.keeps(random.below(1001))))
            }
        }

        private mutating func stop() {
            isDown = true
            steps.append(.signal(.terminate))
        }

        private mutating func reload(_ random: inout SplitMix64) {
            let action = random.below(actions.count)
            switch random.below(6) {
            case 0, 1:
                actions[action].isPlanned.toggle()
                steps.append(.change(action, actions[action].isPlanned ? .added : .removed))
            case 2:
                let time = random.one(in: 2) ? 0 : 1000 * (1 + random.below(50))
                steps.append(.change(action, .settle(time)))
            case 3: steps.append(.change(action, .argument(random.below(100))))
            default: break
            }
            steps.append(.signal(.hangUp))
            steps.append(.work(1 + random.below(4)))
            steps.append(random.one(in: 6) ? .refuse : .reload)
        }

        private func fault(_ random: inout SplitMix64) -> HistoryStep {
            let (call, errors): (FaultPlan.Call, [ErrorNumber]) =
                [
                    (.addWatch, [.noSpace, .noMemory, .permissionDenied]),
                    (.status, [.noMemory, ErrorNumber(5)]), (.readLink, [.noMemory]),
                    (.hasWriter, [.tooManyOpenFiles]), (.removeWatch, [.invalidArgument]),
                ][random.below(5)]
            return .fail(
                call, ordinal: 1 + random.below(4), random.one(in: 2) ? .once : .forever,
                errors[random.below(errors.count)])
        }

        private func ledger(_ random: inout SplitMix64) -> LedgerFailure.Kind? {
            random.one(in: 2)
                ? nil : LedgerFailure.Kind.allCases[random.below(LedgerFailure.Kind.allCases.count)]
        }

        private func start(_ random: inout SplitMix64) -> StartFailure? {
            switch random.below(6) {
            case 0...2: nil
            case 3: StartFailure(step: .execute, error: .tryAgain)
            case 4: StartFailure(step: .execute, error: .noSuchFile)
            default: StartFailure(step: .clone, error: .tryAgain)
            }
        }

        /// Distinct powers of three: no sum of them brings back a time that was.
        private mutating func clock(_ random: inout SplitMix64) {
            steps.append(.clock(random.one(in: 2) ? jump : -jump))
            jump *= 3
        }

        private func end(_ random: inout SplitMix64) -> HistoryStep {
            switch random.below(4) {
            case 0: .runsEnd(.exited(status: 1))
            case 1: .runsEnd(.signalled(signal: 11))
            case 2: .runsIgnoreSignals(random.one(in: 2))
            default: .runsEnd(.exited(status: 0))
            }
        }
    }
}

extension SplitMix64 {
    /// A number from 0 to below `bound`. The bias of the remainder does not matter for so small ones.
    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    /// True once in `count` times.
    mutating func one(in count: Int) -> Bool { below(count) == 0 }
}
