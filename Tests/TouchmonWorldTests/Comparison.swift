import TouchmonCore
import TouchmonTestSupport

/// Plays one history in both worlds and finds the first step at which they differ.
struct Comparison {
    enum Verdict {
        case agreement
        case difference(String)
        /// The coarse clock ticked inside a system call, and nobody knows before which of its writes.
        case undecided
    }

    private enum Subject {
        case path(String)
        case slot(Int)
    }

    /// A subject's facts in both worlds.
    private struct Pair {
        var real: Facts
        var simulated: Facts
    }

    /// What was known before a step.
    private struct Past {
        var pairs: [Pair?]
        /// The latest change time that the real kernel gave to any subject.
        var latestChange = FileTime(seconds: 0)
    }

    var real: RealWorld
    let policy: FileSystemPolicy
    private let subjects =
        (StepGenerator.paths + ["."]).map(Subject.path) + (0..<3).map(Subject.slot)

    init(real: RealWorld, policy: FileSystemPolicy) {
        self.real = real
        self.policy = policy
    }

    /// What is different on `steps`; nil: the worlds agree.
    ///
    /// A difference counts when it comes up every time: what other programs do to the clock, and a
    /// late tick, cannot be seen from here.
    mutating func difference(_ steps: [Step]) throws -> String? {
        var attempts = 3
        while true {
            switch try play(steps) {
            case .agreement: return nil
            case .difference(let text):
                attempts -= 1
                if attempts == 0 { return text }
            case .undecided: continue
            }
        }
    }

    /// The shortest history that still differs, found by leaving out steps.
    mutating func shrink(_ steps: [Step]) throws -> [Step] {
        var steps = steps
        var length = steps.count / 2
        while length > 0 {
            var start = 0
            while start < steps.count {
                var shorter = steps
                shorter.removeSubrange(start..<min(start + length, steps.count))
                if try difference(shorter) != nil { steps = shorter } else { start += length }
            }
            length /= 2
        }
        return steps
    }

    private mutating func play(_ steps: [Step]) throws -> Verdict {
        real.reset()
        var simulated = try SimulatedWorld(policy: policy)
        var past = Past(pairs: Array(repeating: nil, count: subjects.count))
        var clock = RealWorld.coarseClock
        for (index, step) in steps.enumerated() {
            let before = RealWorld.coarseClock
            let result = real.perform(step)
            guard before == RealWorld.coarseClock else { return .undecided }
            // A late tick can show less than the full-resolution times that were given before it.
            if before > max(clock, past.latestChange) {
                simulated.tick()
                clock = before
            }
            let simulatedResult = simulated.perform(step)
            guard result == simulatedResult else {
                return .difference(
                    "step \(index): real result \(result), simulated \(simulatedResult)")
            }
            let events = Event.decode(real.readEvents(), firstWatch: real.firstWatch)
            let simulatedEvents = Event.decode(simulated.readEvents(), firstWatch: 1)
            guard events == simulatedEvents else {
                return .difference(
                    "step \(index):" + Self.listed("real", events)
                        + Self.listed("simulated", simulatedEvents))
            }
            if let difference = compareFacts(&simulated, &past) {
                return .difference("step \(index): \(difference)")
            }
        }
        return .agreement
    }

    /// Looks at every subject in both worlds.
    private mutating func compareFacts(
        _ simulated: inout SimulatedWorld, _ past: inout Past
    ) -> String? {
        var numbers: [UInt64: UInt64] = [:]
        for index in subjects.indices {
            let answers = (
                ask(&real, subjects[index]), ask(&simulated, subjects[index])
            )
            switch answers {
            case (.success(let fact), .success(let simulatedFact)):
                let pair = Pair(real: fact, simulated: simulatedFact)
                if let difference = compare(pair, before: past.pairs[index]) {
                    return "\(subjects[index]): \(difference)\n  \(pair)"
                }
                // One file may have several names, and must have the same ones in both worlds.
                let number = numbers[simulatedFact.number, default: fact.number]
                guard number == fact.number else { return "\(subjects[index]): another file" }
                numbers[simulatedFact.number] = fact.number
                past.pairs[index] = pair
                past.latestChange = max(past.latestChange, fact.changed)
            case (.failure(let error), .failure(let simulatedError)) where error == simulatedError:
                past.pairs[index] = nil
            default:
                return "\(subjects[index]): real \(answers.0), simulated \(answers.1)"
            }
        }
        guard Set(numbers.values).count == numbers.count else { return "one file for two" }
        return nil
    }

    private func ask(
        _ world: inout some World, _ subject: Subject
    ) -> Result<Facts, ErrorNumber> {
        switch subject {
        case .path(let path): world.facts(path)
        case .slot(let slot): world.facts(slot: slot)
        }
    }

    /// Compares everything but the times and numbers themselves, of which only the order counts.
    private func compare(_ pair: Pair, before: Pair?) -> String? {
        guard pair.real.timeless == pair.simulated.timeless else { return "other facts" }
        guard
            order(pair.real.modified, pair.real.changed)
                == order(pair.simulated.modified, pair.simulated.changed)
        else { return "modification and change time are in another order" }
        // Over time the order is known for one file only, not for two that had the same name.
        guard let before, before.simulated.number == pair.simulated.number else { return nil }
        for (name, time) in [("modification", \Facts.modified), ("change", \Facts.changed)] {
            let real = order(before.real[keyPath: time], pair.real[keyPath: time])
            let simulated = order(before.simulated[keyPath: time], pair.simulated[keyPath: time])
            // Whether a directory's time that tmpfs took from a file moves depends on the floor under
            // all times of the machine, which is raised by every other program and by a new inode in
            // memory whose former owner's times had been asked for.
            let isLoose = policy.directoryTakesFileTime && pair.real.kind == .directory
            guard real == simulated || isLoose && min(real, simulated) >= 0 else {
                return "\(name) time moves in another direction from\n  \(before) to"
            }
        }
        return nil
    }

    /// 1 when time goes forward from `left` to `right`.
    private func order(_ left: FileTime, _ right: FileTime) -> Int {
        left == right ? 0 : left < right ? 1 : -1
    }

    private static func listed(_ title: String, _ events: [Event]) -> String {
        "\n  \(title):" + events.map { "\n    \($0)" }.joined()
    }
}
