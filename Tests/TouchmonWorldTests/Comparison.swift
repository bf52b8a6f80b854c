import TouchmonCore
import TouchmonTestSupport

/// Plays one history in both worlds and finds the first step at which they differ.
struct Comparison {
    var real: RealWorld
    let policy: FileSystemPolicy

    /// What was different, or nil: the worlds agree on `steps`.
    mutating func firstDifference(_ steps: [Step]) throws -> String? {
        real.reset()
        var simulated = try SimulatedWorld(policy: policy)
        var realPast: [Facts?] = []
        var simulatedPast: [Facts?] = []
        for (index, step) in steps.enumerated() {
            let results = (real.perform(step), simulated.perform(step))
            guard results.0 == results.1 else {
                return "step \(index): real result \(results.0), simulated \(results.1)"
            }
            let events = (
                Event.decode(real.readEvents(), firstWatch: real.firstWatch),
                Event.decode(simulated.readEvents(), firstWatch: 1)
            )
            guard events.0 == events.1 else {
                return "step \(index):" + Self.listed("real", events.0)
                    + Self.listed("simulated", events.1)
            }
            var realFacts: [Facts?] = []
            var simulatedFacts: [Facts?] = []
            for path in StepGenerator.paths + ["."] {
                let found = (real.facts(path), simulated.facts(path))
                switch found {
                case (.success(let realFact), .success(let simulatedFact)):
                    realFacts.append(realFact)
                    simulatedFacts.append(simulatedFact)
                case (.failure(let realError), .failure(let simulatedError))
                where realError == simulatedError:
                    realFacts.append(nil)
                    simulatedFacts.append(nil)
                default:
                    return "step \(index): \(path): real \(found.0), simulated \(found.1)"
                }
            }
            for slot in 0..<3 {
                realFacts.append(real.facts(slot: slot))
                simulatedFacts.append(simulated.facts(slot: slot))
            }
            let subjects = StepGenerator.paths + [".", "slot 0", "slot 1", "slot 2"]
            for subject in subjects.indices {
                let signs = (
                    Self.signature(
                        subject, now: realFacts, past: realPast, same: simulatedFacts, simulatedPast
                    ),
                    Self.signature(
                        subject, now: simulatedFacts, past: simulatedPast, same: simulatedFacts,
                        simulatedPast)
                )
                guard signs.0 == signs.1 else {
                    return """
                        step \(index): \(subjects[subject]):
                          real      \(signs.0)
                          simulated \(signs.1)
                        """
                }
            }
            (realPast, simulatedPast) = (realFacts, simulatedFacts)
        }
        return nil
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
                if try persists(shorter) { steps = shorter } else { start += length }
            }
            length /= 2
        }
        return steps
    }

    /// Whether the worlds differ on `steps` every time: a tick of the clock may fall inside a system
    /// call, and then two times differ that are nearly always the same.
    mutating func persists(_ steps: [Step]) throws -> Bool {
        for _ in 0..<3 where try firstDifference(steps) == nil { return false }
        return true
    }

    /// What a file's facts say in either world: everything but the times and numbers themselves, of
    /// which only the order counts.
    private static func signature(
        _ subject: Int, now: [Facts?], past: [Facts?], same: [Facts?], _ samePast: [Facts?]
    ) -> String {
        guard let facts = now[subject] else { return "nothing" }
        let sameAs = now.firstIndex { $0?.inode == facts.inode && $0?.device == facts.device } ?? -1
        var text = """
            \(facts.kind) size \(facts.size) mode \(facts.mode) owner \(facts.owner):\(facts.group) \
            links \(facts.links) same as \(sameAs) mtime \(order(facts.modified, facts.changed)) ctime
            """
        if subject < past.count, let before = past[subject],
            same[subject]?.inode == samePast[subject]?.inode,
            same[subject]?.device == samePast[subject]?.device
        {
            text += "; since before: mtime \(order(facts.modified, before.modified))"
            text += " ctime \(order(facts.changed, before.changed))"
        }
        return text
    }

    private static func order(_ left: FileTime, _ right: FileTime) -> String {
        left == right ? "=" : left < right ? "<" : ">"
    }

    private static func listed(_ title: String, _ events: [Event]) -> String {
        "\n  \(title):" + events.map { "\n    \($0)" }.joined()
    }
}
