/// A place in an action file, counted as editors count: from 1, columns in Unicode scalars.
package struct SourceLocation: Hashable, Sendable {
    /// The file, as it was named on the command line or found in a directory.
    package var file: RawPath
    package var line: Int
    package var column: Int

    package init(file: RawPath, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// Line and column as a message writes them.
    package var lineAndColumn: String { "\(line):\(column)" }
}

/// A user or a group, as an action file names it.
package enum AccountName: Hashable, Sendable {
    case name(String)
    case id(UInt32)
}

/// Where a run's standard output and error go.
package enum OutputPolicy: String, Hashable, Sendable, CaseIterable {
    case record, inherit, discard

    /// How many bytes of a run are kept where nothing is said of it.
    package static let usualLimit: Int64 = 1 << 20
    /// Less than a page can't be kept, and more can't be looked through.
    package static let limits: ClosedRange<Int64> = 4096...1 << 30
}

/// What becomes of a run that a daemon did not see end.
package enum InterruptedPolicy: String, Hashable, Sendable, CaseIterable {
    case rerun, ignore
}

/// How long a path must have been quiet before its run.
package struct SettlePolicy: Hashable, Sendable {
    /// The quiet time after the last touch.
    package var quiet: Duration
    /// The longest that a run waits for quiet after the first touch; nil for no bound.
    package var max: Duration?

    package init(quiet: Duration, max: Duration? = nil) {
        self.quiet = quiet
        self.max = max
    }
}

/// One action as an action file defines it, before its user is looked up and its path is watched.
///
/// Arguments and paths are bytes: a byte that is not UTF-8 is spelled in JSON as the lone surrogate
/// `\udc80` to `\udcff`. No text of a definition contains NUL.
package struct ActionDefinition: Hashable, Sendable {
    /// The watched path, absolute and lexically normal; for a directory with a slash at its end, and for
    /// a pattern as it is written.
    package var path: RawPath
    /// Where its key stands.
    package var location: SourceLocation
    /// The program and its arguments; never empty.
    package var argv: [[UInt8]]
    /// nil: the daemon's own user.
    package var user: AccountName?
    package var userLocation: SourceLocation?
    /// nil: the user's primary group.
    package var group: AccountName?
    /// nil: the user's login groups.
    package var supplementaryGroups: [AccountName]?
    /// Added to the clean base environment, sorted by name.
    package var environment: [EnvironmentVariable] = []
    /// nil: the daemon's own directory.
    package var workingDirectory: RawPath?
    package var umask: UInt16 = 0o022
    package var process = ProcessSettings()
    package var touch = TouchPolicy.standard
    /// nil: anybody's touches count.
    package var touchedBy: ToucherNames?
    package var settle = SettlePolicy(quiet: .zero)
    /// How often the path is looked at, whatever is heard of it; nil: only where not all is heard.
    package var poll: Duration?
    package var output = OutputPolicy.record
    /// How many bytes of what a run prints are kept, with `OutputPolicy.record`.
    package var outputLimit = OutputPolicy.usualLimit
    package var catchUp = true
    package var interrupted = InterruptedPolicy.rerun
    package var policy = RunPolicy.standard
    /// Which files it is about, where its path stands for many; nil: its path.
    package var tree: Shared<TreePolicy>?
    /// What runs when a run failed and is not repeated: of this, only what says how a command runs is of
    /// account.
    package var onFailure: Shared<ActionDefinition>?

    package init(path: RawPath, location: SourceLocation, argv: [[UInt8]], user: AccountName? = nil)
    {
        self.path = path
        self.location = location
        self.argv = argv
        self.user = user
    }
}

/// One variable of a run's environment.
package struct EnvironmentVariable: Hashable, Sendable {
    package var name: [UInt8]
    package var value: [UInt8]

    package init(name: [UInt8], value: [UInt8]) {
        self.name = name
        self.value = value
    }
}
