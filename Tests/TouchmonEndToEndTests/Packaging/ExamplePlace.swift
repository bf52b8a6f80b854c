import Foundation
import Testing

/// A system of its own, in which the examples of a page or a guide are run as they are written there
/// (`scripts/example-place`). All of it is gone when the examples are over.
struct ExamplePlace {
    /// What came of a step.
    struct Outcome {
        var status: Int32
        var output: [String]
    }

    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        mkdir(scratch("outcomes"), 0o755)
    }

    /// Runs steps in order; nil in the place of one that was not reached, or never held.
    func run(_ steps: [ManPage.Step], after setup: String) throws -> [Outcome?] {
        let lines = steps.enumerated().map { Self.line($1, index: $0) }
        try scratch.write("steps", ([Self.beginning, setup] + lines).joined(separator: "\n"))
        let made = try Command.run([
            "\(ManPage.root)/scripts/example-place", scratch.path, try #require(Binary.path),
        ])
        #expect(made.status == 0 && made.output.isEmpty, "\(made.output)")
        return steps.indices.map { index in
            func text(_ name: String) -> String? {
                try? String(contentsOfFile: scratch("outcomes/\(name)-\(index)"), encoding: .utf8)
            }
            guard let status = text("status").flatMap({ Int32($0.dropLast()) }) else { return nil }
            let lines = (text("output") ?? "").components(separatedBy: "\n").dropLast()
            return Outcome(status: status, output: Array(lines))
        }
    }

    /// A step as a line for the shell.
    private static func line(_ step: ManPage.Step, index: Int) -> String {
        func quoted(_ text: String) -> String {
            "'\(text.replacingOccurrences(of: "'", with: "'\\''"))'"
        }
        let word = quoted(step.command)
        if let condition = step.endsWhen {
            let user = step.isRoot ? "root" : step.user
            return "interrupt \(index) \(word) \(user) \(quoted(condition))"
        }
        let function =
            step.isAwaited
            ? "await" : step.isInBackground ? "begin" : step.isRoot ? "root" : "as \(step.user)"
        return "\(function) \(index) \(word)"
    }

    private static let beginning = """
        exec < /dev/null
        cd /home/web
        root() {
            eval "$2" > /outcomes/output-$1 2>&1
            echo $? > /outcomes/status-$1
        }
        as() {
            setpriv --reuid=$1 --regid=$(id -g $1) --init-groups bash -c "$3" > /outcomes/output-$2 2>&1
            echo $? > /outcomes/status-$2
        }
        # Comes true sooner or later; how often it is looked at is no guess at when.
        await() {
            for ((i = 0; i < 1000; i++)); do
                if eval "$2" > /outcomes/output-$1 2>&1; then
                    echo 0 > /outcomes/status-$1
                    return
                fi
                sleep 0.02
            done
        }
        begin() {
            eval "$2" > /outcomes/log-$1 2>&1
            await $1 'touchmon status > /dev/null'
        }
        # Does a thing the first time that a condition asks for it.
        once() { [ -e $output-once ] || { : > $output-once; "$@"; }; }
        # As somebody who presses Ctrl-C when he has seen enough.
        interrupt() {
            output=/outcomes/output-$1
            python3 -c 'import os, signal, sys
        os.setsid()
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.execvp(sys.argv[1], sys.argv[1:])' \\
                setpriv --reuid=$3 --regid=$(id -g $3) --init-groups bash -c "$2" > $output 2>&1 &
            await end-$1 "$4"
            kill -INT -- -$!
            wait $!
            [ ! -e /outcomes/status-end-$1 ] || echo 0 > /outcomes/status-$1
        }
        start() { begin setup 'touchmon run /etc/touchmon.d &'; }
        """
}
