/// The actions that the daemon carries out, each at a place that stays its own while it has a run.
struct ActionTable {
    /// An action of the present plan, or of an earlier one: one whose run has not ended, or nobody's
    /// any more.
    struct Slot {
        var action: PlannedAction
        var isRetired = false
        /// Whether it is of a file of a tree: not in any plan, and there as long as it is needed.
        var isFile = false

        fileprivate static let free = Slot(action: .gone(RawPath("/")), isRetired: true)
    }

    /// What became of an action that was put into the table.
    enum Placement {
        /// Its path is watched from now on.
        case added
        case changed, same
    }

    private var slots: [Slot] = []
    private var freePlaces: [ActionID] = []
    private var places = PathTable()
    /// How many actions the present plan has.
    private(set) var count = 0

    /// The action at a place.
    subscript(_ id: ActionID) -> Slot { slots[id.index] }

    /// The action of the present plan at a place.
    func present(_ id: ActionID) -> PlannedAction? {
        slots[id.index].isRetired ? nil : slots[id.index].action
    }

    /// The place of a path's action, of the present plan or retired.
    func place(of path: RawPath) -> ActionID? {
        places.place(of: path) { slots[$0.index].action.path }
    }

    /// Makes room for so many more: what grows in steps is copied at each.
    mutating func reserve(_ more: Int) {
        slots.reserveCapacity(slots.count + more)
        places.reserve(more)
    }

    /// The places of the present plan's actions.
    var presentPlaces: [ActionID] { presentPlaces { _ in true } }

    /// Those of them that are so.
    func presentPlaces(where isWanted: (ActionID) -> Bool) -> [ActionID] {
        var places: [ActionID] = []
        for index in slots.indices where !slots[index].isFile && !slots[index].isRetired {
            if isWanted(ActionID(index)) { places.append(ActionID(index)) }
        }
        return places
    }

    /// So many places of the present plan's actions from a place on, and the place after them; nil where
    /// there are no more.
    func presentPlaces(from place: Int, atMost count: Int) -> (places: [ActionID], next: Int?) {
        var (places, index): ([ActionID], Int) = ([], max(0, place))
        while index < slots.count {
            if !slots[index].isFile, !slots[index].isRetired {
                if places.count == count { return (places, index) }
                places.append(ActionID(index))
            }
            index += 1
        }
        return (places, nil)
    }

    /// Whether an action of the present plan is so.
    func contains(where isWanted: (PlannedAction) -> Bool) -> Bool {
        slots.contains { !$0.isRetired && isWanted($0.action) }
    }

    /// Puts in an action of the present plan.
    mutating func put(_ action: PlannedAction) -> (ActionID, Placement) {
        if let id = place(of: action.path) {
            let slot = slots[id.index]
            slots[id.index] = Slot(action: action)
            guard slot.isRetired else { return (id, slot.action == action ? .same : .changed) }
            count += 1
            return (id, .added)
        }
        count += 1
        return (insert(Slot(action: action)), .added)
    }

    /// Puts in the action of a file of a tree; its path is a pair.
    mutating func putFile(_ action: PlannedAction) -> ActionID {
        guard let id = place(of: action.path) else {
            return insert(Slot(action: action, isFile: true))
        }
        slots[id.index] = Slot(action: action, isFile: true)
        return id
    }

    /// The action that a path has, or would have if it is a file of a tree.
    func action(at path: RawPath) -> PlannedAction? {
        if let id = place(of: path) { return present(id) }
        guard let pair = path.fileOfAction, let id = place(of: pair.action),
            let action = present(id), action.command.tree?.value.each == .file
        else { return nil }
        return PlannedAction(path: path, action.shared)
    }

    /// Puts in an action that only stands for a run that has not ended.
    mutating func putRetired(_ action: PlannedAction) -> ActionID {
        insert(Slot(action: action, isRetired: true))
    }

    private mutating func insert(_ slot: Slot) -> ActionID {
        let id = freePlaces.popLast() ?? ActionID(slots.count)
        if id.index == slots.count { slots.append(slot) }
        slots[id.index] = slot
        places.insert(id, of: slot.action.path)
        return id
    }

    /// Takes an action out of the present plan; it keeps its place until `forget`.
    mutating func retire(_ id: ActionID) {
        if !slots[id.index].isFile { count -= 1 }
        slots[id.index].isRetired = true
    }

    /// Frees the place of a retired action.
    mutating func forget(_ id: ActionID) {
        places.remove(id, of: slots[id.index].action.path)
        slots[id.index] = .free
        freePlaces.append(id)
    }
}
