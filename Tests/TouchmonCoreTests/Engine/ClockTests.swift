import Testing
import TouchmonCore
import TouchmonTestSupport

/// The clock that files are stamped by may stand anywhere, and be set: no touch is lost, and none
/// doubled.
@Suite struct ClockTests {
    private static let path = SaveTests.path

    private static let jumps: [Duration] = [
        .seconds(-6 * 3600), .seconds(6 * 3600), .seconds(-7), .seconds(7), .milliseconds(-300),
        .seconds(-5 * 365 * 86400), .seconds(5 * 365 * 86400),
    ]

    private static func set(_ daemon: inout SimulatedDaemon, by jump: Duration) {
        let now = daemon.kernel.now
        daemon.kernel.setClock(
            to: FileTime(
                seconds: now.seconds + jump.components.seconds,
                nanoseconds: now.nanoseconds))
        if jump == .milliseconds(-300), now.nanoseconds >= 300_000_000 {
            daemon.kernel.setClock(
                to: FileTime(seconds: now.seconds, nanoseconds: now.nanoseconds - 300_000_000))
        }
    }

    @Test(.thorough, arguments: Tool.all, SaveTests.policies)
    func `a clock that was set before the save`(tool: Tool, policy: FileSystemPolicy) throws {
        for jump in Self.jumps {
            for pauses in [0, (1 << tool.steps.count) - 1] {
                var daemon = try SaveTests.daemon(policy, withFile: true)
                for number in 1...3 {
                    daemon.kernel.advance(by: .milliseconds(437))
                    if number == 2 { Self.set(&daemon, by: jump) }
                    try SaveTests.save(tool, number, &daemon, pauses: pauses)
                    daemon.pass(.seconds(30))
                    #expect(daemon.runs.count == number, "save \(number), clock set by \(jump)")
                }
            }
        }
    }

    /// Between any two of the tool's calls, once.
    @Test(.thorough, arguments: Tool.all, SaveTests.policies)
    func `a clock that is set during the save`(tool: Tool, policy: FileSystemPolicy) throws {
        for jump in Self.jumps {
            for place in tool.steps.indices.dropFirst() {
                var daemon = try SaveTests.daemon(policy, withFile: true)
                daemon.kernel.advance(by: .milliseconds(437))
                var context = Tool.Context(kernel: daemon.kernel, path: Self.path, save: 1)
                for (index, step) in tool.steps.enumerated() {
                    if index == place { Self.set(&daemon, by: jump) }
                    context.kernel = daemon.kernel
                    try step(&context)
                    daemon.kernel = context.kernel
                    daemon.settle()
                    daemon.kernel.advance(by: .microseconds(3))
                }
                daemon.pass(.seconds(30))
                #expect(daemon.runs.count == 1, "before call \(place), by \(jump)")
            }
        }
    }

    /// Who passes the present to utime(2) himself, in whole seconds, as PHP does.
    @Test(arguments: SaveTests.policies)
    func `touch by whole seconds, whatever the clock did`(policy: FileSystemPolicy) throws {
        for jump in Self.jumps {
            var daemon = try SaveTests.daemon(policy, withFile: true)
            for number in 1...6 {
                daemon.pass(.milliseconds(2100))
                if number % 3 == 2 { Self.set(&daemon, by: jump) }
                // It touches the inode for another reason: the change time moves, and runs nothing.
                try daemon.kernel.setMode(Self.path, to: 0o600 + UInt16(number % 2))
                daemon.settle()
                let present = TimeChange.set(FileTime(seconds: daemon.kernel.now.seconds))
                try daemon.kernel.setTimes(Self.path, access: present, modification: present)
                daemon.settle()
                #expect(daemon.runs.count == number, "touch \(number), clock set by \(jump)")
            }
        }
    }

    @Test(arguments: SaveTests.policies)
    func `a time in the future, and then a touch`(policy: FileSystemPolicy) throws {
        var daemon = try SaveTests.daemon(policy, withFile: true)
        let future = TimeChange.set(
            FileTime(seconds: daemon.kernel.now.seconds + 86400 * 365, nanoseconds: 5))
        for number in 1...3 {
            daemon.pass(.seconds(3))
            try daemon.kernel.setTimes(Self.path, access: future, modification: future)
            daemon.settle()
            #expect(daemon.runs.count == 2 * number - 1)
            daemon.pass(.seconds(3))
            try daemon.kernel.setTimes(Self.path, access: .now, modification: .now)
            daemon.settle()
            #expect(daemon.runs.count == 2 * number)
        }
        daemon.pass(.seconds(30))
        #expect(daemon.runs.count == 6)
    }

    /// A time in the past is restored, not touched; from there on the next touch counts.
    @Test(arguments: SaveTests.policies)
    func `a restored time, with the clock anywhere`(policy: FileSystemPolicy) throws {
        for jump in Self.jumps {
            var daemon = try SaveTests.daemon(policy, withFile: true)
            daemon.pass(.seconds(3))
            Self.set(&daemon, by: jump)
            let past = TimeChange.set(
                FileTime(seconds: daemon.kernel.now.seconds - 86400 * 365 * 40))
            try daemon.kernel.setTimes(Self.path, access: past, modification: past)
            daemon.pass(.seconds(3))
            #expect(daemon.runs.isEmpty, "\(jump)")
            try daemon.kernel.setTimes(Self.path, access: .now, modification: .now)
            daemon.pass(.seconds(3))
            #expect(daemon.runs.count == 1, "\(jump)")
        }
    }

    @Test(arguments: SaveTests.policies)
    func `two touches within one granule`(policy: FileSystemPolicy) throws {
        for opens in [true, false] {
            var daemon = try SaveTests.daemon(policy, withFile: true)
            daemon.pass(.seconds(3))
            for number in 1...5 {
                let handle = opens ? try daemon.kernel.open(Self.path, [.write]) : nil
                try daemon.kernel.setTimes(Self.path, access: .now, modification: .now)
                if let handle { try daemon.kernel.close(handle) }
                daemon.settle()
                daemon.pass(.milliseconds(25))
                #expect(daemon.runs.count == number, "touch \(number), opens \(opens)")
            }
            daemon.pass(.seconds(30))
            #expect(daemon.runs.count == 5)
        }
    }

    @Test(arguments: SaveTests.policies)
    func `a watched directory, and a clock that is set`(policy: FileSystemPolicy) throws {
        for jump in Self.jumps {
            var kernel = SimulatedKernel(root: policy)
            try kernel.makeDirectory(RawPath("/srv"))
            kernel.advance(by: .seconds(100))
            var daemon = SimulatedDaemon(kernel: kernel, plan: [PlannedAction("/srv")])
            daemon.runDuration = .milliseconds(1)
            daemon.settle()
            for number in 1...4 {
                daemon.pass(.seconds(3))
                if number == 3 { Self.set(&daemon, by: jump) }
                try daemon.kernel.makeDirectory(RawPath("/srv/\(number)"))
                daemon.settle()
                #expect(daemon.runs.count == number, "entry \(number), clock set by \(jump)")
            }
            daemon.pass(.seconds(30))
            #expect(daemon.runs.count == 4)
        }
    }
}
