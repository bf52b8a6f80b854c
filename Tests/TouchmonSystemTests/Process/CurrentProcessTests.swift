import Foundation
import Glibc
import Testing
import TouchmonSystem

@Suite struct CurrentProcessTests {
    @Test func `the identity is the process's own`() throws {
        let identity = try CurrentProcess.identity()
        #expect(identity.user == geteuid())
        #expect(identity.group == getegid())
        #expect(identity.groups.count == Int(getgroups(0, nil)))
    }

    @Test func `the working directory is absolute`() throws {
        let directory = try CurrentProcess.workingDirectory()
        #expect(directory == FileManager.default.currentDirectoryPath.bytes)
    }

    @Test func `a removed working directory is told`() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            mkdir(directory("gone"), 0o755)
            try #require(chdir(directory("gone")) == 0)
            rmdir(directory("gone"))
            #expect(throws: SystemFailure.self) { try CurrentProcess.workingDirectory() }
        }
    }

    @Test func `an environment variable is bytes, and may be absent`() async {
        await #expect(processExitsWith: .success) {
            setenv("TM_TEST", "a b", 1)
            #expect(CurrentProcess.environment("TM_TEST") == "a b".bytes)
            unsetenv("TM_TEST")
            #expect(CurrentProcess.environment("TM_TEST") == nil)
        }
    }

    @Test func `a closed standard descriptor is opened, and stays open in children`() async {
        await #expect(processExitsWith: .success) {
            // Another thread of a test's process may take the number first.
            let isOpen = try eventually {
                close(0)
                try CurrentProcess.openStandardDescriptors()
                return fcntl(0, F_GETFD) == 0
            }
            #expect(isOpen)
        }
    }
}
