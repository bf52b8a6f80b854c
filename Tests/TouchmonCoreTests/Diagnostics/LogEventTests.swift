import Testing
import TouchmonCore

@Suite struct LogEventTests {
    @Test(arguments: [
        (LogEvent.ready(actions: 1, elapsed: .milliseconds(12)), "ready: 1 action in 12.00 ms"),
        (.ready(actions: 0, elapsed: .nanoseconds(999)), "ready: 0 actions in 0.00 ms"),
        (.ready(actions: 1000, elapsed: .seconds(2)), "ready: 1000 actions in 2000.00 ms"),
        (.reloadRefused(problems: 1), "reload refused: 1 problem above; nothing was changed"),
        (.stopped(waiting: 2), "stopped; 2 touches not handled"),
        (.stopping(runs: 3), "stopping: 3 runs did not end in time"),
        (
            .draining(runs: 1, within: .milliseconds(50)),
            "stopping: waiting up to 0.050 s for 1 run to end"
        ),
        (
            .ended(LogEvent.run, LogEvent.path, .signalled(signal: 34), elapsed: .seconds(3601)),
            "run 7 ended by signal 34 after 3601.000 s: /srv/app/stamp"
        ),
    ])
    func `one and many, and durations`(event: LogEvent, message: String) {
        #expect(event.message == message)
    }

    @Test(arguments: LogEvent.samples)
    func `a message is one line without a full stop`(event: LogEvent) {
        #expect(!event.message.contains("\n"))
        #expect(!event.message.hasSuffix("."))
    }

    @Test func `a path can't do anything to the line`() {
        let path = RawPath(bytes: Array("/a\nnotice b\u{1b}[2J\u{202e}".utf8) + [0xff])
        #expect(LogEvent.touched(path).message == #"touched: /a\x0anotice b\x1b[2J\u{202e}\xff"#)
    }

    @Test func `a touch is less than a failure`() {
        #expect(LogLevel.allCases == [.error, .warning, .notice, .info, .debug])
        #expect(LogLevel.allCases.map(\.priority) == [3, 4, 5, 6, 7])
        #expect(LogLevel.error < .warning && LogLevel.info < .debug)
        #expect(LogEvent.touched(LogEvent.path).level == .info)
    }

    @Test(arguments: [
        (RunOutcome.exited(status: 0), LogLevel.info), (.exited(status: 1), .warning),
        (.signalled(signal: 15), .warning),
    ])
    func `a run that failed is a warning`(outcome: RunOutcome, level: LogLevel) {
        let event = LogEvent.ended(LogEvent.run, LogEvent.path, outcome, elapsed: .zero)
        #expect(event.level == level)
    }

    // MARK: Runs that did not start

    private static func failure(
        _ step: StartStep, _ error: ErrorNumber, item: Int? = nil,
        of settings: ProcessSettings = ProcessSettings()
    ) -> String {
        let message = LogEvent.notStarted(
            LogEvent.run, LogEvent.path, LogEvent.identity, program: RawPath("make"),
            StartFailure(step: step, error: error, item: item).explained(by: settings)
        ).message
        let prefix = "run 7 not started as deploy: /srv/app/stamp: "
        #expect(message.hasPrefix(prefix))
        return String(message.dropFirst(prefix.count))
    }

    private static let asRoot =
        "nothing was executed; run touchmon as root with all of its capabilities"

