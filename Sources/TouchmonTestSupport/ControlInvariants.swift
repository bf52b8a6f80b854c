internal import TouchmonCore

/// What holds for every line that comes over the control socket, whoever sends it.
package enum ControlInvariants {
    /// What does not hold for `bytes`, as a request, as an answer and as rows; empty where all does.
    package static func violations(in bytes: [UInt8]) -> [String] {
        request(bytes) + reply(bytes) + rows(bytes)
    }

    /// A request that is understood is understood the same when it is written again; of another the client
    /// is told why, on one line that it understands.
    private static func request(_ bytes: [UInt8]) -> [String] {
        do throws(ControlProblem) {
            let request = try ControlRequest(bytes)
            let line = request.line
            guard line.last == UInt8(ascii: "\n"), !line.dropLast().contains(UInt8(ascii: "\n"))
            else { return ["a request is not one line"] }
            guard (try? ControlRequest(Array(line.dropLast()))) == request else {
                return ["a request is another one when it is written again"]
            }
            return []
        } catch {
            guard ControlReply(error.json)?.problem == error else {
                return ["a problem is another one when it is read"]
            }
            return error.json.contains(UInt8(ascii: "\n")) ? ["a problem is not one line"] : []
        }
    }

    /// Whatever an answer is, commands read it without ending.
    private static func reply(_ bytes: [UInt8]) -> [String] {
        guard let reply = ControlReply(bytes) else { return [] }
        _ = (reply.problem, reply.ending, reply.obstacle, reply.unrunTouch)
        for name in ["path", "run", "size", "touched_by", "degraded", "files", "time"] {
            _ = (reply.bytes(name), reply.number(name), reply.object(name), reply.time(name))
            _ = (reply.words(name), reply.isTrue(name))
        }
        return []
    }

    /// Rows that are read are the same when they are written again.
    private static func rows(_ bytes: [UInt8]) -> [String] {
        var found: [String] = []
        if let rows = RowBytes.historyRows(bytes),
            RowBytes.historyRows(RowBytes.bytes(of: rows)) != rows
        {
            found.append("runs are others when they are written again")
        }
        if let rows = RowBytes.statusRows(bytes),
            RowBytes.statusRows(RowBytes.bytes(of: rows)) != rows
        {
            found.append("actions are others when they are written again")
        }
        return found
    }
}
