internal import ArgumentParser
internal import TouchmonCore
internal import TouchmonDaemon

/// Says what becomes of a touch that is followed: for people on standard error, beside what the run prints;
/// or all of it for programs, a line of JSON for each news.
struct FollowedNews {
    let json: Bool

    func tell(_ news: FollowedTouch.News) {
        guard !json else { return line { $0.news(news) } }
        switch news {
        case .output(let bytes): StandardOutput.write(bytes)
        case .waiting(let word): say("waiting for \(ControlText.waiting(word))")
        case .run(let run, let isShared):
            say("run \(run.value)\(isShared ? ", for others' touches as well" : "")")
        case .repeats(let run, let ending):
            say("run \(run.value): \(ControlText.outcome(ending)); it is tried again")
        case .disconnected: say("the daemon has ended; waiting for the next one")
        }
    }

    /// Says how it ended, and ends as the run did.
    func conclude(_ end: FollowedTouch.End) throws {
        if json { line { $0.end(end) } }
        switch end {
        case .ended(let run, let ending): throw ExitCode(status(run, ending))
        case .nothing(let reason):
            if !json { say("this touch runs nothing: \(reason)", "see the daemon's log") }
        case .late(nil):
            if !json {
                say(
                    "unable to wait any longer: the run has not begun",
                    "it comes all the same; see touchmon explain")
            }
        case .late:
            if !json {
                say(
                    "unable to wait any longer: the run has not ended",
                    "it goes on; see touchmon history")
            }
        }
        throw ExitCode(ExitStatus.tryAgainLater.rawValue)
    }

    private func status(_ run: RunNumber, _ ending: RunEnding) -> Int32 {
        switch ending {
        case .ended(.exited(let status)): return status
        case .ended(.signalled(let signal)): return 128 + signal
        case .ended(.unknown), .interrupted, .notStarted:
            if !json {
                say("run \(run.value): \(ControlText.outcome(ending))", "see the daemon's log")
            }
            return ExitStatus.system.rawValue
        }
    }

    private func say(_ sentence: String, _ advice: String? = nil) {
        StandardError.write("touchmon: \(sentence)\n\(advice.map { $0 + "\n" } ?? "")")
    }

    private func line(_ members: (inout JSONWriter) -> Void) {
        var writer = JSONWriter()
        writer.object(members)
        StandardOutput.write(writer.bytes + [UInt8(ascii: "\n")])
    }
}

extension JSONWriter {
    fileprivate mutating func news(_ news: FollowedTouch.News) {
        switch news {
        case .waiting(let word):
            member("event", "waiting")
            member("for", word)
        case .run(let run, let isShared):
            member("event", "run")
            member("run", run.value)
            key("shared")
            boolean(isShared)
        case .output(let bytes):
            member("event", "output")
            key("base64")
            base64(bytes)
        case .repeats(let run, let ending):
            member("event", "repeat")
            member("run", run.value)
            self.ending(ending)
        case .disconnected: member("event", "disconnected")
        }
    }

    fileprivate mutating func end(_ end: FollowedTouch.End) {
        switch end {
        case .ended(let run, let ending):
            member("event", "ended")
            member("run", run.value)
            self.ending(ending)
        case .nothing(let reason):
            member("event", "nothing")
            member("reason", reason)
        case .late(let run):
            member("event", "late")
            if let run { member("run", run.value) }
        }
    }
}