    @Test(arguments: [
        (
            StartStep.clone, ErrorNumber.tryAgain,
            "unable to make a process: resource temporarily unavailable; "
                + "raise the limit on processes (ulimit -u, pids.max)"
        ),
        (
            .clone, .tooManyOpenFiles,
            "unable to make a process: too many open files; "
                + "raise the limit on open files (ulimit -n)"
        ),
        (
            .clone, .noMemory,
            "unable to make a process: out of memory; see what the system is short of"
        ),
        (.session, .notPermitted, "unable to begin a session: operation not permitted; \(asRoot)"),
        (
            .descriptors, .tooManyOpenFiles,
            "unable to set up its descriptors: too many open files; \(asRoot)"
        ),
        (
            .groups, .notPermitted,
            "unable to take the groups of deploy: operation not permitted; \(asRoot)"
        ),
        (.group, .invalidArgument, "unable to take the group 1000: invalid argument; \(asRoot)"),
        (.user, .notPermitted, "unable to become deploy: operation not permitted; \(asRoot)"),
        (
            .capabilities, .notPermitted,
            "unable to give up its capabilities: operation not permitted; \(asRoot)"
        ),
        (
            .verify, .notPermitted,
            "unable to verify that it is deploy: operation not permitted; \(asRoot)"
        ),
        (
            .directory, .noSuchFile,
            "unable to enter its working directory: no such file or directory; "
                + "let the run's user enter it, or choose another"
        ),
        (
            .execute, .noSuchFile,
            "unable to execute make: no such file or directory; install the program, write its "
                + "whole path, or set PATH in `environment`; a script also needs the interpreter "
                + "of its first line"
        ),
        (
            .execute, .permissionDenied,
            "unable to execute make: permission denied; "
                + "let the run's user read and execute the program and its directories"
        ),
        (
            .execute, ErrorNumber(8),
            "unable to execute make: not a program the kernel can execute; "
                + "begin the script with #! and its interpreter"
        ),
        (
            .execute, ErrorNumber(7),
            "unable to execute make: argument list too long; pass fewer or shorter arguments"
        ),
        (
            .execute, .stale,
            "unable to execute make: the file's server does not know it any more; see whether the "
                + "run's user can execute the program"
        ),
    ])
    func `each step says what was not possible and what to do`(
        step: StartStep, error: ErrorNumber, words: String
    ) {
        #expect(Self.failure(step, error) == words)
    }

    @Test(arguments: [
        (
            StartStep.nice, ErrorNumber.permissionDenied,
            "unable to set its nice value: permission denied; ask for no less than touchmon's own "
                + "nice value, or let root own the action file and run touchmon with CAP_SYS_NICE"
        ),
        (
            .ioClass, .notPermitted,
            "unable to set its I/O class: operation not permitted; choose `best_effort` or `idle`, "
                + "or let root own the action file and run touchmon with CAP_SYS_ADMIN"
        ),
        (
            .cgroup, .noSuchFile,
            "unable to put it into a control group of its own: no such file or directory; mount the "
                + "control groups of version 2 (cgroup2), or let `kill` be `group`"
        ),
        (
            .cgroup, .noDevice,
            "unable to put it into a control group of its own: no such device; mount the control "
                + "groups of version 2 (cgroup2), or let `kill` be `group`"
        ),
        (
            .cgroup, .tryAgain,
            "unable to put it into a control group of its own: resource temporarily unavailable; "
                + "allow touchmon's control group to have more groups below it "
                + "(cgroup.max.descendants)"
        ),
        (
            .cgroup, .permissionDenied,
            "unable to put it into a control group of its own: permission denied; let touchmon write "
                + "its own control group (`Delegate=yes` in a systemd unit), or let `kill` be `group`"
        ),
        (
            .noNewPrivileges, .invalidArgument,
            "unable to give up new privileges: invalid argument; "
                + "let whatever confines touchmon allow it prctl(2)"
        ),
        (
            .execute, .tryAgain,
            "unable to execute make: resource temporarily unavailable; the run's user has too many "
                + "processes: end some, or raise `processes` of `limits` or touchmon's own limit "
                + "(ulimit -u)"
        ),
        (
            .sandbox, .notSupported,
            "unable to set up its sandbox: not supported; nothing was executed; use Linux 6.2 or "
                + "later with Landlock enabled (`lsm=` at boot), in a container that allows it, or "
                + "remove `sandbox`"
        ),
        (
            .sandbox, .tooManyOpenFiles,
            "unable to set up its sandbox: too many open files; "
                + "raise the limit on open files (`limits`, ulimit -n)"
        ),
    ])
    func `each step of the settings says what was not possible and what to do`(
        step: StartStep, error: ErrorNumber, words: String
    ) {
        #expect(Self.failure(step, error) == words)
    }

