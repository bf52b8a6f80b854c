import Testing
import TouchmonCore
import TouchmonTestSupport

/// What becomes of paths when the directories on the way to them become others.
@Suite struct MountTests {
    private static func make(_ path: String, _ kernel: inout SimulatedKernel) throws {
        try kernel.close(try kernel.open(RawPath(path), [.write, .create]))
    }

    private static func touch(_ path: String, _ daemon: inout SimulatedDaemon) throws {
        daemon.tick(.milliseconds(1))
        try daemon.kernel.setTimes(RawPath(path), access: .now, modification: .now)
        daemon.settle()
    }

    private static func paths(_ daemon: SimulatedDaemon) -> [String] {
        daemon.runs.map { String(decoding: $0.path.bytes, as: UTF8.self) }
    }

    @Test func `a mount is found through links of directories and of files, and only there`() throws
    {
        var kernel = SimulatedKernel()
        for directory in ["/srv", "/data", "/keep", "/other"] {
            try kernel.makeDirectory(RawPath(directory))
        }
        let disk = kernel.makeFileSystem(.ext4)
        try kernel.mount(disk, at: RawPath("/keep"))
        for file in ["/keep/f", "/data/f", "/other/stamp"] { try Self.make(file, &kernel) }
        try kernel.makeSymbolicLink(RawPath("/srv/link"), to: RawPath("/data"))
        try kernel.makeSymbolicLink(RawPath("/file"), to: RawPath("/data/f"))
        kernel.advance(by: .seconds(7200))
        _ = kernel.takeMountTableChange()
        let plan = ["/srv/link/f", "/file", "/other/stamp"].map { PlannedAction($0) }
        var daemon = SimulatedDaemon(kernel: kernel, plan: plan)
        daemon.runDuration = .milliseconds(1)
        daemon.pass(.seconds(1))
        #expect(daemon.runs.isEmpty)

        try daemon.kernel.mount(disk, at: RawPath("/data"))
        daemon.pass(.seconds(1))
        #expect(Set(Self.paths(daemon)) == ["/srv/link/f", "/file"] && daemon.runs.count == 2)
        try Self.touch("/keep/f", &daemon)
        daemon.pass(.seconds(1))
        #expect(daemon.runs.count == 4, "its own watch stands on what was mounted")

        // Nothing is left of a directory that no action needs.
        daemon.reload(Array(plan.dropLast()))
        try daemon.kernel.unmount(RawPath("/data"))
        daemon.pass(.seconds(1))
        #expect(daemon.runs.count == 6)
        try Self.touch("/other/stamp", &daemon)
        try Self.touch("/data/f", &daemon)
        #expect(daemon.runs.count == 8)
    }

    /// The watch's end and the table of mounts tell of it, in any order.
    @Test(arguments: [false, true])
    func `a file whose file system is unmounted is waited for`(eventsFirst: Bool) throws {
        var kernel = SimulatedKernel()
        try kernel.makeDirectory(RawPath("/mnt"))
        try kernel.mount(kernel.makeFileSystem(.ext4), at: RawPath("/mnt"))
        try Self.make("/mnt/stamp", &kernel)
        kernel.advance(by: .seconds(7200))
        _ = kernel.takeMountTableChange()
        var daemon = SimulatedDaemon(kernel: kernel, plan: [PlannedAction("/mnt/stamp")])
        daemon.runDuration = .milliseconds(1)
        daemon.pass(.seconds(1))
        try daemon.kernel.unmount(RawPath("/mnt"))
        if eventsFirst { daemon.engine.read(daemon.kernel.readEvents().span.bytes) }
        daemon.pass(.seconds(1))
        #expect(daemon.runs.isEmpty)
        try Self.make("/mnt/stamp", &daemon.kernel)
        daemon.pass(.milliseconds(1))
        #expect(daemon.runs.count == 1)
    }

    @Test func `a directory that takes another's name is walked to, and heard again`() throws {
        var kernel = SimulatedKernel()
        for directory in ["/srv", "/srv/d", "/srv/e"] {
            try kernel.makeDirectory(RawPath(directory))
        }
        for file in ["/srv/d/stamp", "/srv/e/stamp"] { try Self.make(file, &kernel) }
        kernel.advance(by: .seconds(7200))
        var daemon = SimulatedDaemon(kernel: kernel, plan: [PlannedAction("/srv/d/stamp")])
        daemon.runDuration = .milliseconds(1)
        daemon.pass(.seconds(1))
        try daemon.kernel.rename(RawPath("/srv/d"), to: RawPath("/srv/old"))
        daemon.pass(.seconds(1))
        #expect(daemon.runs.isEmpty)
        try daemon.kernel.rename(RawPath("/srv/e"), to: RawPath("/srv/d"))
        daemon.pass(.seconds(1))
        #expect(daemon.runs.count == 1)
        try Self.touch("/srv/d/stamp", &daemon)
        #expect(daemon.runs.count == 2)
        daemon.pass(.seconds(1))
        try Self.touch("/srv/old/stamp", &daemon)
        daemon.pass(.seconds(1))
        #expect(daemon.runs.count == 2, "what is not at the path any more is nobody's")
    }

    @Test func `a directory that is wanted and not wanted at once leaves nothing behind`() throws {
        var kernel = SimulatedKernel()
        for directory in ["/srv", "/new"] { try kernel.makeDirectory(RawPath(directory)) }
        try Self.make("/srv/a", &kernel)
        kernel.advance(by: .seconds(7200))
        var daemon = SimulatedDaemon(kernel: kernel, plan: [PlannedAction("/srv/a")])
        daemon.runDuration = .milliseconds(1)
        daemon.pass(.seconds(1))
        daemon.reload([PlannedAction("/srv/a"), PlannedAction("/new/x")])
        daemon.reload([PlannedAction("/srv/a")])
        daemon.pass(.seconds(1))
        try Self.make("/new/x", &daemon.kernel)
        daemon.pass(.seconds(1))
        #expect(daemon.runs.isEmpty)
        try Self.touch("/srv/a", &daemon)
        #expect(Self.paths(daemon) == ["/srv/a"])
    }
}
