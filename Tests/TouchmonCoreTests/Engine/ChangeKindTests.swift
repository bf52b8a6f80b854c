import Testing
import TouchmonCore
import TouchmonTestSupport

/// What counts besides touches, as `on` says.
@Suite struct ChangeKindTests {
    private static let path = RawPath("/srv/a"), other = RawPath("/srv/other")

    /// Something that is done to a file.
    struct Deed: Sendable, CustomTestStringConvertible {
        var name: String
        /// The kinds of changes that it is, each alone.
        var kinds: TouchKinds
        var needsFile = true
        var run: @Sendable (inout SimulatedKernel) throws -> Void

        var testDescription: String { name }

        init(
            _ name: String, _ kinds: TouchKinds, needsFile: Bool = true,
            run: @escaping @Sendable (inout SimulatedKernel) throws -> Void
        ) {
            self.name = name
            self.kinds = kinds
            self.needsFile = needsFile
            self.run = run
        }
    }

    static let deeds: [Deed] = [
        Deed("create and keep open", .create, needsFile: false) {
            _ = try $0.open(path, [.write, .create])
        },
        Deed("create and close", [.create, .touch], needsFile: false) {
            try $0.close(try $0.open(path, [.write, .create]))
        },
        Deed("create, write and close", [.create, .modify, .touch], needsFile: false) {
            let file = try $0.open(path, [.write, .create])
            try $0.write(file, count: 3)
            try $0.close(file)
        },
        Deed("make a directory", [.create, .touch], needsFile: false) {
            try $0.makeDirectory(path)
        },
        Deed("link", [.create, .touch], needsFile: false) {
            try $0.close(try $0.open(other, [.write, .create]))
            try $0.link(other, to: path)
        },
        Deed("create and remove", [.create, .delete], needsFile: false) {
            try $0.close(try $0.open(path, [.write, .create]))
            try $0.unlink(path)
        },
        Deed("remove", .delete) { try $0.unlink(path) },
        Deed("rename away", .move) { try $0.rename(path, to: other) },
        Deed("rename over", [.move, .touch]) {
            try $0.close(try $0.open(other, [.write, .create]))
            try $0.rename(other, to: path)
        },
        Deed("write and keep open", .modify) {
            try $0.write(try $0.open(path, [.write]), count: 3)
        },
        Deed("write and close", [.modify, .touch]) {
            let file = try $0.open(path, [.write])
            try $0.write(file, count: 3)
            try $0.close(file)
        },
        Deed("set times", [.attribute, .touch]) {
            try $0.setTimes(path, access: .now, modification: .now)
        },
        Deed("set a time back", .attribute) {
            let past = FileTime(seconds: 5)
            try $0.setTimes(path, access: .now, modification: .set(past))
        },
        Deed("change the mode", .attribute) { try $0.setMode(path, to: 0o600) },
        Deed("change the owner", .attribute) { try $0.setOwner(path, owner: 7, group: 7) },
        Deed("read", []) { try $0.close(try $0.open(path, [])) },
        Deed("make a neighbour", []) { try $0.close(try $0.open(other, [.write, .create])) },
    ]

    static let kinds: [TouchKinds] = [.touch, .create, .delete, .move, .attribute, .modify]

    private static func daemon(
        on kinds: TouchKinds, withFile: Bool, in directory: String = "/srv"
    ) throws -> SimulatedDaemon {
        var kernel = SimulatedKernel()
        try kernel.makeDirectory(RawPath("/srv"))
        if withFile { try kernel.close(try kernel.open(path, [.write, .create])) }
        kernel.advance(by: .seconds(7200))
        var daemon = SimulatedDaemon(kernel: kernel, plan: plan(on: kinds))
        daemon.runDuration = .milliseconds(1)
        daemon.settle()
        return daemon
    }

    private static func plan(on kinds: TouchKinds) -> [PlannedAction] {
        var touch = TouchPolicy()
        touch.on = kinds
        return [PlannedAction("/srv/a", touch: touch)]
    }

