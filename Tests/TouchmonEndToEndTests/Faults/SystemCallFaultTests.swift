import Foundation
import Testing

/// System calls of the daemon fail, once and for ever, at each of their occurrences.
@Suite(.enabled(if: Binary.isThere, Binary.reason), .serialized) struct SystemCallFaultTests {
    /// Whether all of them are wanted, which takes minutes: `make faults`; or all of one call:
    /// `make faults CALL=statx`. Else the first and the last occurrence of each call.
    private static let wanted = ProcessInfo.processInfo.environment["TOUCHMON_FAULTS"]
    private static let wantsAll = wanted == "all"

    @Test(.enabled(if: Binary.isRoot, Binary.rootReason))
    func `whatever call fails, nothing crashes, no touch is lost, and no run is somebody else`()
        throws
    {
        let tools = try Scratch()
        let program = try ProbeReport.install(in: tools)
        let table = FaultTable()
        let queue = OperationQueue()
        queue.maxConcurrentOperationCount = 12
        for beginning in [FaultLife.Beginning.fresh, .afterKill] {
            for fault in try Self.faults(beginning, program) {
                queue.addOperation {
                    do {
                        let life = try FaultLife(beginning, extent: fault.extent, program: program)
                        table.add(beginning, fault, try life.live(with: fault))
                    } catch {
                        table.fail(beginning, fault, "\(error)")
                    }
                }
            }
        }
        queue.waitUntilAllOperationsAreFinished()
        if Self.wantsAll {
            let build = URL(fileURLWithPath: try #require(Binary.path))
                .deletingLastPathComponent().deletingLastPathComponent()
            for (name, text) in [("faults.txt", table.all), ("faults.md", table.summary)] {
                try text.write(
                    to: build.appendingPathComponent(name), atomically: true, encoding: .utf8)
            }
        }
        #expect(table.failures == [])
        #expect(table.count > (Self.wantsAll ? 1000 : Self.wanted == nil ? 60 : 0))
    }

    /// The faults of a life, out of the trace of one without.
    private static func faults(
        _ beginning: FaultLife.Beginning, _ program: String
    ) throws -> [Fault] {
        let life = try FaultLife(beginning, extent: .once, program: program)
        let outcome = try life.live(with: nil)
        try #require(outcome.summary == "no effect", "\(outcome.text)")
        let unknown = Set(life.calls.map(\.call))
            .filter { Fault.error(of: $0) == nil && !Fault.neverFail.contains($0) }
        #expect(unknown == [], "say in Fault.swift what these fail with, or that they do not")
        let all = Fault.all(in: life.calls)
        if let wanted { return wantsAll ? all : all.filter { $0.call == wanted } }
        return Dictionary(grouping: all, by: \.call).values.flatMap { faults -> [Fault] in
            switch beginning {
            case .fresh:
                // Once in the beginning, for ever from the last on, and the other way round.
                let (first, last) = (faults.prefix(2), faults.suffix(2))
                return Array(Set(first + last))
            case .afterKill:
                let adopts = ["pidfd_open", "poll", "pread64", "flock", "waitid", "epoll_ctl"]
                return adopts.contains(faults[0].call) ? Array(faults.prefix(1)) : []
            }
        }
    }
}
