import Glibc
import Testing
import TouchmonSystem

@Suite struct OtherProcessTests {
    @Test func `a process is found that was there when it was seen, until it has ended`() throws {
        let process = try WaitingProcess()
        let found = try #require(try OtherProcess(process.pid, witnessed: Clock.boot()))
        #expect(found.pid == process.pid)
        #expect(!found.hasEnded)
        process.end()
        #expect(found.hasEnded)
        #expect(try OtherProcess(process.pid, witnessed: .max) == nil)
    }

    @Test func `a process that is younger is another one`() throws {
        // The kernel's clock tick is no longer than 10 ms.
        let before = Clock.boot() - 20_000_000
        let process = try WaitingProcess()
        #expect(try OtherProcess(process.pid, witnessed: before) == nil)
        #expect(try OtherProcess(process.pid, witnessed: 0) == nil)
        #expect(try OtherProcess(1, witnessed: before) != nil)
    }

    @Test func `a name with parentheses and blanks is no obstacle`() throws {
        let directory = try TemporaryDirectory()
        let program = directory(") 1 (x) S 1")
        try #require(run("cp", "/bin/sh", program) == 0)
        try waitForWriters(of: program)
        let before = Clock.boot() - 20_000_000
        let process = try WaitingProcess(prefix: [program, "-c", "\"$@\"; exit 7", "sh"])
        #expect(try OtherProcess(process.pid, witnessed: Clock.boot()) != nil)
        #expect(try OtherProcess(process.pid, witnessed: before) == nil)
    }

    @Test func `numbers that no process has are nobody`() throws {
        for pid in [0, -1, Int32.min, Int32.max] {
            #expect(try OtherProcess(pid, witnessed: .max) == nil)
        }
        // A thread that is not its process's first.
        let threads = try Directory.names(of: CPath("/proc/self/task"))
            .compactMap { Int32(String(decoding: $0, as: UTF8.self)) }
        let other = try #require(threads.first { $0 != getpid() })
        #expect(try OtherProcess(other, witnessed: .max) == nil)
    }

    @Test func `the dead who are not reaped are gone`() async {
        await #expect(processExitsWith: .success) {
            let child = try UnreapedChild(["sleep", "20"])
            let found = try child.opened()
            #expect(!found.hasEnded && found.pid == child.pid)
            try child.kill()
            #expect(found.hasEnded)
            #expect(try OtherProcess(child.pid, witnessed: .max) == nil)
            try child.reap()
            #expect(found.hasEnded)
        }
    }

    @Test func `its status is told when it was reaped, where the kernel does`() async {
        await #expect(processExitsWith: .success) {
            let process = try WaitingProcess()
            let found = try process.opened()
            #expect(found.status == nil, "it has not ended")
            process.end()
            let killed = try UnreapedChild(["sleep", "20"])
            let other = try killed.opened()
            try killed.kill()
            try killed.reap()
            // PIDFD_INFO_EXIT, Linux 6.15.
            guard let status = found.status else {
                #expect(other.status == nil)
                print("NOT TESTED: the running kernel does not tell the status of other processes")
                return
            }
            #expect(status == 7 << 8)
            #expect(other.status == SIGKILL)
        }
    }

    @Test func `a signal reaches its whole process group, and nobody else`() throws {
        // It leads its group, as everything that Foundation starts.
        let leader = try WaitingProcess("sleep 20 & member=$!; setsid sleep 20 & echo $member $!")
        try #require(getpgid(leader.pid) == leader.pid)
        let numbers = leader.line.split(separator: " ").compactMap { Int32($0) }
        try #require(numbers.count == 2)
        let found = try leader.opened()
        let member = try #require(try OtherProcess(numbers[0], witnessed: .max))
        let stranger = try #require(try OtherProcess(numbers[1], witnessed: .max))
        // Once it has a session of its own it has a group of its own.
        try #require(eventually { getsid(stranger.pid) == stranger.pid })
        found.sendGroup(SIGKILL)
        #expect(eventually { member.hasEnded && found.hasEnded })
        #expect(!stranger.hasEnded)
        // The number of a group without a leader may be another's.
        found.sendGroup(SIGKILL)
        stranger.sendGroup(SIGKILL)
        #expect(eventually { stranger.hasEnded })
    }
}
