/// What the action files have now that the present plan has not, and what they have not any more: found
/// action by action, while the plan is carried out, and then carried out at once.
package struct PlanChange {
    /// The actions that are new, or other than before, in their order.
    var actions: [PlannedAction] = []
    /// Whether a present action is still there, by its place.
    private var kept: [Bool] = []
    /// The commands that were compared last: mostly those of the next are the same two.
    private var last: (old: Shared<RunCommand>, new: Shared<RunCommand>, isSame: Bool)?
    /// Whether an action cares for the groups of who touched.
    package private(set) var asksForGroups = false
    /// Whether an action cares for the session of who touched.
    package private(set) var asksForSessions = false

    package init() {}

    mutating func keep(_ id: ActionID) {
        while kept.count <= id.index { kept.append(false) }
        kept[id.index] = true
    }

    func keeps(_ id: ActionID) -> Bool { id.index < kept.count && kept[id.index] }

    mutating func isSame(_ old: Shared<RunCommand>, _ new: Shared<RunCommand>) -> Bool {
        if let last, last.old === old, last.new === new { return last.isSame }
        let isSame = old == new
        last = (old, new, isSame)
        return isSame
    }

    mutating func ask(for command: RunCommand) {
        if command.guardian?.groups.isEmpty == false { asksForGroups = true }
        if command.touch.ownChanges == .ignore { asksForSessions = true }
    }
}
