import Testing
import TouchmonCore
import TouchmonTestSupport

/// Files that the kernel makes anew at each reading, and directories that others fill.
@Suite struct KernelFileTests {
    private static let path = RawPath("/mnt/stamp")
    private static let proc = FileSystemPolicy(
        timestamps: .coarse(tick: .milliseconds(10)), keepsBirthTime: false,
        reusesInodeNumbers: false, magic: 0x9FA0)

    private static func daemon(
        on policy: FileSystemPolicy, poll: Duration? = nil,
        make: (inout SimulatedKernel) throws -> Void
    ) throws -> SimulatedDaemon {
        var kernel = SimulatedKernel()
        try kernel.makeDirectory(RawPath("/mnt"))
        try kernel.mount(kernel.makeFileSystem(policy), at: RawPath("/mnt"))
        try make(&kernel)
        kernel.advance(by: .seconds(7201) + .milliseconds(3))
        _ = kernel.takeMountTableChange()
        var daemon = SimulatedDaemon(
            kernel: kernel, plan: [PlannedAction("/mnt/stamp", poll: poll)])
        daemon.runDuration = .milliseconds(1)
        daemon.pass(.seconds(10))
        return daemon
    }

    private static func make(_ path: RawPath, _ kernel: inout SimulatedKernel) throws {
        try kernel.close(try kernel.open(path, [.write, .create]))
    }

    private static func elsewhere(
        _ daemon: inout SimulatedDaemon, _ change: (inout SimulatedKernel) throws -> Void
    ) throws {
        daemon.kernel.isElsewhere = true
        try change(&daemon.kernel)
        daemon.kernel.isElsewhere = false
    }

    @Test func `what the kernel changes is found within two looks`() throws {
        var daemon = try Self.daemon(on: Self.proc) { try Self.make(Self.path, &$0) }
        for number in 1...3 {
            try Self.elsewhere(&daemon) { kernel in
                let handle = try kernel.open(Self.path, [.write])
                try kernel.write(handle, count: 1)
                try kernel.close(handle)
            }
            daemon.pass(.seconds(2))
            #expect(daemon.runs.count == number)
            daemon.pass(.seconds(5))
            #expect(daemon.runs.count == number)
        }
    }

    /// Its inode came into memory again since: number and times are new, and say nothing.
    @Test(arguments: [(proc, 0), (FileSystemPolicy.nfs, 1)])
    func `a file that looks new after a restart is one only where times are kept`(
        policy: FileSystemPolicy, runs: Int
    ) throws {
        var daemon = try Self.daemon(on: policy) { try Self.make(Self.path, &$0) }
        daemon.crash()
        try daemon.kernel.unlink(Self.path)
        try Self.make(Self.path, &daemon.kernel)
        daemon.tick(.seconds(20))
        daemon.restart([PlannedAction("/mnt/stamp")])
        daemon.pass(.seconds(10))
        #expect(daemon.runs.count == runs)
    }

    /// Between two looks that show the same the clock of the file system has to move on.
    @Test func `a directory that others fill counts once, when it is quiet`() throws {
        var daemon = try Self.daemon(on: .fuseOnVfat, poll: .milliseconds(300)) {
            try $0.makeDirectory(Self.path)
        }
        var last = daemon.clock
        for number in 1...5 {
            try Self.elsewhere(&daemon) { kernel in
                try Self.make(RawPath("/mnt/stamp/\(number)"), &kernel)
            }
            last = daemon.clock
            daemon.pass(.milliseconds(700))
        }
        #expect(daemon.runs.isEmpty)
        daemon.pass(.seconds(10))
        #expect(daemon.runs.count == 1)
        #expect(try #require(daemon.runs.first).started > last)
    }
}
