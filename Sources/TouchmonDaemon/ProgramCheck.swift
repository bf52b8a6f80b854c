internal import TouchmonCore
internal import TouchmonSystem

/// Looks at the program of an action, without executing it: the child will look for itself, as its
/// own user, so what is found here is a warning and decides nothing.
enum ProgramCheck {
    static func problems(with item: Plan.Item) -> [Problem] {
        let command = item.action.command
        return [command, command.onFailure?.value].compactMap { command in
            command.flatMap { problem(with: $0, at: item.location) }
        }
    }

    private static func problem(
        with action: RunCommand, at location: SourceLocation
    ) -> Problem? {
        let name = TerminalText.quoted(action.argv.first)
        let programs = action.programs.strings.map(RawPath.init(bytes:))
        guard let program = programs.first(where: exists) else {
            // A relative path with `/` begins in the run's working directory.
            guard programs.first?.isAbsolute ?? true else { return nil }
            return Problem(
                .warning, at: location, "the program \(name) is not there",
                remedy: "install it, write its whole path, or set PATH in `environment`")
        }
        guard let found = try? TrustedFile(examining: CPath(program.bytes)) else { return nil }
        guard found.metadata.kind == .regular, found.metadata.mode & 0o111 != 0 else {
            return Problem(
                .warning, at: location,
                "\(TerminalText.quoted(program.bytes)) is not an executable file",
                remedy: "run: chmod +x \(TerminalText.quoted(program.bytes))")
        }
        guard let breach = found.breach(at: program, relyingOn: action.identity.user) else {
            return nil
        }
        return Problem(
            .warning, at: location,
            "the program \(name) may be replaced by somebody else: \(breach.explanation)",
            remedy: breach.remedy)
    }

    private static func exists(_ program: RawPath) -> Bool {
        program.isAbsolute && (try? FileMetadata(at: CPath(program.bytes))) != nil
    }
}
