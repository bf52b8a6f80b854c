/// The environment that every run begins with: what a login has, and nothing of the daemon's own.
enum BaseEnvironment {
    /// Where a program without `/` is looked for, as systemd.exec(5) has it.
    static let path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// The base with `additions`, which win: `NAME=value` each, sorted by name.
    static func variables(
        for account: UserAccount, adding additions: [EnvironmentVariable]
    ) -> [[UInt8]] {
        var values = [
            Array("PATH".utf8): Array(path.utf8),
            Array("HOME".utf8): account.home,
            Array("USER".utf8): Array(account.name.utf8),
            Array("LOGNAME".utf8): Array(account.name.utf8),
            Array("SHELL".utf8): account.shell.isEmpty ? Array("/bin/sh".utf8) : account.shell,
        ]
        for addition in additions { values[addition.name] = addition.value }
        return values.sorted { $0.key.lexicographicallyPrecedes($1.key) }
            .map { $0.key + [UInt8(ascii: "=")] + $0.value }
    }

    /// The files that may be the program `name`, in the order in which execvp(3) tries them.
    ///
    /// An empty element of `PATH`, which would mean the working directory, is left out: a program
    /// must not be picked up from wherever the run happens to be.
    static func programs(named name: [UInt8], in environment: [[UInt8]]) -> [RawPath] {
        guard !name.contains(UInt8(ascii: "/")) else { return [RawPath(bytes: name)] }
        let path = environment.first { $0.starts(with: "PATH=".utf8) }?.dropFirst(5) ?? []
        return path.split(separator: UInt8(ascii: ":"))
            .map { RawPath(bytes: Array($0)).appending(name) }
    }
}
