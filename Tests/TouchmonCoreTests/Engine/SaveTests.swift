import Testing
import TouchmonCore
import TouchmonTestSupport

/// One save is one run, whenever the daemon looks.
@Suite struct SaveTests {
    static let path = RawPath("/srv/stamp")

    static func daemon(_ policy: FileSystemPolicy, withFile: Bool) throws -> SimulatedDaemon {
        var kernel = SimulatedKernel(root: policy)
        try kernel.makeDirectory(RawPath("/srv"))
        if withFile {
            let handle = try kernel.open(path, [.write, .create])
            try kernel.close(handle)
            // Older than any grace of the first look.
            kernel.advance(by: .seconds(7200))
        }
        var daemon = SimulatedDaemon(kernel: kernel, plan: [PlannedAction("/srv/stamp")])
        daemon.runDuration = .milliseconds(1)
        daemon.settle()
        return daemon
    }

    /// Saves once; the daemon does all it can after those steps whose bit is set.
    static func save(
        _ tool: Tool, _ number: Int, _ daemon: inout SimulatedDaemon, pauses: Int
    ) throws {
        var context = Tool.Context(kernel: daemon.kernel, path: path, save: number)
        for (index, step) in tool.steps.enumerated() {
            context.kernel = daemon.kernel
            try step(&context)
            daemon.kernel = context.kernel
            // Real calls take time; less than a tick of the clock.
            daemon.pass(.microseconds(0), performing: pauses & (1 << index) != 0)
            daemon.kernel.advance(by: .microseconds(3))
        }
    }

    static let policies = [
        FileSystemPolicy.ext4, .tmpfs, .ext4BeforeMultigrain, .ext2, .vfat,
    ]

    @Test(arguments: Tool.all, policies)
    func `is one run, at whichever of its calls the daemon looks`(
        tool: Tool, policy: FileSystemPolicy
    ) throws {
        for withFile in tool.needsFile ? [true] : [false, true] {
            for pauses in 0..<(1 << tool.steps.count) {
                var daemon = try Self.daemon(policy, withFile: withFile)
                for number in 1...3 {
                    try Self.save(tool, number, &daemon, pauses: pauses)
                    daemon.pass(.seconds(30))
                    #expect(
                        daemon.runs.count == number,
                        "save \(number), pauses \(String(pauses, radix: 2)), file \(withFile)")
                }
            }
        }
    }

    /// Saves follow each other at once, by random tools, and the daemon gets a random number of
    /// steps after each call: after every save a run starts, and never more runs than saves.
    ///
    /// Where the file system's clock can't tell two changes apart, a tool that changes a mode or a
    /// time after its close leaves a doubt when the daemon looks just then: such tools are left out.
    @Test(.thorough, arguments: policies)
    func `none is lost and none doubled in any order of steps`(policy: FileSystemPolicy) throws {
        let isFine = policy == .ext4 || policy == .tmpfs
        // A FIFO can't be opened for writing by the next tool.
        let excluded = ["mkfifo"] + (isFine ? [] : ["install", "tar x", "tar x --overwrite"])
        let tools = Tool.all.filter { !excluded.contains($0.description) }
        for seed in 0..<3000 as Range<UInt64> {
            var random = SplitMix64(seed: seed)
            var daemon = try Self.daemon(policy, withFile: Bool.random(using: &random))
            daemon.runDuration = .microseconds(Int.random(in: 1...40, using: &random))
            let saves = Int.random(in: 1...4, using: &random)
            var last = daemon.clock
            var names: [String] = []
            for number in 1...saves {
                let hasFile =
                    if case .success = daemon.kernel.status(Self.path, followSymlinks: true) {
                        true
                    } else {
                        false
                    }
                let tool = try #require(
                    tools.filter { hasFile || !$0.needsFile }.randomElement(using: &random))
                names.append(tool.description)
                var context = Tool.Context(kernel: daemon.kernel, path: Self.path, save: number)
                for (index, step) in tool.steps.enumerated() {
                    context.kernel = daemon.kernel
                    try step(&context)
                    daemon.kernel = context.kernel
                    if index == tool.completingStep { last = daemon.clock }
                    for _ in 0..<Int.random(in: 0...8, using: &random) { _ = daemon.step() }
                    if Bool.random(using: &random) {
                        daemon.tick(.microseconds(Int.random(in: 1...30, using: &random)))
                    }
                }
            }
            daemon.pass(.seconds(30))
            let started = try #require(daemon.runs.map(\.started).max())
            #expect(started >= last, "lost: seed \(seed), \(names)")
            #expect(daemon.runs.count <= saves, "doubled: seed \(seed), \(names)")
        }
    }

    @Test(arguments: Tool.noTouch, policies)
    func `no run without a touch`(tool: Tool, policy: FileSystemPolicy) throws {
        for withFile in tool.needsFile ? [true] : [false, true] {
            for pauses in 0..<(1 << tool.steps.count) {
                var daemon = try Self.daemon(policy, withFile: withFile)
                for number in 1...3 {
                    try Self.save(tool, number, &daemon, pauses: pauses)
                    daemon.pass(.seconds(30))
                    #expect(daemon.runs.isEmpty, "pauses \(String(pauses, radix: 2))")
                }
            }
        }
    }
}

extension SimulatedDaemon {
    fileprivate mutating func pass(_ duration: Duration, performing: Bool) {
        if performing { pass(duration) }
    }
}
