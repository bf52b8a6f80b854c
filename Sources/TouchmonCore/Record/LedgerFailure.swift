/// Why the ledger can't be read or written, in words that the system layer found.
package struct LedgerFailure: Hashable, Sendable {
    /// What kind of help it needs.
    package enum Kind: Hashable, Sendable, CaseIterable {
        /// The state directory can't be made or entered.
        case unusable
        case readOnly
        case full
        /// There is no descriptor left to open it with.
        case noDescriptors
        /// The database was written by a later version.
        case newerVersion
        case other
    }

    package var kind: Kind
    /// The state directory or the file in it.
    package var place: RawPath
    /// What the system says.
    package var reason: String

    package init(_ kind: Kind, _ place: RawPath, reason: String) {
        self.kind = kind
        self.place = place
        self.reason = reason
    }
}
