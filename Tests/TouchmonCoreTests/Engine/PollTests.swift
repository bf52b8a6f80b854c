import Testing
import TouchmonCore
import TouchmonTestSupport

/// What is not heard is found by looking, once, and at most an interval and a moment of quiet later.
@Suite struct PollTests {
    private static let path = RawPath("/mnt/stamp")

    /// A file, or none, on a file system that is mounted over a directory of an ordinary one.
    private static func daemon(
        on policy: FileSystemPolicy, withFile: Bool = true, poll: Duration? = nil
    ) throws -> SimulatedDaemon {
        var kernel = SimulatedKernel()
        try kernel.makeDirectory(RawPath("/mnt"))
        try kernel.mount(kernel.makeFileSystem(policy), at: RawPath("/mnt"))
        if withFile { try kernel.close(try kernel.open(path, [.write, .create])) }
        // Older than any grace of the first look, and at an odd moment of each granule.
        kernel.advance(by: .seconds(7201) + .milliseconds(3))
        _ = kernel.takeMountTableChange()
        var daemon = SimulatedDaemon(
            kernel: kernel, plan: [PlannedAction("/mnt/stamp", poll: poll)])
        daemon.runDuration = .milliseconds(1)
        daemon.settle()
        return daemon
    }

    private static func polls(_ daemon: SimulatedDaemon) -> [Polling] {
        daemon.logs.compactMap { if case .polled(_, let polling) = $0 { polling } else { nil } }
    }

    private static let quiet = [FileSystemPolicy.nfs, .fuseOnVfat]

    /// Another machine saves with each tool; the looks fall between its calls, at every phase.
    @Test(arguments: Tool.all, quiet)
    func `a save elsewhere is one run`(tool: Tool, policy: FileSystemPolicy) throws {
        for withFile in tool.needsFile ? [true] : [false, true] {
            for phase in 0..<5 {
                var daemon = try Self.daemon(on: policy, withFile: withFile)
                daemon.pass(.milliseconds(200 * phase))
                for number in 1...3 {
                    var context = Tool.Context(
                        kernel: daemon.kernel, path: Self.path, save: number)
                    var completed = daemon.clock
                    for (index, step) in tool.steps.enumerated() {
                        context.kernel = daemon.kernel
                        context.kernel.isElsewhere = true
                        try step(&context)
                        context.kernel.isElsewhere = false
                        daemon.kernel = context.kernel
                        if index == tool.completingStep { completed = daemon.clock }
                        daemon.pass(.milliseconds(190))
                    }
                    daemon.pass(.seconds(20))
                    #expect(daemon.runs.count == number, "file \(withFile), phase \(phase)")
                    let late = daemon.runs.last?.started.elapsed(since: completed)
                    #expect(late.map { $0 > .zero && $0 <= .seconds(4) } == true, "\(late as Any)")
                    daemon.pass(.milliseconds(77))
                }
            }
        }
    }

    /// The same at whichever of its calls the daemon looks, but on this machine: heard, and at once.
    @Test(.thorough, arguments: Tool.all, quiet)
    func `a save here is one run, and waits for no look`(
        tool: Tool, policy: FileSystemPolicy
    ) throws {
        // Where times move in ticks, what a tool does after its close leaves a doubt.
        guard !["install", "tar x", "tar x --overwrite"].contains(tool.description) else { return }
        for withFile in tool.needsFile ? [true] : [false, true] {
            for pauses in 0..<(1 << tool.steps.count) {
                var daemon = try Self.daemon(on: policy, withFile: withFile)
                for number in 1...3 {
                    var context = Tool.Context(
                        kernel: daemon.kernel, path: Self.path, save: number)
                    for (index, step) in tool.steps.enumerated() {
                        context.kernel = daemon.kernel
                        try step(&context)
                        daemon.kernel = context.kernel
                        if pauses & (1 << index) != 0 { daemon.settle() }
                        daemon.kernel.advance(by: .microseconds(3))
                    }
                    daemon.pass(.milliseconds(20))
                    #expect(daemon.runs.count == number, "\(String(pauses, radix: 2))")
                    daemon.pass(.seconds(21))
                    #expect(daemon.runs.count == number, "late: \(String(pauses, radix: 2))")
                }
            }
        }
    }

