import Glibc
import Testing
import TouchmonSystem

/// Who a process is, by its descriptor and by /proc: both must say the same.
@Suite(.enabled(if: getuid() == 0, "needs root: it starts processes of other users"))
struct TouchingProcessTests {
    /// What can be asked for. With groups /proc is read, and without the descriptor is asked.
    static let wishes: [TouchingProcess.Wishes] = [
        (false, false), (true, false), (false, true), (true, true),
    ]
    .map { (groups, session) in
        var wishes = TouchingProcess.Wishes()
        wishes.groups = groups
        wishes.session = session
        return wishes
    }

    /// Every answer about a process is about this user and group, with nothing that was not asked for.
    private static func verify(
        _ process: OtherProcess, user: UInt32, group: UInt32, groups: [UInt32], session: Int32,
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        for wishes in wishes {
            let toucher = try #require(
                TouchingProcess(process.pid, pidfd: process.pidfd.raw, wishes),
                sourceLocation: location)
            #expect(toucher.pid == process.pid, sourceLocation: location)
            #expect(toucher.user == user, sourceLocation: location)
            #expect(toucher.group == group, sourceLocation: location)
            #expect(
                toucher.groups.sorted() == (wishes.groups ? groups : []),
                sourceLocation: location)
            #expect(toucher.session == (wishes.session ? session : 0), sourceLocation: location)
        }
    }

    @Test func `a process has the user and the groups that it was started with`() throws {
        for user in [TestUsers.alice, TestUsers.bob] {
            let user = try #require(user)
            let process = try WaitingProcess(
                prefix: [
                    "setpriv", "--reuid=\(user.user)", "--regid=\(user.group)", "--init-groups",
                ])
            try Self.verify(
                process.opened(), user: user.user, group: user.group,
                groups: user.groups, session: getsid(0))
        }
    }

    @Test func `a process without other groups, and one with many`() throws {
        let many = (1...1000).map { UInt32(2_000_000 + $0) }
        for groups in [[], [UInt32.max - 1], many] {
            let list = groups.map(String.init).joined(separator: ",")
            let process = try WaitingProcess(
                prefix: ["setpriv", "--reuid=4000000000", "--regid=4000000001"]
                    + (groups.isEmpty ? ["--clear-groups"] : ["--groups=\(list)"]))
            try Self.verify(
                process.opened(), user: 4_000_000_000, group: 4_000_000_001,
                groups: groups, session: getsid(0))
        }
    }

    @Test func `a session is that of its first process`() throws {
        let parent = try WaitingProcess("echo $$", prefix: ["setsid", "--fork", "--wait"])
        let leader = try #require(Int32(parent.line))
        #expect(leader != parent.pid)
        try Self.verify(
            #require(try OtherProcess(leader, witnessed: .max)), user: 0, group: getgid(),
            groups: CurrentProcess.identity().groups, session: leader)
    }

    /// Who starts a program with the rights of another is still who touches.
    @Test func `the user is the real one, whoever's rights it has`() throws {
        let (alice, bob) = (try #require(TestUsers.alice), try #require(TestUsers.bob))
        let identity = ["--ruid=\(alice.user)", "--rgid=\(alice.group)", "--clear-groups"]
        let others = [bob.user, 0].map { ["--euid=\($0)", "--egid=\($0)"] }
        for effective in others {
            let process = try WaitingProcess(identity: ["setpriv"] + identity + effective)
            #expect(process.line == effective[0].dropFirst("--euid=".count))
            try Self.verify(
                process.opened(), user: alice.user, group: alice.group, groups: [],
                session: getsid(0))
        }
        let process = try WaitingProcess(
            identity: ["setpriv", "--euid=\(bob.user)", "--egid=\(bob.group)", "--clear-groups"])
        #expect(process.line == "\(bob.user)")
        try Self.verify(
            process.opened(), user: 0, group: getgid(), groups: [], session: getsid(0))
    }

    @Test func `a set-user-ID program is its caller's`() throws {
        let (alice, bob) = (try #require(TestUsers.alice), try #require(TestUsers.bob))
        let directory = try TemporaryDirectory()
        let program = directory("program")
        try #require(run("cp", "/usr/bin/python3", program) == 0)
        chown(program, bob.user, bob.group)
        chmod(program, 0o6755)
        try waitForWriters(of: program)
        let process = try WaitingProcess(
            identity: [
                "setpriv", "--reuid=\(alice.user)", "--regid=\(alice.group)", "--clear-groups",
            ], python: program)
        try #require(process.line == "\(bob.user)", "a file system that allows it")
        try Self.verify(
            process.opened(), user: alice.user, group: alice.group, groups: [],
            session: getsid(0))
    }

    @Test func `the dead are known until they are reaped`() async {
        await #expect(processExitsWith: .success) {
            let alice = try #require(TestUsers.alice)
            let child = try UnreapedChild([
                "setpriv", "--reuid=\(alice.user)", "--regid=\(alice.group)", "--clear-groups",
                "sleep", "20",
            ])
            try child.waitFor("sleep")
            let process = try child.opened()
            let pidfd = process.pidfd.raw
            for wishes in Self.wishes {
                let living = TouchingProcess(child.pid, pidfd: pidfd, wishes)
                #expect(living?.user == alice.user && living?.group == alice.group)
            }
            try child.kill()
            for wishes in Self.wishes {
                let zombie = TouchingProcess(child.pid, pidfd: pidfd, wishes)
                #expect(zombie?.user == alice.user && zombie?.group == alice.group)
                #expect(zombie?.pid == child.pid && zombie?.groups == [])
                #expect(zombie?.session == (wishes.session ? getsid(0) : 0))
            }
            try child.reap()
            for wishes in Self.wishes {
                #expect(TouchingProcess(child.pid, pidfd: pidfd, wishes) == nil)
                // Its number is somebody else's by now.
                #expect(TouchingProcess(getpid(), pidfd: pidfd, wishes) == nil)
            }
        }
    }

    @Test func `without a number or a descriptor nobody is known`() throws {
        let process = try WaitingProcess()
        let opened = try process.opened()
        let pidfd = opened.pidfd.raw
        let file = open("/dev/null", O_RDONLY | O_CLOEXEC)
        defer { close(file) }
        for wishes in Self.wishes {
            for pid in [0, -1, Int32.min] {
                #expect(TouchingProcess(pid, pidfd: pidfd, wishes) == nil)
            }
            // FAN_NOPIDFD and FAN_EPIDFD, and what is no process.
            for descriptor in [-1, -2, file] {
                #expect(TouchingProcess(process.pid, pidfd: descriptor, wishes) == nil)
            }
        }
    }

    // MARK: By number and time

    private static func process(
        _ pid: Int32, touched: FileMetadata.Time, _ wishes: TouchingProcess.Wishes
    ) -> TouchingProcess? {
        let process = NumberedProcess(pid, touched: touched)
        return process?.present(wishes)
    }

    private static func time(_ nanoseconds: Int64) -> FileMetadata.Time {
        let (seconds, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        return FileMetadata.Time(seconds: seconds, nanoseconds: Int32(rest))
    }

    @Test(arguments: ["/tmp", "/dev/shm"])
    func `who touched is known by the number and the file's time, however young he is`(
        parent: String
    ) throws {
        let directory = try TemporaryDirectory(under: parent)
        let bob = try #require(TestUsers.bob)
        chmod(directory.path, 0o777)
        for number in 1...50 {
            let path = directory("\(number)")
            // A process that is there for the touch, as a command is.
            let process = try WaitingProcess(
                ": > '\(path)'",
                prefix: [
                    "setpriv", "--reuid=\(bob.user)", "--regid=\(bob.group)", "--init-groups",
                ])
            let touched = try FileMetadata(at: CPath(path)).changed
            for wishes in Self.wishes {
                let toucher = try #require(
                    Self.process(process.pid, touched: touched, wishes))
                #expect(toucher.pid == process.pid)
                #expect((toucher.user, toucher.group) == (bob.user, bob.group))
                #expect(toucher.groups.sorted() == (wishes.groups ? bob.groups : []))
                #expect(toucher.session == (wishes.session ? getsid(0) : 0))
            }
        }
    }

    @Test func `who began after the touch is somebody else`() throws {
        let before = Clock.realtime()
        // More than two ticks: one of the file's time, one of the process's.
        try #require(eventually { Clock.realtime() - before > 25_000_000 })
        let process = try WaitingProcess()
        for wishes in Self.wishes {
            for time in [before, before - 3_600_000_000_000, 0, -1_000_000_000] {
                #expect(
                    Self.process(process.pid, touched: Self.time(time), wishes) == nil)
            }
            let now = Self.time(Clock.realtime())
            #expect(Self.process(process.pid, touched: now, wishes)?.pid == process.pid)
            // The clock was set back, or is another machine's.
            for seconds in [now.seconds + 86400, .max, 9_223_372_036] {
                let later = FileMetadata.Time(seconds: seconds, nanoseconds: 999_999_999)
                #expect(Self.process(process.pid, touched: later, wishes)?.pid == process.pid)
            }
            // A process is older than what it touches.
            #expect(Self.process(1, touched: Self.time(before), wishes)?.user == 0)
        }
    }

    @Test func `of the dead the number is enough until they are reaped`() async {
        await #expect(processExitsWith: .success) {
            let child = try UnreapedChild(["sleep", "20"])
            try child.waitFor("sleep")
            let now = TouchingProcessTests.time(Clock.realtime())
            try child.kill()
            for wishes in TouchingProcessTests.wishes {
                #expect(
                    TouchingProcessTests.process(child.pid, touched: now, wishes)?.user == getuid())
            }
            try child.reap()
            for wishes in TouchingProcessTests.wishes {
                for pid in [child.pid, 0, -1, Int32.max] {
                    #expect(TouchingProcessTests.process(pid, touched: now, wishes) == nil)
                }
            }
        }
    }

    @Test func `one that is held is asked again, until it is reaped`() async {
        await #expect(processExitsWith: .success) {
            let child = try UnreapedChild(["sleep", "20"])
            try child.waitFor("sleep")
            let held = NumberedProcess(
                child.pid, touched: TouchingProcessTests.time(Clock.realtime()))
            for wishes in TouchingProcessTests.wishes {
                #expect(held?.present(wishes)?.user == getuid())
            }
            try child.kill()
            #expect(held?.present(TouchingProcess.Wishes())?.pid == child.pid)
            try child.reap()
            for wishes in TouchingProcessTests.wishes {
                #expect(held?.present(wishes) == nil)
            }
        }
    }
}