    @Test(arguments: deeds) func `each change is one run for its kinds`(deed: Deed) throws {
        for kind in Self.kinds {
            var daemon = try Self.daemon(on: kind, withFile: deed.needsFile)
            try deed.run(&daemon.kernel)
            daemon.pass(.seconds(20))
            #expect(daemon.runs.count == (deed.kinds.contains(kind) ? 1 : 0), "on \(kind)")
        }
        var daemon = try Self.daemon(
            on: [.touch, .create, .delete, .move, .attribute, .modify], withFile: deed.needsFile)
        try deed.run(&daemon.kernel)
        daemon.pass(.seconds(20))
        #expect((daemon.runs.count > 0) == (deed.kinds != []), "on all")
    }

    /// What happened while no daemon looked is seen from the state alone: it counts as whatever it may
    /// have been.
    @Test(arguments: deeds) func `each change is caught up for its kinds`(deed: Deed) throws {
        // Of these nothing is left to see.
        let invisible = ["create and remove", "set a time back"]
        for kind in Self.kinds where !invisible.contains(deed.name) {
            var daemon = try Self.daemon(on: kind, withFile: deed.needsFile)
            daemon.pass(.seconds(5))
            daemon.crash()
            try deed.run(&daemon.kernel)
            daemon.kernel.advance(by: .seconds(1))
            daemon.restart(Self.plan(on: kind))
            daemon.pass(.seconds(20))
            if deed.kinds.contains(kind) {
                #expect(daemon.runs.count == 1, "on \(kind)")
            }
            if deed.kinds == [] { #expect(daemon.runs.isEmpty, "on \(kind)") }
            // And once only.
            let count = daemon.runs.count
            daemon.pass(.seconds(5))
            daemon.crash()
            daemon.restart(Self.plan(on: kind))
            daemon.pass(.seconds(20))
            #expect(daemon.runs.count == count, "on \(kind), the third daemon")
        }
    }

    @Test func `a directory that goes takes its paths with it`() throws {
        for kind in [TouchKinds.delete, .move] {
            var daemon = try Self.daemon(on: kind, withFile: true)
            try daemon.kernel.rename(RawPath("/srv"), to: RawPath("/elsewhere"))
            daemon.pass(.seconds(1))
            #expect(daemon.runs.count == 1)
            try daemon.kernel.rename(RawPath("/elsewhere"), to: RawPath("/srv"))
            daemon.pass(.seconds(1))
            #expect(daemon.runs.count == (kind == .move ? 2 : 1))
        }
    }

    @Test func `a run for a path that is gone has no time`() throws {
        var daemon = try Self.daemon(on: [.create, .delete], withFile: false)
        try daemon.kernel.close(try daemon.kernel.open(Self.path, [.write, .create]))
        daemon.pass(.seconds(1))
        try daemon.kernel.unlink(Self.path)
        daemon.pass(.seconds(1))
        #expect(
            daemon.runs.map { $0.variable("TOUCHMON_MTIME_NS") != nil } == [true, false])
    }

    @Test func `a reload changes what counts`() throws {
        var daemon = try Self.daemon(on: .touch, withFile: true)
        daemon.signal(.hangUp)
        daemon.settle()
        daemon.reload(Self.plan(on: .attribute))
        daemon.settle()
        try daemon.kernel.setMode(Self.path, to: 0o600)
        daemon.pass(.seconds(1))
        #expect(daemon.runs.count == 1)
        daemon.signal(.hangUp)
        daemon.settle()
        daemon.reload(Self.plan(on: .touch))
        daemon.settle()
        try daemon.kernel.setMode(Self.path, to: 0o644)
        daemon.pass(.seconds(1))
        #expect(daemon.runs.count == 1)
    }

    /// The kernel gives file systems other numbers at each boot.
    @Test func `after another boot a file is the same`() throws {
        for kind in Self.kinds {
            var daemon = try Self.daemon(on: kind, withFile: true)
            daemon.pass(.seconds(5))
            daemon.losePower(.keeps(1000))
            daemon.restart(Self.plan(on: kind))
            daemon.pass(.seconds(5))
            #expect(daemon.runs.isEmpty, "on \(kind)")
            // What happened meanwhile is told all the same.
            daemon.losePower(.keeps(1000))
            try daemon.kernel.setMode(Self.path, to: 0o600)
            daemon.restart(Self.plan(on: kind))
            daemon.pass(.seconds(5))
            #expect(daemon.runs.count == (kind == .attribute ? 1 : 0), "on \(kind)")
        }
    }
}
