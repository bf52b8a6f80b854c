package import TouchmonCore

/// What goes wrong when the daemon asks the simulated kernel: which call, counted by kind, fails
/// with which error.
package struct FaultPlan: Sendable {
    /// A call that can fail.
    package enum Call: Int, CaseIterable, Sendable {
        case addWatch, removeWatch, status, readLink, hasWriter, hearAll
    }

    /// How many calls a fault spoils.
    package enum Extent: Hashable, Sendable {
        case once, forever
    }

    private struct Fault: Sendable {
        var call: Call
        var first: Int
        var extent: Extent
        var error: ErrorNumber
    }

    private var faults: [Fault] = []
    private var counts = [Int](repeating: 0, count: Call.allCases.count)

    package init() {}

    /// Lets the `ordinal`th `call` from now fail with `error`, or it and all after it.
    package mutating func fail(
        _ call: Call, ordinal: Int = 1, _ extent: Extent = .once, with error: ErrorNumber
    ) {
        faults.append(
            Fault(call: call, first: counts[call.rawValue] + ordinal, extent: extent, error: error))
    }

    /// Forgets every fault that has not struck yet.
    package mutating func clear() {
        faults = []
    }

    /// Whether `call` may fail the next time, or later.
    package func isPlanned(_ call: Call) -> Bool {
        faults.contains { fault in
            fault.call == call && (fault.extent == .forever || fault.first > counts[call.rawValue])
        }
    }

    /// Counts a call and gives the error that is planned for it.
    mutating func strike(_ call: Call) -> ErrorNumber? {
        counts[call.rawValue] += 1
        guard !faults.isEmpty else { return nil }
        let count = counts[call.rawValue]
        return faults.first { fault in
            fault.call == call
                && (fault.extent == .once ? count == fault.first : count >= fault.first)
        }?.error
    }
}
