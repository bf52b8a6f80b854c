extension LogEvent {
    /// The event as a person reads it, in one line.
    package var message: String {
        switch self {
        case .ready(let actions, let elapsed):
            return "ready: \(counted(actions, "action")) in \(milliseconds(elapsed))"
        case .touched, .started, .ended(_, _, .exited, _): return messageOfEveryRun
        case .unchanged(let path, let toucher):
            return "touched\(by(toucher)), but the bytes are the same, no run, as `compare` says: "
                + shown(path)
        case .ownChange(let path, let toucher):
            return "touched\(by(toucher)) in a run of its own, no run, as `own_changes` says: "
                + shown(path)
        case .toucherRefused(let path, let toucher):
            let who = toucher == nil ? " by nobody knows whom" : by(toucher)
            return "touch refused, touched\(who), as `touched_by` says: \(shown(path))"
        case .wouldRun(let path, let identity, let argv, let reason):
            return "would run as \(identity.name) for \(reason.rawValue): "
                + "\(ControlText.command(argv.strings)): \(shown(path))"
        case .ended(let run, let path, let outcome, let elapsed):
            return "run \(run.value) \(words(outcome)) after \(seconds(elapsed)): \(shown(path))"
        case .output(let run, _, let text):
            return "run \(run.value): \(TerminalText.escaped(text))"
        case .outputCut(let run, let path, let logged, let file):
            return "no more of run \(run.value) in the log after "
                + "\(counted(Int(logged), "byte")); see \(shown(file)) for the rest: "
                + shown(path)
        case .outputShortened(let run, let path, let printed, let kept, let file):
            return "run \(run.value) printed \(counted(Int(printed), "byte")), of which "
                + "\(shown(file)) has the first and the last \(kept / 2), as `output_limit` "
                + "says: \(shown(path))"
        case .outputDegraded(let failure):
            return "degraded: unable to keep what runs print in \(shown(failure.place)): "
                + "\(failure.reason); until it is kept again, it goes to touchmon's own standard "
                + "output and error; \(remedy(failure.kind))"
        case .controlDegraded(let failure):
            return "degraded: unable to listen for commands at \(shown(failure.place)): "
                + "\(failure.reason); touches run what they should all the same; "
                + remedy(failure.kind)
        case .outputRestored:
            return "what runs print is kept again"
        case .notStarted(let run, let path, let identity, let program, let failure):
            return
                "run \(run.value) not started as \(identity.name): \(shown(path)): "
                + "\(words(failure, identity, program)); \(remedy(failure, program))"
        case .postponed(let run, let path, let identity, let program, let failure, let retry):
            return
                "run \(run.value) not started yet as \(identity.name): \(shown(path)): "
                + "\(words(failure, identity, program)); trying again in \(seconds(retry)), then less "
                + "often; \(remedy(failure, program))"
        case .stoppingRun(let run, let path, let cause, let signal):
            return "run \(run.value) is asked to stop with \(SignalName.of(signal)), "
                + "\(words(cause)): \(shown(path))"
        case .killingRun(let run, let path):
            return "run \(run.value) did not stop within its `stop_timeout`; killing it: "
                + shown(path)
        case .skipped(let path):
            return "touched while busy, no run, as `busy` says: \(shown(path))"
        case .signalledRun(let run, let path, let signal):
            return "touched while busy; run \(run.value) is told with "
                + "\(SignalName.of(signal)), as `busy` says: \(shown(path))"
        case .throttled(let path, let wait):
            return "the next run waits \(seconds(wait)), as `rate_limit` says: \(shown(path))"
        case .paused(let path, let duration, let reason, let user):
            return "paused by user \(user)\(duration.map { " for \(seconds($0))" } ?? "")"
                + (reason.isEmpty ? "" : " (\(TerminalText.escaped(reason)))")
                + ", touches wait: \(shown(path))"
        case .resumed(let path, let isOver, let runs):
            return "resumed\(isOver ? ", its time is over" : ""): \(shown(path))"
                + (runs ? "; it runs for what was touched meanwhile" : "")
        case .retrying(let run, let path, let attempt, let attempts, let wait):
            return "run \(run.value) failed; attempt \(attempt) of \(attempts) in "
                + "\(seconds(wait)): \(shown(path))"
        case .exhausted(let run, let path, let attempts):
            return "run \(run.value) failed, as all of \(counted(attempts, "attempt")): "
                + "\(shown(path)); touch the path to try again"
        case .handling(let run, let path, let handler, let earlier):
            return "run \(run.value) failed; run \(handler.value) is its `on_failure`"
                + (earlier.map { ", and is not told of run \($0.value)" } ?? "")
                + ": \(shown(path))"
        case .caughtUp(let path, let runs):
            return "touched before the start: \(shown(path))"
                + (runs ? "" : "; no run, as `catch_up` says")
        case .adopted(let run, let path, let process):
            return "run \(run.value) of the last daemon still runs with pid \(process): "
                + shown(path)
        case .interrupted(let run, let path, let reruns):
            return "run \(run.value) was cut off, or ended unseen: \(shown(path)); "
                + (reruns ? "running again" : "not running again")
        case .ledgerDegraded(let failure):
            return "degraded: unable to keep the ledger in \(shown(failure.place)): "
                + "\(failure.reason); until it is kept again, touches that come while touchmon "
                + "is down may be missed or run twice; \(remedy(failure.kind))"
        case .ledgerRestored:
            return "the ledger is kept again"
        case .ledgerSetAside(let path, let reason):
            return "unable to read the ledger: \(reason); kept as \(shown(path)) and begun anew: "
                + "touches from before the start are not caught up"
        case .refused(let path, let reader):
            return "touch refused: \(shown(path)): \(reader.name), who owns the action file, can't "
                + "read it; give \(reader.name) the right to, or let root own the action file"
        case .polled(let path, let polling):
            return "polling \(shown(path)) every \(interval(polling.interval)): "
                + words(polling.reason)
        case .treeWatched(let path, let part, let mechanism, let error):
            return watching(path, part, mechanism, error)
        case .overflowed:
            return "the kernel's event queue was full: examining every watched path; raise "
                + "fs.inotify.max_queued_events if this happens often"
        case .troubled(let operation, let error):
            return "degraded: unable to \(operation): \(error.explanation); trying again; see what "
                + "the system is short of"
        case .reloading: return "reloading the action files"
        case .reloaded(let actions, let added, let changed, let removed):
            return "reloaded: \(counted(actions, "action")), \(added) added, \(changed) changed, "
                + "\(removed) removed"
        case .reloadRefused(let problems):
            return "reload refused: \(counted(problems, "problem")) above; nothing was changed"
        case .draining(let runs, let within):
            return runs == 0
                ? "stopping"
                : "stopping: waiting up to \(seconds(within)) for \(counted(runs, "run")) to end"
        case .stopping(let runs):
            return "stopping: \(counted(runs, "run")) did not end in time"
        case .killing(let runs):
            return "stopping: ending \(counted(runs, "run")) with SIGKILL"
        case .handingOver(let runs):
            return runs == 0
                ? "stopping, for another daemon to go on"
                : "stopping, for another daemon to go on with \(counted(runs, "run"))"
        case .stopped(let waiting):
            return waiting == 0
                ? "stopped" : "stopped; \(counted(waiting, "touch", "touches")) not handled"
        }
    }

    private func by(_ toucher: Toucher?) -> String {
        guard let toucher else { return "" }
        let user = toucher.name.map { TerminalText.escaped(Array($0.utf8)) }
        return " by \(user ?? "user \(toucher.user)") (pid \(toucher.process))"
    }

    private func shown(_ path: RawPath) -> String { TerminalText.escaped(path.touched.bytes) }

    private func watching(
        _ path: RawPath, _ part: RawPath, _ mechanism: TreeMechanism, _ error: ErrorNumber?
    ) -> String {
        let subject = "\(shown(path)): \(shown(part))"
        switch (mechanism, error) {
        case (.fanotify, _): return "watching \(subject): its whole file system, by fanotify"
        case (.inotify, nil): return "watching \(subject): every directory, by inotify"
        case (.inotify, let error?):
            return
                "watching \(subject): every directory, by inotify: the kernel does not tell of the "
                + "whole file system: \(error.explanation)"
        case (.poll, nil): return "looking at \(subject) in intervals"
        case (.poll, let error?):
            return "looking at \(subject) in intervals: unable to watch its directories: "
                + watchError(error)
        }
    }

    private func counted(_ count: Int, _ one: String, _ many: String? = nil) -> String {
        "\(count) \(count == 1 ? one : many ?? one + "s")"
    }

    private func milliseconds(_ duration: Duration) -> String {
        decimal(duration.nanoseconds / 10_000, digits: 2) + " ms"
    }

    private func seconds(_ duration: Duration) -> String {
        decimal(duration.nanoseconds / 1_000_000, digits: 3) + " s"
    }

    private func decimal(_ value: Int64, digits: Int) -> String {
        let scale = (0..<digits).reduce(Int64(1)) { scale, _ in scale * 10 }
        let fraction = String(value % scale)
        let zeros = String(repeating: "0", count: digits - fraction.count)
        return "\(value / scale).\(zeros)\(fraction)"
    }

    private func words(_ outcome: RunOutcome) -> String {
        switch outcome {
        case .exited(let status): "ended with status \(status)"
        case .signalled(let signal): "ended by \(SignalName.of(signal))"
        case .unknown: "ended; its status is not known"
        }
    }

    private func words(_ cause: StopCause) -> String {
        switch cause {
        case .timeout: "its `timeout` has passed"
        case .restart: "its path was touched"
        case .shutdown: "touchmon is stopping"
        case .request: "as somebody asked for"
        }
    }

    /// Why a run was not started, without what to do about it.
    func words(
        _ failure: StartFailure, _ identity: RunIdentity, _ program: RawPath
    ) -> String {
        "unable to \(purpose(failure, identity, program)): \(failure.error.explanation)"
    }

    private func purpose(
        _ failure: StartFailure, _ identity: RunIdentity, _ program: RawPath
    ) -> String {
        switch failure.step {
        case .clone: "make a process"
        case .session: "begin a session"
        case .cgroup: "put it into a control group of its own"
        case .descriptors: "set up its descriptors"
        case .nice: "set its nice value"
        case .ioClass: "set its I/O class"
        case .limits: "set its limit" + (failure.subject.map { " `\($0)`" } ?? "")
        case .groups: "take the groups of \(identity.name)"
        case .group: "take the group \(identity.group)"
        case .user: "become \(identity.name)"
        case .capabilities: "give up its capabilities"
        case .verify: "verify that it is \(identity.name)"
        case .noNewPrivileges: "give up new privileges"
        case .sandbox:
            failure.subject.map { "allow \($0) in its sandbox" } ?? "set up its sandbox"
        case .directory: "enter its working directory"
        case .execute: "execute \(shown(program))"
        }
    }

    private func remedy(_ failure: StartFailure, _ program: RawPath) -> String {
        switch (failure.step, failure.error) {
        case (.clone, .tryAgain): "raise the limit on processes (ulimit -u, pids.max)"
        // Who becomes a user with too many processes learns it from exec, execve(2).
        case (.execute, .tryAgain):
            "the run's user has too many processes: end some, or raise `processes` of `limits` or "
                + "touchmon's own limit (ulimit -u)"
        case (.clone, .tooManyOpenFiles): "raise the limit on open files (ulimit -n)"
        case (.clone, _): "see what the system is short of"
        case (.execute, .noSuchFile):
            "install the program, write its whole path, or set PATH in `environment`; a script "
                + "also needs the interpreter of its first line"
        case (.execute, .permissionDenied) where failure.isSandboxed:
            "list the program, the interpreter of its first line and its libraries in `execute` of "
                + "`sandbox`, and let the run's user read and execute them"
        case (.execute, .permissionDenied):
            "let the run's user read and execute the program and its directories"
        case (.execute, ErrorNumber(8)): "begin the script with #! and its interpreter"
        case (.execute, ErrorNumber(7)): "pass fewer or shorter arguments"
        case (.execute, _): "see whether the run's user can execute the program"
        case (.nice, _):
            "ask for no less than touchmon's own nice value, or let root own the action file and run "
                + "touchmon with CAP_SYS_NICE"
        case (.ioClass, _):
            "choose `best_effort` or `idle`, or let root own the action file and run touchmon with "
                + "CAP_SYS_ADMIN"
        case (.limits, _):
            "ask for no more than touchmon's own hard limit, or let root own the action file and run "
                + "touchmon with CAP_SYS_RESOURCE"
                + (failure.subject == "open_files" ? "; raise fs.nr_open for more than that" : "")
        case (.cgroup, .noSuchFile), (.cgroup, .noDevice):
            "mount the control groups of version 2 (cgroup2), or let `kill` be `group`"
        case (.cgroup, .tryAgain), (.cgroup, .noSpace):
            "allow touchmon's control group to have more groups below it (cgroup.max.descendants)"
        case (.cgroup, _):
            "let touchmon write its own control group (`Delegate=yes` in a systemd unit), or let `kill` "
                + "be `group`"
        case (.noNewPrivileges, _): "let whatever confines touchmon allow it prctl(2)"
        case (.sandbox, .tooManyOpenFiles): "raise the limit on open files (`limits`, ulimit -n)"
        case (.sandbox, _) where failure.subject != nil:
            "make it where the run's user can reach it, or take it out of `sandbox`"
        case (.sandbox, _):
            "nothing was executed; use Linux 6.2 or later with Landlock enabled (`lsm=` at boot), in "
                + "a container that allows it, or remove `sandbox`"
        case (.directory, _): "let the run's user enter it, or choose another"
        default: "nothing was executed; run touchmon as root with all of its capabilities"
        }
    }

    private func remedy(_ kind: LedgerFailure.Kind) -> String {
        switch kind {
        case .unusable: "let touchmon's user make and write this directory"
        case .readOnly: "make its file system writable"
        case .full: "make room on its file system"
        case .noDescriptors: "raise the limit on open files (ulimit -n)"
        case .newerVersion: "run the touchmon that wrote it, or move the ledger away"
        case .other: "see what is wrong with its file system"
        }
    }

    private func interval(_ duration: Duration) -> String {
        let milliseconds = duration.nanoseconds / 1_000_000
        if milliseconds == 1000 { return "second" }
        return milliseconds % 1000 == 0 ? "\(milliseconds / 1000) s" : "\(milliseconds) ms"
    }

    private func words(_ reason: Polling.Reason) -> String {
        switch reason {
        case .asked: return "as `poll` says"
        case .unwatched(let place, let error):
            return "unable to watch \(shown(place)): \(watchError(error))"
        case .fileSystem(let fileSystem):
            let unheard =
                switch fileSystem.silence {
                case .otherMachines: "what other machines change"
                case .server: "what is changed behind it"
                case .layers: "what is changed in its layers"
                case .kernel: "what the kernel changes"
                }
            return "on \(fileSystem.name), \(unheard) is not heard"
        }
    }

    private func watchError(_ error: ErrorNumber) -> String {
        switch error {
        case .noSpace: "too many watches; raise fs.inotify.max_user_watches"
        case .permissionDenied: "permission denied; touchmon needs the right to read it"
        default: error.explanation
        }
    }
}