    @Test(arguments: Tool.noTouch, quiet)
    func `what is no touch here runs nothing`(tool: Tool, policy: FileSystemPolicy) throws {
        var daemon = try Self.daemon(on: policy)
        for number in 1...3 {
            var context = Tool.Context(kernel: daemon.kernel, path: Self.path, save: number)
            for step in tool.steps {
                context.kernel = daemon.kernel
                try step(&context)
                daemon.kernel = context.kernel
                daemon.settle()
                daemon.kernel.advance(by: .milliseconds(20))
            }
            daemon.pass(.seconds(20))
            #expect(daemon.runs.isEmpty)
        }
    }

    /// Two changes of one size in one granule of the file system's clock: between them a look.
    @Test(arguments: quiet) func `no change within a tick is lost`(policy: FileSystemPolicy) throws
    {
        for offset in stride(from: 0, to: 2000, by: 37) {
            var daemon = try Self.daemon(on: policy)
            let tick: Duration =
                if case .coarse(let tick) = policy.timestamps { tick } else { .seconds(2) }
            daemon.pass(.milliseconds(offset))
            var last = daemon.clock
            for _ in 1...8 {
                last = daemon.clock
                daemon.kernel.isElsewhere = true
                let handle = try daemon.kernel.open(Self.path, [.write])
                try daemon.kernel.write(handle, count: 1)
                try daemon.kernel.close(handle)
                daemon.kernel.isElsewhere = false
                daemon.pass(tick / 7)
            }
            daemon.pass(.seconds(20))
            #expect(try #require(daemon.runs.last).started > last, "\(offset) ms")
        }
    }

    @Test func `a slow save elsewhere is one run, and an open file here is known`() throws {
        var daemon = try Self.daemon(on: .nfs)
        daemon.kernel.isElsewhere = true
        let there = try daemon.kernel.open(Self.path, [.write, .truncate])
        for _ in 1...20 {
            daemon.kernel.isElsewhere = true
            try daemon.kernel.write(there, count: 1)
            daemon.kernel.isElsewhere = false
            daemon.pass(.milliseconds(700))
        }
        #expect(daemon.runs.isEmpty)
        daemon.pass(.seconds(3))
        #expect(daemon.runs.count == 1)
        // Here the close is heard, however long it takes.
        let here = try daemon.kernel.open(Self.path, [.write, .truncate])
        for _ in 1...5 {
            try daemon.kernel.write(here, count: 1)
            daemon.pass(.seconds(6))
        }
        #expect(daemon.runs.count == 1)
        try daemon.kernel.close(here)
        daemon.settle()
        #expect(daemon.runs.count == 2)
        daemon.pass(.seconds(30))
        #expect(daemon.runs.count == 2)
    }

    /// Also where the same file is looked at every second: each look is no reason to wait longer.
    @Test func `who holds a file open for good is waited for ten seconds`() throws {
        var daemon = try Self.daemon(on: .ext4, poll: .milliseconds(300))
        daemon.kernel.queueLimit = 0
        let handle = try daemon.kernel.open(Self.path, [.write])
        try daemon.kernel.write(handle, count: 7)
        daemon.pass(.seconds(9))
        #expect(daemon.runs.isEmpty)
        daemon.pass(.seconds(3))
        #expect(daemon.runs.count == 1)
        // What changes nothing that counts is waited for as well, and leads to nothing.
        try daemon.kernel.setMode(Self.path, to: 0o600)
        daemon.pass(.seconds(30))
        #expect(daemon.runs.count == 1)
    }

    // MARK: Which paths are polled

