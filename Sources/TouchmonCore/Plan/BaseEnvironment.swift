/// The environment that every run begins with: what a login has, and nothing of the daemon's own.
enum BaseEnvironment {
    /// Where a program without `/` is looked for, as systemd.exec(5) has it.
    static let path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// The base with `additions`, which win; sorted by name.
    static func variables(
        for account: UserAccount, adding additions: [EnvironmentVariable]
    ) -> [EnvironmentVariable] {
        var values: [[UInt8]: [UInt8]] = [
            Array("PATH".utf8): Array(path.utf8),
            Array("HOME".utf8): account.home,
            Array("USER".utf8): Array(account.name.utf8),
            Array("LOGNAME".utf8): Array(account.name.utf8),
            Array("SHELL".utf8): account.shell.isEmpty ? Array("/bin/sh".utf8) : account.shell,
        ]
        for addition in additions { values[addition.name] = addition.value }
        return values.map(EnvironmentVariable.init)
            .sorted { $0.name.lexicographicallyPrecedes($1.name) }
    }

    /// The files that may be the program `name`, in the order in which execvp(3) tries them.
    ///
    /// An empty element of `PATH`, which would mean the working directory, is left out: a program
    /// must not be picked up from wherever the run happens to be.
    static func programs(named name: [UInt8], in environment: [EnvironmentVariable]) -> [RawPath] {
        guard !name.contains(UInt8(ascii: "/")) else { return [RawPath(bytes: name)] }
        let path = environment.first { $0.name.elementsEqual("PATH".utf8) }?.value ?? []
        return path.split(separator: UInt8(ascii: ":"))
            .map { RawPath(bytes: Array($0)).appending(name) }
    }
}
