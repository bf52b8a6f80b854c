/// What could not be done, why, and what to do next.
package struct RelayProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// How the program ends.
    package enum Status: Int32, Sendable {
        case usage = 64
        case invalid = 65
        case unavailable = 69
        case system = 71
        case tryAgainLater = 75
        case notPermitted = 77
    }

    package let status: Status
    /// What follows "unable to".
    package let action: String
    package let reason: String
    /// A sentence; empty where there is nothing to advise.
    package let remedy: String

    package init(_ status: Status, _ action: String, _ reason: String, _ remedy: String = "") {
        self.status = status
        self.action = action
        self.reason = reason
        self.remedy = remedy
    }

    package var description: String {
        "unable to \(action): \(reason)" + (remedy.isEmpty ? "" : "\n\(remedy)")
    }
}