    @Test func `a limit or a path of the sandbox is named`() {
        var settings = ProcessSettings()
        settings.limits = [ResourceLimit(.openFiles, 1), ResourceLimit(.memory, 1)]
        settings.sandbox = [
            SandboxPath(RawPath("/srv/app"), .read), SandboxPath(RawPath("/a\nb"), .execute),
        ]
        let atMost =
            "operation not permitted; ask for no more than touchmon's own hard limit, or let root "
            + "own the action file and run touchmon with CAP_SYS_RESOURCE"
        #expect(
            Self.failure(.limits, .notPermitted, item: 0, of: settings)
                == "unable to set its limit `open_files`: \(atMost); raise fs.nr_open for more than "
                + "that")
        #expect(
            Self.failure(.limits, .notPermitted, item: 1, of: settings)
                == "unable to set its limit `memory`: \(atMost)")
        #expect(
            Self.failure(.sandbox, .noSuchFile, item: 1, of: settings)
                == "unable to allow /a\\x0ab in its sandbox: no such file or directory; make it where "
                + "the run's user can reach it, or take it out of `sandbox`")
        #expect(
            Self.failure(.execute, .permissionDenied, of: settings)
                == "unable to execute make: permission denied; list the program, the interpreter of "
                + "its first line and its libraries in `execute` of `sandbox`, and let the run's user "
                + "read and execute them")
        // A reload may have changed what the run was started with.
        for item in [2, 1000] {
            #expect(
                Self.failure(.limits, .notPermitted, item: item, of: settings)
                    == "unable to set its limit: \(atMost)")
        }
    }

    @Test func `every step has words of its own`() {
        let words = StartStep.allCases.map { Self.failure($0, .invalidArgument) }
        #expect(Set(words).count == StartStep.allCases.count)
    }

    // MARK: Paths that can't be watched

    @Test(arguments: [
        (ErrorNumber.noSpace, "too many watches; raise fs.inotify.max_user_watches"),
        (.permissionDenied, "permission denied; touchmon needs the right to read it"),
        (.noMemory, "out of memory"),
    ])
    func `why a path is polled`(error: ErrorNumber, words: String) {
        #expect(
            LogEvent.polled(
                LogEvent.path, Polling(.unwatched(RawPath("/srv"), error), every: .seconds(1))
            ).message
                == "polling /srv/app/stamp every second: unable to watch /srv: \(words)")
    }

    @Test func `a path that is polled because its action says so`() {
        #expect(
            LogEvent.polled(LogEvent.path, Polling(.asked, every: .milliseconds(1500))).message
                == "polling /srv/app/stamp every 1500 ms: as `poll` says")
    }

    // MARK: The ledger

    @Test(arguments: [
        (LedgerFailure.Kind.unusable, "let touchmon's user make and write this directory"),
        (.readOnly, "make its file system writable"),
        (.full, "make room on its file system"),
        (.noDescriptors, "raise the limit on open files (ulimit -n)"),
        (.newerVersion, "run the touchmon that wrote it, or move the ledger away"),
        (.other, "see what is wrong with its file system"),
    ])
    func `what the ledger needs`(kind: LedgerFailure.Kind, remedy: String) {
        let failure = LedgerFailure(kind, RawPath("/var/lib/touchmon"), reason: "a reason")
        #expect(
            LogEvent.ledgerDegraded(failure).message
                == "degraded: unable to keep the ledger in /var/lib/touchmon: a reason; until it is "
                + "kept again, touches that come while touchmon is down may be missed or run "
                + "twice; \(remedy)")
    }
}
