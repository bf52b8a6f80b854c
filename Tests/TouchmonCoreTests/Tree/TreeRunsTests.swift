import Testing
import TouchmonCore
import TouchmonTestSupport

/// What runs of trees are for, when they wait, fail, are stopped or cut off.
@Suite struct TreeRunsTests {
    private typealias Trees = TreeTests

    /// A run of a file that does not end by itself, and a change of another file meanwhile.
    private static func busy(
        _ policy: RunPolicy, each: TreePolicy.Each = .batch, manner: (inout SimulatedDaemon) -> Void
    ) throws -> SimulatedDaemon {
        var daemon = try Trees.daemon(
            [try .tree("/srv/", each: each, policy: policy)], marks: true)
        manner(&daemon)
        try Trees.write("/srv/1", &daemon.kernel)
        daemon.pass(.milliseconds(50))
        try Trees.write("/srv/\(each == .file ? "1" : "2")", &daemon.kernel)
        daemon.pass(.milliseconds(50))
        return daemon
    }

    @Test func `what changes during a run that others are skipped for leads to nothing`() throws {
        var policy = RunPolicy.standard
        policy.busy = .skip
        var daemon = try Self.busy(policy) { $0.runDuration = nil }
        daemon.end(RunNumber(1))
        daemon.pass(.seconds(1))
        #expect(Trees.paths(daemon) == [["/srv/1"]])
        try Trees.write("/srv/3", &daemon.kernel)
        daemon.pass(.seconds(1))
        #expect(Trees.paths(daemon) == [["/srv/1"], ["/srv/3"]])
    }

    @Test func `a run that is stopped for a new one leaves it what it was for`() throws {
        var policy = RunPolicy.standard
        policy.busy = .restart
        let daemon = try Self.busy(policy) { daemon in
            daemon.manner.duration = nil
            daemon.manner.obeysSignals = true
        }
        #expect(Trees.paths(daemon) == [["/srv/1"], ["/srv/1", "/srv/2"]])
    }

    @Test(arguments: [TreePolicy.Each.batch, .file])
    func `a run that failed is repeated for the same, and for what came since`(
        each: TreePolicy.Each
    ) throws {
        var policy = RunPolicy.standard
        policy.retry = RetryPolicy(attempts: 2)
        var daemon = try Self.busy(policy, each: each) { daemon in
            daemon.runDuration = .milliseconds(20)
            daemon.manner.outcome = .exited(status: 1)
        }
        daemon.pass(.seconds(30))
        let paths = Trees.paths(daemon)
        #expect(paths.count == 3)
        #expect(paths.last == (each == .file ? ["/srv/1"] : ["/srv/1", "/srv/2"]))
    }

    @Test func `a run that the system can't start keeps what it is for`() throws {
        var daemon = try Trees.daemon([try .tree("/srv/")], marks: true)
        daemon.startFailure = StartFailure(step: .clone, error: .tryAgain)
        try Trees.write("/srv/1", &daemon.kernel)
        daemon.pass(.seconds(1))
        daemon.startFailure = nil
        try Trees.write("/srv/2", &daemon.kernel)
        daemon.pass(.seconds(120))
        #expect(Trees.paths(daemon) == [["/srv/1", "/srv/2"]])
    }

    @Test func `a run that executes nothing was for what it was for`() throws {
        var daemon = try Trees.daemon([try .tree("/srv/", each: .file)], marks: true)
        daemon.startFailure = StartFailure(step: .execute, error: .noSuchFile)
        try Trees.write("/srv/1", &daemon.kernel)
        daemon.pass(.seconds(1))
        daemon.startFailure = nil
        daemon.pass(.seconds(120))
        #expect(daemon.runs.isEmpty)
        #expect(daemon.failedStarts.count == 1)
    }

    @Test func `how often runs begin is for all files together`() throws {
        var policy = RunPolicy.standard
        policy.rateLimit = RateLimit(runs: 2, per: .seconds(10))
        var daemon = try Trees.daemon(
            [try .tree("/srv/", each: .file, policy: policy)], marks: true)
        for name in 1...5 { try Trees.write("/srv/\(name)", &daemon.kernel) }
        daemon.pass(.seconds(1))
        #expect(daemon.runs.count == 2)
        daemon.pass(.seconds(10))
        #expect(daemon.runs.count == 4)
        daemon.pass(.seconds(10))
        #expect(Set(Trees.paths(daemon)).count == 5)
    }