    @Test func `it is said once, and only of a file system that keeps silent`() throws {
        for policy in [FileSystemPolicy.ext4, .tmpfs, .ext2, .vfat] {
            let daemon = try Self.daemon(on: policy)
            #expect(Self.polls(daemon).isEmpty)
            var engine = daemon.engine
            #expect(
                engine.nextDeadline().map { $0 > daemon.clock.advanced(by: .seconds(2)) } ?? true)
        }
        for withFile in [true, false] {
            var daemon = try Self.daemon(on: .nfs, withFile: withFile)
            daemon.pass(.seconds(100))
            #expect(Self.polls(daemon) == [Polling(.fileSystem(.nfs), every: .seconds(1))])
        }
        let tuned = try Self.daemon(on: .nfs, poll: .seconds(60))
        #expect(Self.polls(tuned) == [Polling(.fileSystem(.nfs), every: .seconds(60))])
        let asked = try Self.daemon(on: .ext4, poll: .seconds(60))
        #expect(Self.polls(asked).isEmpty)
    }

    @Test func `mounted over, it is polled; taken away, not any more`() throws {
        var kernel = SimulatedKernel()
        try kernel.makeDirectory(RawPath("/mnt"))
        try kernel.close(try kernel.open(Self.path, [.write, .create]))
        kernel.advance(by: .seconds(7200))
        var daemon = SimulatedDaemon(kernel: kernel, plan: [PlannedAction("/mnt/stamp")])
        daemon.runDuration = .milliseconds(1)
        daemon.pass(.seconds(10))
        #expect(daemon.engine.nextDeadline() == nil)
        for number in 1...3 {
            try daemon.kernel.mount(daemon.kernel.makeFileSystem(.nfs), at: RawPath("/mnt"))
            daemon.pass(.seconds(5))
            #expect(Self.polls(daemon).count == number)
            daemon.kernel.isElsewhere = true
            try daemon.kernel.close(try daemon.kernel.open(Self.path, [.write, .create]))
            daemon.kernel.isElsewhere = false
            daemon.pass(.seconds(5))
            #expect(daemon.runs.count == 2 * number - 1)
            try daemon.kernel.unmount(RawPath("/mnt"))
            daemon.pass(.seconds(10))
            // What was below is back as it was, but another file than was there before.
            #expect(daemon.runs.count == 2 * number)
            #expect(daemon.engine.nextDeadline() == nil)
            try daemon.kernel.mount(daemon.kernel.makeFileSystem(.tmpfs), at: RawPath("/mnt"))
            daemon.pass(.seconds(10))
            #expect(daemon.engine.nextDeadline() == nil)
            try daemon.kernel.unmount(RawPath("/mnt"))
            daemon.pass(.seconds(10))
        }
    }

    @Test func `a link that lies there is polled, though its file is heard`() throws {
        var daemon = try Self.daemon(on: .nfs, withFile: false)
        for name in ["/a", "/b"] {
            try daemon.kernel.close(try daemon.kernel.open(RawPath(name), [.write, .create]))
        }
        for (number, target) in ["/a", "/b", "/a"].enumerated() {
            daemon.kernel.isElsewhere = true
            try? daemon.kernel.unlink(Self.path)
            try daemon.kernel.makeSymbolicLink(Self.path, to: RawPath(target))
            daemon.kernel.isElsewhere = false
            daemon.pass(.seconds(5))
            #expect(daemon.runs.count == 2 * number + 1)
            // The file's own watch stands where the link leads now.
            try daemon.kernel.setTimes(RawPath(target), access: .now, modification: .now)
            daemon.settle()
            #expect(daemon.runs.count == 2 * number + 2)
            daemon.pass(.seconds(5))
        }
    }

    @Test func `a directory that is replaced elsewhere is heard again`() throws {
        var kernel = SimulatedKernel()
        try kernel.makeDirectory(RawPath("/mnt"))
        try kernel.mount(kernel.makeFileSystem(.nfs), at: RawPath("/mnt"))
        _ = kernel.takeMountTableChange()
        var daemon = SimulatedDaemon(kernel: kernel, plan: [PlannedAction("/mnt/d/e/stamp")])
        daemon.runDuration = .milliseconds(1)
        daemon.settle()
        let stamp = RawPath("/mnt/d/e/stamp")
        for number in 1...3 {
            daemon.kernel.isElsewhere = true
            if number > 1 {
                try daemon.kernel.rename(RawPath("/mnt/d"), to: RawPath("/mnt/old\(number)"))
            }
            for directory in ["/mnt/d", "/mnt/d/e"] {
                try daemon.kernel.makeDirectory(RawPath(directory))
            }
            try daemon.kernel.close(try daemon.kernel.open(stamp, [.write, .create]))
            daemon.kernel.isElsewhere = false
            daemon.pass(.seconds(5))
            #expect(daemon.runs.count == 2 * number - 1)
            let handle = try daemon.kernel.open(stamp, [.write])
            try daemon.kernel.write(handle, count: 1)
            try daemon.kernel.close(handle)
            daemon.settle()
            #expect(daemon.runs.count == 2 * number)
            daemon.pass(.seconds(5))
        }
    }

    @Test func `entries that others make in a watched directory are touches`() throws {
        var kernel = SimulatedKernel()
        try kernel.makeDirectory(RawPath("/mnt"))
        try kernel.mount(kernel.makeFileSystem(.nfs), at: RawPath("/mnt"))
        try kernel.makeDirectory(RawPath("/mnt/d"))
        _ = kernel.takeMountTableChange()
        kernel.advance(by: .seconds(10))
        var daemon = SimulatedDaemon(kernel: kernel, plan: [PlannedAction("/mnt/d")])
        daemon.runDuration = .milliseconds(1)
        daemon.settle()
        for number in 1...3 {
            var last = daemon.clock
            for part in 1...30 {
                daemon.kernel.isElsewhere = true
                let entry = RawPath("/mnt/d/\(number)-\(part)")
                try daemon.kernel.close(try daemon.kernel.open(entry, [.write, .create]))
                daemon.kernel.isElsewhere = false
                last = daemon.clock
                daemon.pass(.milliseconds(3))
            }
            daemon.pass(.seconds(5))
            #expect(daemon.runs.count == number)
            #expect(try #require(daemon.runs.last).started > last)
        }
    }

    @Test func `a reload changes the interval, and begins and ends polling`() throws {
        var daemon = try Self.daemon(on: .ext4)
        func wait(_ daemon: SimulatedDaemon) -> Duration? {
            var engine = daemon.engine
            return engine.nextDeadline().map { $0.elapsed(since: daemon.clock) }
        }
        daemon.pass(.seconds(10))
        #expect(wait(daemon) == nil)
        for interval in [Duration.seconds(2), .milliseconds(10), nil] {
            daemon.reload([PlannedAction("/mnt/stamp", poll: interval)])
            daemon.settle()
            daemon.pass(.seconds(4))
            #expect(wait(daemon) == interval)
            #expect(daemon.runs.isEmpty)
        }
        daemon.reload([PlannedAction("/mnt/stamp", poll: .seconds(1))])
        daemon.reload([])
        daemon.pass(.seconds(4))
        #expect(wait(daemon) == nil)
    }

    @Test func `a watch limit that is raised ends the polling of what it kept from being heard`()
        throws
    {
        var kernel = SimulatedKernel()
        kernel.watchLimit = 1
        try kernel.makeDirectory(RawPath("/srv"))
        var daemon = SimulatedDaemon(kernel: kernel, plan: [PlannedAction("/srv/stamp")])
        daemon.runDuration = .milliseconds(1)
        daemon.pass(.seconds(10))
        #expect(Self.polls(daemon).count == 1)
        daemon.kernel.watchLimit = 100
        daemon.pass(.seconds(2))
        #expect(daemon.engine.nextDeadline() == nil)
        try daemon.kernel.close(try daemon.kernel.open(RawPath("/srv/stamp"), [.write, .create]))
        daemon.pass(.milliseconds(1))
        #expect(daemon.runs.count == 1)
    }
}
