/// What is known of one file or directory on the way to a file that root is to rely on.
package struct PathFact: Hashable, Sendable {
    package var path: RawPath
    package var owner: UInt32
    package var group: UInt32
    /// The permission bits, 0 to 0o7777.
    package var mode: UInt16
    package var isDirectory: Bool

    package init(path: RawPath, owner: UInt32, group: UInt32, mode: UInt16, isDirectory: Bool) {
        self.path = path
        self.owner = owner
        self.group = group
        self.mode = mode
        self.isDirectory = isDirectory
    }
}

/// Decides whether a file says what root, or its owner, means it to say.
///
/// Whoever can write a file, or replace it or a directory above it, decides what it says. So none
/// of them may be writable by group or others, and each must belong to root or to the file's owner.
/// A directory with the sticky bit (`/tmp`) lets nobody replace what belongs to somebody else:
/// there it is enough that the entry below belongs to root or to the file's owner.
package enum Trust {
    /// The first fact on the way that breaks the trust, from the root down; nil when there is none.
    ///
    /// `facts` are all directories passed, in the order of passing, then the file itself.
    package static func breach(in facts: [PathFact]) -> Breach? {
        guard let file = facts.last else { return nil }
        for (fact, below) in zip(facts, facts.dropFirst().map(Optional.some) + [nil]) {
            let isOwned = fact.owner == 0 || fact.owner == file.owner
            guard isOwned else { return Breach(fact: fact, reason: .owner, file: file) }
            guard fact.mode & 0o022 != 0 else { continue }
            let isSticky = fact.isDirectory && fact.mode & 0o1000 != 0
            if isSticky, let below, below.owner == 0 || below.owner == file.owner { continue }
            return Breach(fact: fact, reason: .writable, file: file)
        }
        return nil
    }

    /// Somebody else decides what a file says.
    package struct Breach: Hashable, Sendable {
        package enum Reason: Hashable, Sendable {
            /// It is writable by its group or by everybody.
            case writable
            /// It belongs to somebody who is neither root nor the file's owner.
            case owner
        }

        package var fact: PathFact
        package var reason: Reason
        package var file: PathFact

        /// The rest of a sentence that begins with the name of what is not trusted.
        package var explanation: String {
            let path = TerminalText.escaped(fact.path.bytes)
            return switch reason {
            case .writable:
                "`\(path)` is writable by \(fact.mode & 0o002 != 0 ? "everybody" : "its group")"
            case .owner:
                "`\(path)` belongs to user \(fact.owner), who is neither root nor the file's owner"
            }
        }

        /// What to do about it, as an instruction.
        package var remedy: String {
            let path = TerminalText.escaped(fact.path.bytes)
            return switch reason {
            case .writable: "run: chmod go-w '\(path)'"
            case .owner: "run: chown root '\(path)'; or move the file elsewhere"
            }
        }
    }
}
