/// What is known of one file or directory on the way to a file that somebody relies on.
package struct PathFact: Hashable, Sendable {
    package var path: RawPath
    package var owner: UInt32
    /// The permission bits, 0 to 0o7777.
    package var mode: UInt16

    package init(path: RawPath, owner: UInt32, mode: UInt16) {
        self.path = path
        self.owner = owner
        self.mode = mode
    }
}

/// One name that was looked up on the way: the directory, and the owner of what the name led to.
package struct PassedName: Hashable, Sendable {
    package var directory: PathFact
    package var entryOwner: UInt32

    package init(directory: PathFact, entryOwner: UInt32) {
        self.directory = directory
        self.entryOwner = entryOwner
    }
}

/// Decides whether a file is what its owner, or root, means it to be.
///
/// Whoever can write a file, or replace it or a directory above it, decides what it says. So none of
/// them may be writable by group or others, and each must belong to root or to the one who is relied
/// on. A directory with the sticky bit (`/tmp`) lets nobody replace what belongs to somebody else:
/// there it is enough that the entry below belongs to root or to that one.
package enum Trust {
    /// Somebody else decides what a file is.
    package struct Breach: Hashable, Sendable {
        package enum Reason: Hashable, Sendable {
            /// It is writable by its group or by everybody.
            case writable
            /// It belongs to somebody who is not relied on.
            case owner
        }

        package var fact: PathFact
        package var reason: Reason

        /// The rest of a sentence: what is not trusted, and why.
        package var explanation: String {
            let path = TerminalText.quoted(fact.path.bytes)
            return switch reason {
            case .writable where fact.mode & 0o002 != 0: "\(path) is writable by everybody"
            case .writable: "\(path) is writable by its group"
            case .owner: "\(path) belongs to the user \(fact.owner)"
            }
        }

        /// What to do about it, as an instruction.
        package var remedy: String {
            let path = TerminalText.quoted(fact.path.bytes)
            return switch reason {
            case .writable: "take the right away: chmod go-w \(path)"
            case .owner: "give it to root, or move the file to where only root can write"
            }
        }
    }

    /// The first breach on the way to `file`, from the root down; nil when there is none.
    ///
    /// `owner` is relied on besides root: the owner of an action file, or whom a program runs as.
    package static func breach(
        onTheWay names: [PassedName], to file: PathFact, relyingOn owner: UInt32
    ) -> Breach? {
        func isTrusted(_ user: UInt32) -> Bool { user == 0 || user == owner }
        for name in names {
            let directory = name.directory
            guard isTrusted(directory.owner) else { return Breach(fact: directory, reason: .owner) }
            let isSticky = directory.mode & 0o1000 != 0
            if directory.mode & 0o022 != 0, !(isSticky && isTrusted(name.entryOwner)) {
                return Breach(fact: directory, reason: .writable)
            }
        }
        guard isTrusted(file.owner) else { return Breach(fact: file, reason: .owner) }
        return file.mode & 0o022 != 0 ? Breach(fact: file, reason: .writable) : nil
    }
}
