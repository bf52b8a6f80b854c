import Foundation
import Testing

/// A shell in which somebody types at a terminal, and completes.
struct TypedShell: Sendable, CustomTestStringConvertible {
    /// As the program calls it, and its command.
    let name: String
    private let command: String
    /// What makes it ready: `DIRECTORY` has the script of its completion. Control-X writes down what stands
    /// in the line, and empties it.
    private let start: String

    var testDescription: String { name }
    var isThere: Bool { access("/usr/bin/\(name)", X_OK) == 0 }

    static let all = [bash, zsh, fish]

    static let bash = TypedShell(
        name: "bash", command: "bash --noprofile --rcfile DIRECTORY/start -i",
        start: """
            source DIRECTORY/script
            note() { printf '%s\\n' "$READLINE_LINE" >> DIRECTORY/lines; READLINE_LINE=; }
            bind -x '"\\C-x": note'
            PS1='READY''> '
            """)
    static let zsh = TypedShell(
        name: "zsh", command: "env ZDOTDIR=DIRECTORY zsh -i",
        start: """
            fpath=(DIRECTORY/functions $fpath)
            autoload -Uz compinit && compinit -u -D
            note() { print -r -- "$BUFFER" >> DIRECTORY/lines; BUFFER=; }
            zle -N note && bindkey '^X' note
            PS1='READY''> '
            """)
    static let fish = TypedShell(
        name: "fish", command: "env HOME=DIRECTORY fish --no-config -C 'source DIRECTORY/start' -i",
        start: """
            source DIRECTORY/script
            function note
                commandline >> DIRECTORY/lines
                commandline ''
            end
            bind \\cx note
            function fish_prompt; echo 'READY'\\>' '; end
            """)

    /// Types each line and Tab, and gives what stands in it then; and all that the terminal has shown.
    func complete(_ lines: [String], in directory: String) throws -> (
        lines: [String], shown: String
    ) {
        let scratch = try Scratch()
        let script = try Answer.of(["--generate-completion-script", name]).output
        try FileManager.default.createDirectory(
            atPath: scratch("functions"), withIntermediateDirectories: true)
        try scratch.write("functions/_touchmon", script)
        try scratch.write("script", script)
        try scratch.write("lines")
        let text = start.replacingOccurrences(of: "DIRECTORY", with: scratch.path)
        for name in ["start", ".zshrc"] { try scratch.write(name, text) }
        mkdir(scratch("bin"), 0o755)
        symlink(try #require(Binary.path), scratch("bin/touchmon"))
        let typed = try Command.run(
            [
                "python3", "-c", Self.typist, scratch("lines"),
                command.replacingOccurrences(of: "DIRECTORY", with: scratch.path),
            ] + lines, in: directory,
            environment: [
                "PATH": "\(scratch("bin")):/usr/local/bin:/usr/bin:/bin", "TERM": "dumb",
            ])
        #expect(typed.status == 0, "\(typed.output)")
        let found = try String(contentsOfFile: scratch("lines"), encoding: .utf8)
        return (found.split(separator: "\n").map(String.init), typed.output)
    }

    /// Types when it is its turn, and shows what is shown.
    private static let typist = """
        import os, pty, select, sys, time
        file, command, lines = sys.argv[1], sys.argv[2], sys.argv[3:]
        process, terminal = pty.fork()
        if process == 0:
            os.execvp("sh", ["sh", "-c", "exec " + command])
        deadline, shown = time.monotonic() + 60, b""
        def wait(condition):
            global shown
            while not condition():
                if time.monotonic() > deadline:
                    sys.exit("too late: " + repr(shown))
                if select.select([terminal], [], [], 0.02)[0]:
                    shown += os.read(terminal, 65536)
        wait(lambda: b"READY>" in shown)
        for index, line in enumerate(lines):
            os.write(terminal, line.encode() + b"\\t\\x18")
            wait(lambda: open(file).read().count("\\n") > index)
        os.kill(process, 9)
        sys.stdout.write(shown.decode(errors="replace"))
        """
}
