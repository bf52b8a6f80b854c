internal import TouchmonCore
internal import TouchmonSystem

/// What is done at a terminal when a run begins.
extension Daemon {
    /// Clears the terminal for a run that begins; or says what the run would be for, where nothing is run.
    /// Returns whether nothing is left to be done.
    mutating func takesPlace(of spec: RunSpec) throws(SystemFailure) -> Bool {
        guard terminal?.prints == true else {
            try terminal?.clear()
            return false
        }
        engine.made(spec.number, process: CurrentProcess.pid)
        defer { engine.ended(spec.number, .exited(status: 0), at: now) }
        let lines = TouchLines.lines(
            of: spec.changes ?? [], nanosecondsSince1970: Clock.realtime())
        do {
            try terminal?.write(lines)
        } catch {
            guard error.errno == .brokenPipe else { throw error }
            try closeTerminal()
        }
        return true
    }

    /// Nobody reads any more what is printed.
    mutating func closeTerminal() throws(SystemFailure) {
        guard try terminal?.close(poller) == true else { return }
        engine.signalled(.terminate, at: now)
    }
}
