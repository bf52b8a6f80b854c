internal import CTouchmon
internal import Glibc

/// The processes that this one has to reap, waitid(2).
package enum ChildProcesses {
    /// One that has ended, and stays to be reaped; nil where none has.
    package static func nextEnded() throws(SystemFailure) -> Int32? {
        do {
            let process = try systemCall("look for a process that ended") { tm_next_ended() }
            return process > 0 ? process : nil
        } catch {
            guard error.errno == .noChild else { throw error }
            return nil
        }
    }

    /// Reaps one that has ended and that this program did not start.
    package static func reap(stranger process: Int32) {
        var status: Int32 = 0
        waitpid(process, &status, WNOHANG)
    }
}
