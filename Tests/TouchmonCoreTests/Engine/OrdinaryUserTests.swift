import Testing
import TouchmonCore
import TouchmonTestSupport

/// An ordinary user's daemon hears of a file through its directory as well: the file's own watch
/// needs the right to read it.
@Suite struct OrdinaryUserTests {
    private static let path = RawPath("/srv/stamp")

    private static func daemon(
        withFile: Bool, watch error: ErrorNumber? = nil
    ) throws -> SimulatedDaemon {
        var kernel = SimulatedKernel()
        try kernel.makeDirectory(RawPath("/srv"))
        if withFile { try kernel.close(try kernel.open(path, [.write, .create])) }
        kernel.advance(by: .seconds(7200))
        // The watches of `/` and `/srv` come before the file's.
        if let error { kernel.faults.fail(.addWatch, ordinal: 3, .forever, with: error) }
        var daemon = SimulatedDaemon(
            kernel: kernel, plan: [PlannedAction("/srv/stamp")], isRoot: false)
        daemon.runDuration = .milliseconds(1)
        daemon.settle()
        return daemon
    }

    private static func runs(
        of tool: Tool, in start: SimulatedDaemon, pauses: Int
    ) throws -> SimulatedDaemon {
        var daemon = start
        for number in 1...2 {
            var context = Tool.Context(kernel: daemon.kernel, path: path, save: number)
            for (index, step) in tool.steps.enumerated() {
                context.kernel = daemon.kernel
                try step(&context)
                daemon.kernel = context.kernel
                if pauses & (1 << index) != 0 { daemon.settle() }
                daemon.kernel.advance(by: .microseconds(3))
            }
            daemon.pass(.seconds(30))
        }
        return daemon
    }

    @Test(arguments: Tool.all) func `a save is one run, heard twice`(tool: Tool) throws {
        for withFile in tool.needsFile ? [true] : [false, true] {
            for pauses in 0..<(1 << tool.steps.count) {
                let daemon = try Self.runs(
                    of: tool, in: try Self.daemon(withFile: withFile), pauses: pauses)
                #expect(daemon.runs.count == 2, "\(String(pauses, radix: 2)), file \(withFile)")
            }
        }
    }

    @Test func `a file that may not be watched itself is heard through its directory`() throws {
        var daemon = try Self.daemon(withFile: true, watch: .permissionDenied)
        #expect(!daemon.logs.contains { if case .polled = $0 { true } else { false } })
        for number in 1...3 {
            let handle = try daemon.kernel.open(Self.path, [.write])
            try daemon.kernel.write(handle, count: 1)
            try daemon.kernel.close(handle)
            daemon.settle()
            #expect(daemon.runs.count == number)
            daemon.pass(.seconds(1))
        }
        // Its neighbour is not its business.
        let other = try daemon.kernel.open(RawPath("/srv/other"), [.write, .create])
        try daemon.kernel.write(other, count: 1)
        try daemon.kernel.close(other)
        daemon.pass(.seconds(30))
        #expect(daemon.runs.count == 3)
    }

    @Test(arguments: Tool.noTouch) func `what is no touch runs nothing`(tool: Tool) throws {
        let daemon = try Self.runs(
            of: tool, in: try Self.daemon(withFile: true), pauses: (1 << tool.steps.count) - 1)
        #expect(daemon.runs.isEmpty)
    }
}
