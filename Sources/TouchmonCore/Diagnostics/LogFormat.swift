/// How a line of the log is written.
package enum LogFormat: String, Hashable, Sendable, CaseIterable {
    case text, json
    /// For the journal, which keeps the time itself: sd-daemon(3).
    case journal

    /// Text that is no event, each line with its newline.
    package func lines(_ text: String, _ level: LogLevel) -> [UInt8] {
        guard self == .journal else { return Array(text.utf8) }
        // The journal has an entry for each line.
        let lines = text.split(separator: "\n", omittingEmptySubsequences: true)
        return lines.flatMap { Array("<\(level.priority)>\($0)\n".utf8) }
    }

    /// Appends the line of an event, with its newline.
    package func append(
        _ event: LogEvent, nanosecondsSince1970 time: Int64, to lines: inout [UInt8]
    ) {
        switch self {
        case .text:
            Timestamp.append(nanosecondsSince1970: time, digits: 3, to: &lines)
            lines.append(UInt8(ascii: " "))
            lines.append(contentsOf: event.level.rawValue.utf8)
            lines.append(UInt8(ascii: " "))
            event.appendMessage(to: &lines)
        case .journal:
            lines.append(contentsOf: "<\(event.level.priority)>".utf8)
            event.appendMessage(to: &lines)
        case .json:
            var writer = JSONWriter()
            writer.object { writer in
                writer.key("time")
                writer.string(Timestamp.text(nanosecondsSince1970: time))
                writer.key("level")
                writer.string(event.level.rawValue)
                writer.key("event")
                writer.string(event.name)
                event.writeFields(to: &writer)
                writer.key("message")
                writer.string(event.message)
            }
            lines.append(contentsOf: writer.bytes)
        }
        lines.append(UInt8(ascii: "\n"))
    }

    /// The line of an event, with its newline.
    package func line(_ event: LogEvent, nanosecondsSince1970 time: Int64) -> [UInt8] {
        var line: [UInt8] = []
        append(event, nanosecondsSince1970: time, to: &line)
        return line
    }
}

