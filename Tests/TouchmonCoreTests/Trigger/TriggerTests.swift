import Testing

@testable import TouchmonCore

/// Touches and runs drawn on a line of time: a column is 100 ms, a letter the action that is
/// touched or due.
@Suite struct TriggerTests {
    static func runs(_ touches: String, _ policy: SettlePolicy) -> String {
        var trigger = Trigger()
        var line = ""
        for (column, letter) in touches.enumerated() {
            let now = Self.moment(column)
            var due: [ActionID] = []
            while let next = trigger.takeDue(at: now) { due.append(next.action) }
            if let action = Self.action(letter), trigger.touched(action, .touch, policy, at: now) {
                due.append(action)
            }
            line += due.isEmpty ? "-" : due.map(Self.letter).joined()
        }
        return line
    }

    static func moment(_ column: Int) -> Instant {
        Instant(nanoseconds: Int64(column) * 100_000_000)
    }

    static func action(_ letter: Character) -> ActionID? {
        letter == "-" ? nil : letter.unicodeScalars.first.map { ActionID(Int($0.value)) }
    }

    static func letter(_ action: ActionID) -> String {
        Unicode.Scalar(UInt32(action.index)).map { String(Character($0)) } ?? "?"
    }

    @Test(arguments: [
        ("a--------", "a--------"),
        ("aaa-b----", "aaa-b----"),
    ])
    func `without a quiet time every touch is due at once`(touches: String, runs: String) {
        #expect(Self.runs(touches, SettlePolicy(quiet: .zero)) == runs)
    }

    @Test(arguments: [
        ("a--------", "---a-----"),
        ("aa-------", "----a----"),
        ("a-a-a----", "-------a-"),
        ("a---a----", "---a---a-"),
        // Each path has a quiet of its own.
        ("ab-b-----", "---a--b--"),
        // A touch at the very end of the quiet comes after the run is due.
        ("a--a-----", "---a--a--"),
    ])
    func `a path is due when it was quiet for 300 ms`(touches: String, runs: String) {
        #expect(Self.runs(touches, SettlePolicy(quiet: .milliseconds(300))) == runs)
    }

    @Test(arguments: [
        ("aaaaaaaaaaa", "-----a----a"),
        ("a-a-a-a----", "-----a---a-"),
        ("a----------", "---a-------"),
    ])
    func `it is due after 500 ms even if it is never quiet`(touches: String, runs: String) {
        let policy = SettlePolicy(quiet: .milliseconds(300), max: .milliseconds(500))
        #expect(Self.runs(touches, policy) == runs)
    }

    @Test func `the next deadline is the earliest of all`() {
        var trigger = Trigger()
        let (a, b) = (ActionID(0), ActionID(1))
        #expect(trigger.nextDeadline() == nil)
        _ = trigger.touched(a, .touch, SettlePolicy(quiet: .seconds(10)), at: Self.moment(0))
        _ = trigger.touched(b, .touch, SettlePolicy(quiet: .seconds(1)), at: Self.moment(0))
        #expect(trigger.nextDeadline() == Self.moment(10))
        _ = trigger.touched(b, .touch, SettlePolicy(quiet: .seconds(1)), at: Self.moment(5))
        #expect(trigger.nextDeadline() == Self.moment(15))
        #expect(trigger.takeDue(at: Self.moment(14))?.0 == nil)
        #expect(trigger.takeDue(at: Self.moment(15))?.0 == b)
        #expect(trigger.nextDeadline() == Self.moment(100))
        #expect(trigger.settlingCount == 1)
    }

    @Test func `an action that was removed is never due`() {
        var trigger = Trigger()
        let action = ActionID(3)
        let policy = SettlePolicy(quiet: .seconds(1))
        _ = trigger.touched(action, .touch, policy, at: Self.moment(0))
        trigger.remove(action)
        #expect(trigger.settlingCount == 0)
        #expect(trigger.nextDeadline() == nil)
        // The number is another action's now, with a quiet of its own.
        _ = trigger.touched(action, .touch, policy, at: Self.moment(5))
        #expect(trigger.takeDue(at: Self.moment(10))?.0 == nil)
        #expect(trigger.takeDue(at: Self.moment(15))?.0 == action)
    }

    @Test func `a shorter quiet time counts from the next touch on`() {
        var trigger = Trigger()
        let action = ActionID(0)
        _ = trigger.touched(action, .touch, SettlePolicy(quiet: .seconds(10)), at: Self.moment(0))
        _ = trigger.touched(action, .touch, SettlePolicy(quiet: .seconds(1)), at: Self.moment(1))
        #expect(trigger.nextDeadline() == Self.moment(11))
        #expect(trigger.takeDue(at: Self.moment(11))?.0 == action)
        #expect(trigger.nextDeadline() == nil)
    }

    @Test func `a touch that is due at once leaves nothing to settle`() {
        var trigger = Trigger()
        let action = ActionID(0)
        _ = trigger.touched(action, .touch, SettlePolicy(quiet: .seconds(10)), at: Self.moment(0))
        let isDue = trigger.touched(action, .touch, SettlePolicy(quiet: .zero), at: Self.moment(1))
        #expect(isDue)
        #expect(trigger.settlingCount == 0)
        #expect(trigger.takeDue(at: Self.moment(1000))?.0 == nil)
    }

    @Test func `a hundred thousand touches of one path take the room of one`() {
        var trigger = Trigger()
        let policy = SettlePolicy(quiet: .seconds(3600), max: .seconds(7200))
        for millisecond in 0..<100_000 as Range<Int64> {
            let now = Instant(nanoseconds: millisecond * 1_000_000)
            _ = trigger.touched(ActionID(0), .touch, policy, at: now)
        }
        #expect(trigger.deadlineCount == 1)
        #expect(trigger.nextDeadline() == Instant(nanoseconds: 3_699_999_000_000))
    }
}
