/// Why a command that came over the control socket was not carried out.
package struct ControlProblem: Error, Hashable, Sendable {
    /// What the command ends with; the numbers are those of sysexits.h.
    package enum Kind: Int32, Hashable, Sendable {
        case usage = 64
        /// The action files have errors.
        case invalid = 65
        /// A path that is not watched, or a run that is not known.
        case notFound = 66
        /// The system refused.
        case system = 71
        /// For now.
        case tryAgain = 75
        case notPermitted = 77
    }

    package var kind: Kind
    /// The rest of a sentence that begins with "unable to".
    package var message: String
    package var remedy: String

    package init(_ kind: Kind, _ message: String, _ remedy: String) {
        self.kind = kind
        self.message = message
        self.remedy = remedy
    }

    /// As the daemon says it.
    package var json: [UInt8] {
        var writer = JSONWriter()
        writer.object {
            $0.member("error", message)
            $0.member("remedy", remedy)
            $0.member("exit", kind.rawValue)
        }
        return writer.bytes
    }
}
