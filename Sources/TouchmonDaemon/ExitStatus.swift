internal import TouchmonCore
internal import TouchmonSystem

/// What touchmon's exit tells its caller, after sysexits.h. The manual has these words.
package enum ExitStatus: Int32, Sendable {
    /// All is well.
    case success = 0
    /// The command line is wrong.
    case usage = 64
    /// An action file has an error.
    case invalidActionFile = 65
    /// A file is not there, or a path is not watched.
    case noInput = 66
    /// There is no daemon to talk to.
    case noDaemon = 69
    /// It is a bug in touchmon.
    case software = 70
    /// The system refused.
    case system = 71
    /// Another daemon holds the name, or there was no use in waiting.
    case tryAgainLater = 75
    /// It is not permitted.
    case notPermitted = 77
}

/// Why the daemon could not begin, or not go on.
package struct StartupFailure: Error, Sendable {
    /// The rest of a sentence that begins with "unable to".
    package var message: String
    package var remedy: String
    package var status = ExitStatus.system

    package init(message: String, remedy: String, status: ExitStatus) {
        self.message = message
        self.remedy = remedy
        self.status = status
    }

    /// What was not possible, and what to do: two lines for standard error.
    package var text: [UInt8] {
        let isJournal = StandardError.isJournal(CurrentProcess.environment("JOURNAL_STREAM"))
        return (isJournal ? LogFormat.journal : .text)
            .lines("touchmon: unable to \(message)\n\(remedy)\n", .error)
    }

    /// Another daemon works with the state directory.
    init(isHeldBy process: Int32?, _ path: RawPath) {
        let holder = process.map { "process \($0)" } ?? "another process"
        message = "keep a ledger in \(TerminalText.escaped(path.bytes)): \(holder) does already"
        remedy = "give this daemon another name with --name, or end the other one"
        status = .tryAgainLater
    }

    init(_ failure: SystemFailure) {
        message = "\(failure.operation): \(failure.errno.message)"
        remedy =
            failure.errno == .tooManyOpenFiles
            ? "raise the limit on open files (ulimit -n), or fs.inotify.max_user_instances"
            : "see what the system is short of, or does not permit"
    }
}
