import Foundation
import Testing

/// What shells complete, when somebody types at a terminal.
@Suite(.enabled(if: Binary.isThere, Binary.reason))
struct CompletionTests {
    private static let areThere = TypedShell.all.allSatisfy(\.isThere)

    private static func place() throws -> ControlledDaemon {
        let place = try ControlledDaemon([
            "stamp": ["argv": ["sh", "-c", "echo hello"]], "lasting": ["argv": ["sleep", "1000"]],
        ])
        for (index, name) in ["stamp", "lasting"].enumerated() {
            place.touch(name)
            #expect(place.daemon.wait(for: "run_started", count: index + 1))
        }
        #expect(place.daemon.wait(for: "run_ended", count: 1))
        return place
    }

    @Test(
        .enabled(if: areThere, "needs bash, zsh and fish; run scripts/install-dependencies test"),
        arguments: TypedShell.all)
    func `watched paths and numbers of runs`(shell: TypedShell) throws {
        let place = try Self.place()
        #expect(try place.command(["pause", "stamp"]).status == 0)
        let state = "--state-directory \(place.state)"
        let stamp = place.scratch("stamp")
        let typed = [
            "status", "history", "explain", "trigger", "pause", "resume", "touch", "report",
        ]
        .map { "touchmon \($0) \(state) \(place.scratch("sta"))" }
        let found = try shell.complete(
            typed + [
                "touchmon status \(state) st", "touchmon resume \(state) /",
                "touchmon stop-run \(state) ", "touchmon output \(state) 1",
            ], in: place.scratch.path)
        let whole =
            typed.map { $0.dropLast(3) + "stamp" } + [
                "touchmon status \(state) stamp", "touchmon resume \(state) \(stamp)",
                "touchmon stop-run \(state) 2", "touchmon output \(state) 1",
            ]
        #expect(found.lines.map { $0.trimmingCharacters(in: .whitespaces) } == whole)
        #expect(place.daemon.stopAtOnce() == 0)
    }

    /// A path is whatever the author of an action file wrote.
    @Test(
        .enabled(if: areThere, "needs bash, zsh and fish; run scripts/install-dependencies test"),
        arguments: TypedShell.all)
    func `no path is taken for a command`(shell: TypedShell) throws {
        let place = try ControlledDaemon([
            "x$(touch taken)`touch taken`;touch taken;'": ["argv": ["true"]]
        ])
        let start = "touchmon status --state-directory \(place.state) \(place.scratch("x"))"
        let found = try shell.complete([start], in: place.scratch.path)
        let line = try #require(found.lines.first)
        #expect(line.hasPrefix(start) && line.count > start.count + 20, "\(line)")
        // What stands in the line now is that path, when it is entered as well.
        let entered = try Command.run(
            [
                shell.name, "-c",
                try #require(Binary.path) + line.dropFirst("touchmon".count),
            ], in: place.scratch.path)
        #expect(entered.status == 0, "\(line): \(entered.output)")
        #expect(access(place.scratch("taken"), F_OK) != 0)
        #expect(place.daemon.stop() == 0)
    }

    @Test(
        .enabled(if: areThere, "needs bash, zsh and fish; run scripts/install-dependencies test"),
        arguments: TypedShell.all)
    func `without a daemon nothing is said`(shell: TypedShell) throws {
        let scratch = try Scratch()
        let line = "touchmon status --state-directory \(scratch("none")) /sr"
        let found = try shell.complete([line], in: scratch.path)
        #expect(found.lines == [line])
        #expect(!found.shown.contains("unable") && !found.shown.contains("none listens"))
    }

    /// As the scripts ask, with the words of the line.
    private static func ask(_ words: [String]) throws -> Answer {
        try Answer.of(
            ["---completion", words[0], "--", "positional@0", "\(words.count)", "0", "touchmon"]
                + words)
    }

    @Test func `a daemon that stands still holds nobody`() throws {
        let place = try Self.place()
        for command in ["status", "output", "stop-run"] {
            let words = [command, "--state-directory", place.state, ""]
            #expect(try Self.ask(words).output.contains(command == "status" ? "stamp" : "2"))
        }
        #expect(place.daemon.suspend())
        for command in ["status", "output", "stop-run"] {
            let words = [command, "--state-directory", place.state, ""]
            let answer = try Self.ask(words)
            #expect(answer == Answer(status: 0, output: "", errors: ""))
        }
        place.daemon.signal(SIGCONT)
        #expect(place.daemon.stopAtOnce() == 0)
    }

    @Test func `no daemon, no answer`() throws {
        for command in ["status", "output", "stop-run"] {
            let answer = try Self.ask([command, "--name", "none-of-this-name", ""])
            #expect(answer.status == 0 && answer.errors.isEmpty)
            #expect(answer.output.trimmingCharacters(in: .whitespacesAndNewlines).isEmpty)
        }
    }
}
