internal import TouchmonCore
internal import TouchmonSystem

/// What is done at a terminal when a run begins.
extension Daemon {
    /// Clears the terminal for a run that begins; or says what the run would be for, where nothing is run.
    /// Returns whether nothing is left to be done.
    mutating func takesPlace(of spec: RunSpec) -> Bool {
        guard terminal?.prints == true else {
            terminal?.clear()
            return false
        }
        engine.made(spec.number, process: CurrentProcess.pid)
        let lines = TouchLines.lines(
            of: spec.changes ?? [], nanosecondsSince1970: Clock.realtime())
        do {
            try terminal?.write(lines)
        } catch {
            if error.errno != .brokenPipe {
                log.write("touchmon: unable to \(error.operation): \(error.errno.message)\n")
            }
            closeTerminal()
        }
        engine.ended(spec.number, .exited(status: 0), at: now)
        return true
    }

    /// What is printed can't be written any more.
    mutating func closeTerminal() {
        guard terminal?.close(poller) == true else { return }
        engine.signalled(.terminate, at: now)
    }
}
