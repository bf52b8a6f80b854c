import Testing

@testable import TouchmonCore

@Suite struct BaseEnvironmentTests {
    private static func account(shell: String = "/bin/bash") -> UserAccount {
        UserAccount(
            name: "alice", user: 1000, group: 1000, groups: [], home: Array("/home/alice".utf8),
            shell: Array(shell.utf8))
    }

    private static func variables(
        _ additions: [(String, String)] = [], shell: String = "/bin/bash"
    ) -> [String] {
        BaseEnvironment.variables(
            for: account(shell: shell),
            adding: additions.map {
                EnvironmentVariable(name: Array($0.0.utf8), value: Array($0.1.utf8))
            }
        ).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `it is that of a login, sorted`() {
        #expect(
            Self.variables() == [
                "HOME=/home/alice", "LOGNAME=alice",
                "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "SHELL=/bin/bash", "USER=alice",
            ])
    }

    @Test func `a user without a shell has the system's`() {
        #expect(Self.variables(shell: "").contains("SHELL=/bin/sh"))
    }

    @Test func `additions win`() {
        let variables = Self.variables([("PATH", "/opt/bin"), ("LANG", "C.UTF-8"), ("A", "")])
        #expect(
            variables == [
                "A=", "HOME=/home/alice", "LANG=C.UTF-8", "LOGNAME=alice", "PATH=/opt/bin",
                "SHELL=/bin/bash", "USER=alice",
            ])
    }

    @Test func `bytes that are not UTF-8 stay as they are`() {
        let addition = EnvironmentVariable(name: Array("X".utf8), value: [0xff, 0x0a, 0x3d])
        #expect(
            BaseEnvironment.variables(for: Self.account(), adding: [addition])
                .contains([0x58, 0x3d, 0xff, 0x0a, 0x3d]))
    }

    @Test(arguments: [
        ("make", "PATH=/usr/bin:/bin", ["/usr/bin/make", "/bin/make"]),
        // An empty element would be the working directory.
        ("make", "PATH=:/bin::", ["/bin/make"]),
        ("make", "PATH=", []),
        ("make", "XPATH=/bin", []),
        // The root needs no second slash.
        ("make", "PATH=/", ["/make"]),
        ("/opt/make", "PATH=/bin", ["/opt/make"]),
        ("./make", "PATH=/bin", ["./make"]),
        ("a/b", "PATH=/bin", ["a/b"]),
    ])
    func `where a program is looked for`(name: String, path: String, programs: [String]) {
        let found = BaseEnvironment.programs(
            named: Array(name.utf8), in: [Array("HOME=/".utf8), Array(path.utf8)])
        #expect(found == programs.map { RawPath($0) })
    }
}