extension LogEvent {
    /// What a program would look for, each under a name of its own.
    fileprivate func writeFields(to writer: inout JSONWriter) {
        switch self {
        case .ready(let actions, let elapsed):
            writer.member("actions", actions)
            writer.member("nanoseconds", elapsed.nanoseconds)
        case .touched(let path, let toucher), .unchanged(let path, let toucher),
            .toucherRefused(let path, let toucher):
            writer.member("path", path)
            writer.touchedBy(toucher)
        case .ownChange(let path, let toucher):
            writer.member("path", path)
            writer.touchedBy(toucher)
        case .started(let run, let path, let identity, let process):
            writer.member("run", run.value)
            writer.member("path", path)
            writer.member("user", identity.name)
            writer.member("pid", process)
        case .wouldRun(let path, let identity, let argv, let reason):
            writer.member("path", path)
            writer.member("user", identity.name)
            writer.key("argv")
            writer.list { for argument in argv.strings { $0.string(argument) } }
            writer.member("reason", reason.rawValue)
        case .ended(let run, let path, let outcome, let elapsed):
            writer.member("run", run.value)
            writer.member("path", path)
            switch outcome {
            case .exited(let status): writer.member("status", status)
            case .signalled(let signal): writer.member("signal", SignalName.of(signal))
            case .unknown: break
            }
            writer.member("nanoseconds", elapsed.nanoseconds)
        case .output(let run, let path, let text):
            writer.member("run", run.value)
            writer.member("path", path)
            writer.key("text")
            writer.string(text)
        case .outputCut(let run, let path, let logged, let file):
            writer.member("run", run.value)
            writer.member("path", path)
            writer.member("logged", logged)
            writer.member("file", file)
        case .outputShortened(let run, let path, let printed, let kept, let file):
            writer.member("run", run.value)
            writer.member("path", path)
            writer.member("printed", printed)
            writer.member("kept", kept)
            writer.member("file", file)
        case .notStarted(let run, let path, let identity, _, let failure):
            writer.member("run", run.value)
            writer.member("path", path)
            writer.member("user", identity.name)
            writer.member("step", failure.step.rawValue)
            writer.member("errno", failure.error.code)
        case .postponed(let run, let path, let identity, _, let failure, let retry):
            writer.member("run", run.value)
            writer.member("path", path)
            writer.member("user", identity.name)
            writer.member("step", failure.step.rawValue)
            writer.member("errno", failure.error.code)
            writer.member("retry_nanoseconds", retry.nanoseconds)
        case .stoppingRun(let run, let path, let cause, let signal):
            writer.member("run", run.value)
            writer.member("path", path)
            writer.member("cause", cause.rawValue)
            writer.member("signal", SignalName.of(signal))
        case .killingRun(let run, let path):
            writer.member("run", run.value)
            writer.member("path", path)
        case .skipped(let path): writer.member("path", path)
        case .signalledRun(let run, let path, let signal):
            writer.member("run", run.value)
            writer.member("path", path)
            writer.member("signal", SignalName.of(signal))
        case .throttled(let path, let wait):
            writer.member("path", path)
            writer.member("wait_nanoseconds", wait.nanoseconds)
        case .paused(let path, let duration, let reason, let user):
            writer.member("path", path)
            writer.member("uid", user)
            if let duration { writer.member("nanoseconds", duration.nanoseconds) }
            if !reason.isEmpty {
                writer.key("reason")
                writer.string(reason)
            }
        case .resumed(let path, let isOver, let runs):
            writer.member("path", path)
            writer.key("time_over")
            writer.boolean(isOver)
            writer.key("runs")
            writer.boolean(runs)
        case .retrying(let run, let path, let attempt, let attempts, let wait):
            writer.member("run", run.value)
            writer.member("path", path)
            writer.member("attempt", attempt)
            writer.member("attempts", attempts)
            writer.member("retry_nanoseconds", wait.nanoseconds)
        case .exhausted(let run, let path, let attempts):
            writer.member("run", run.value)
            writer.member("path", path)
            writer.member("attempts", attempts)
        case .handling(let run, let path, let handler, let earlier):
            writer.member("run", run.value)
            writer.member("path", path)
            writer.member("handler", handler.value)
            if let earlier { writer.member("instead_of", earlier.value) }
        case .caughtUp(let path, let runs):
            writer.member("path", path)
            writer.key("runs")
            writer.boolean(runs)
        case .adopted(let run, let path, let process):
            writer.member("run", run.value)
            writer.member("path", path)
            writer.member("pid", process)
        case .interrupted(let run, let path, let reruns):
            writer.member("run", run.value)
            writer.member("path", path)
            writer.key("reruns")
            writer.boolean(reruns)
        case .ledgerDegraded(let failure), .outputDegraded(let failure),
            .controlDegraded(let failure):
            writer.member("place", failure.place)
            writer.member("reason", failure.reason)
        case .ledgerSetAside(let path, let reason):
            writer.member("place", path)
            writer.member("reason", reason)
        case .refused(let path, let reader):
            writer.member("path", path)
            writer.member("user", reader.name)
        case .polled(let path, let polling):
            writer.member("path", path)
            switch polling.reason {
            case .asked: break
            case .fileSystem(let fileSystem): writer.member("file_system", fileSystem.name)
            case .unwatched(let place, let error):
                writer.member("unwatched", place)
                writer.member("errno", error.code)
            }
            writer.member("interval_nanoseconds", polling.interval.nanoseconds)
        case .treeWatched(let path, let part, let mechanism, let error):
            writer.member("path", path)
            writer.member("part", part)
            writer.member("mechanism", mechanism.rawValue)
            if let error { writer.member("errno", error.code) }
        case .troubled(let operation, let error):
            writer.member("operation", operation)
            writer.member("errno", error.code)
        case .reloaded(let actions, let added, let changed, let removed):
            writer.member("actions", actions)
            writer.member("added", added)
            writer.member("changed", changed)
            writer.member("removed", removed)
        case .reloadRefused(let problems): writer.member("problems", problems)
        case .draining(let runs, _), .stopping(let runs), .killing(let runs),
            .handingOver(let runs):
            writer.member("runs", runs)
        case .stopped(let waiting): writer.member("waiting", waiting)
        case .overflowed, .reloading, .ledgerRestored, .outputRestored: break
        }
    }
}

extension JSONWriter {
    fileprivate mutating func touchedBy(_ toucher: Toucher?) {
        guard let toucher else { return }
        key("touched_by")
        object { writer in
            writer.member("pid", toucher.process)
            writer.member("uid", toucher.user)
            if let name = toucher.name { writer.member("user", name) }
        }
    }
}