    @Test(arguments: [TreePolicy.Each.batch, .file])
    func `a run waits for quiet`(each: TreePolicy.Each) throws {
        var daemon = try Trees.daemon(
            [try .tree("/srv/", each: each, settle: SettlePolicy(quiet: .milliseconds(100)))],
            marks: true)
        for _ in 1...3 {
            try Trees.write("/srv/1", &daemon.kernel)
            daemon.pass(.milliseconds(60))
        }
        #expect(daemon.runs.isEmpty)
        daemon.pass(.milliseconds(100))
        #expect(Trees.paths(daemon) == [["/srv/1"]])
    }

    @Test(.thorough) func `paths that have no room on a command line are another run's`() throws {
        var daemon = try Trees.daemon(
            [try .tree("/srv/", placeholders: [1: .paths])], marks: true)
        var directory = "/srv"
        for _ in 1...7 {
            directory += "/" + String(repeating: "d", count: 255)
            try daemon.kernel.makeDirectory(RawPath(directory))
        }
        let names = (0..<800).map { "\(directory)/f\($0)" }
        for name in names { try Trees.write(name, &daemon.kernel) }
        daemon.pass(.seconds(10))
        let arguments = daemon.runs.map { $0.spec.argv?.strings.dropFirst() ?? [] }
        // Those that came after the queue was last read to its end may be one run more.
        #expect((2...3).contains(arguments.count))
        #expect(arguments.allSatisfy { $0.reduce(0) { $0 + $1.count } < 1 << 20 })
        #expect(Set(arguments.flatMap { $0 }) == Set(names.map { Array($0.utf8) }))
        #expect(arguments.flatMap { $0 }.count == 800)
    }

    @Test func `a run for one file has its path as an argument`() throws {
        var daemon = try Trees.daemon(
            [try .tree("/srv/", placeholders: [1: .path], each: .file)], marks: true)
        try Trees.write("/srv/1", &daemon.kernel)
        daemon.pass(.seconds(1))
        let argv = try #require(daemon.runs.first?.spec.argv)
        #expect(argv.strings == [Array("true".utf8), Array("/srv/1".utf8)])
    }

    @Test
    func `a run of a file that is still alive is taken over, and one that is not is repeated`()
        throws
    {
        let plan = [try PlannedAction.tree("/srv/", each: .file)]
        var daemon = try Trees.daemon(plan, marks: true)
        daemon.pass(.seconds(5))
        daemon.runDuration = nil
        for name in ["1", "2"] { try Trees.write("/srv/\(name)", &daemon.kernel) }
        daemon.settle()
        daemon.crash()
        daemon.end(RunNumber(2))
        daemon.restart(plan)
        daemon.pass(.seconds(1))
        #expect(
            daemon.logs.contains {
                if case .adopted(RunNumber(1), _, _) = $0 { true } else { false }
            })
        try Trees.write("/srv/1", &daemon.kernel)
        daemon.pass(.seconds(1))
        #expect(Trees.paths(daemon) == [["/srv/1"], ["/srv/2"], ["/srv/2"]])
        daemon.end(RunNumber(1))
        daemon.pass(.seconds(1))
        #expect(Trees.paths(daemon).last == ["/srv/1"])
    }

    @Test func `who is told of a failure is told of the file`() throws {
        let command = RunCommand(
            argv: [Array("false".utf8)], programs: [RawPath("/bin/false")],
            identity: RunIdentity(name: "alice", user: 1000, group: 1000, groups: [1000]))
        var action = try PlannedAction.tree("/srv/", each: .file)
        var failing = action.command
        failing.onFailure = Shared(command)
        action = PlannedAction(path: action.path, Shared(failing))
        var daemon = try Trees.daemon([action], marks: true)
        daemon.manner.outcome = .exited(status: 1)
        try Trees.write("/srv/1", &daemon.kernel)
        daemon.pass(.seconds(5))
        #expect(daemon.runs.count == 2)
        #expect(daemon.runs.last?.variable("TOUCHMON_REASON") == Array("failure".utf8))
        #expect(
            daemon.runs.last?.spec.variables.starts(with: "TOUCHMON_ACTION=/srv/".utf8) == true)
    }
}
