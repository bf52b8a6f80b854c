import Foundation
import Testing

/// Every command at a terminal, as a person would use it: what it shows fits, is plain text, and ends
/// with the status that is promised.
@Suite(.enabled(if: Binary.isThere, Binary.reason))
struct EveryCommandTests {
    /// A command line, what is to be seen, and how it ends.
    struct Use: Sendable, CustomTestStringConvertible {
        var line: String
        var shows: [String]
        var status: Int32 = 0
        var testDescription: String { line }
    }

    /// In the order in which they make sense: `stamp` was touched once, `bad` as well.
    static let uses: [Use] = [
        Use(line: "--help", shows: ["USAGE: touchmon", "SUBCOMMANDS:"]),
        Use(line: "--version", shows: ["."]),
        Use(line: "check ACTIONS", shows: ["2 actions, no problems"]),
        Use(line: "check none.json", shows: ["unable to read this file"], status: 66),
        Use(line: "explain stamp STATE", shows: ["action:", "defined at:", "last touches:"]),
        Use(line: "status STATE", shows: ["PATH", "STATE", "idle"]),
        Use(line: "status stamp STATE", shows: ["path:", "last run:"]),
        Use(line: "status none STATE", shows: ["unable to find an action"], status: 66),
        Use(line: "history STATE", shows: ["RUN", "STARTED", "status 3"]),
        Use(line: "output 1 STATE", shows: ["hello"]),
        Use(line: "output 99 STATE", shows: ["unable to show what run 99"], status: 66),
        Use(line: "touch stamp --follow STATE", shows: ["hello"]),
        Use(line: "touch bad --follow STATE", shows: ["sorry"], status: 3),
        Use(line: "follow bad STATE", shows: ["sorry"], status: 3),
        Use(line: "trigger stamp STATE", shows: []),
        Use(line: "stop-run 99 STATE", shows: ["unable to stop run 99"], status: 66),
        Use(line: "pause stamp --for 1h STATE", shows: []),
        Use(line: "trigger stamp STATE", shows: ["it is paused"], status: 75),
        Use(line: "resume stamp STATE", shows: []),
        Use(line: "reload STATE", shows: []),
        Use(line: "metrics STATE", shows: ["# TYPE touchmon_runs_total counter"]),
        Use(line: "import incron TABLE", shows: ["\"argv\""]),
        Use(line: "status --name none-of-this-name", shows: ["none listens"], status: 69),
        Use(line: "run", shows: ["Usage: touchmon run"], status: 64),
    ]

    @Test(arguments: [80, 200])
    func `every command`(columns: Int) throws {
        let scratch = try Scratch()
        let table = try scratch.write("table", "/srv/in IN_CLOSE_WRITE /bin/echo $@/$#\n")
        let place = try ControlledDaemon(
            [
                "stamp": ["argv": ["sh", "-c", "echo hello"]],
                "bad": ["argv": ["sh", "-c", "echo sorry; exit 3"]],
            ], at: scratch)
        for (index, name) in ["stamp", "bad"].enumerated() {
            place.touch(name)
            #expect(place.daemon.wait(for: "run_ended", count: index + 1))
        }
        for use in Self.uses {
            let words = use.line.split(separator: " ").flatMap { word -> [String] in
                switch word {
                case "STATE": ["--state-directory", place.state]
                case "ACTIONS": [place.file]
                case "TABLE": [table]
                default: [String(word)]
                }
            }
            let shown = try AtTerminal.begin(words, in: scratch, columns: columns)
            let status = shown.status()
            #expect(status == use.status, "\(use.line): \(shown.output)")
            for text in use.shows {
                #expect(shown.output.contains(text), "\(use.line): \(shown.output)")
            }
            let lines = AtTerminal.plain(shown.output)
            #expect(!lines.joined().unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F })
            // What is a table, or sentences that can be broken, fits; paths of errors and metrics stay
            // whole.
            if status == 0, !["metrics", "import"].contains(words[0]) {
                #expect(lines.allSatisfy { $0.count <= columns }, "\(use.line): \(lines)")
            }
        }
        #expect(place.daemon.stop() == 0)
    }

    /// A command that is in the program and not in the list above was forgotten.
    @Test func `none is left out`() throws {
        let help = try Answer.of(["--help"]).output
        let listed = help.components(separatedBy: "SUBCOMMANDS:").last ?? ""
        let names = listed.split(separator: "\n").compactMap { line -> String? in
            guard line.hasPrefix("  "), !line.hasPrefix("   ") else { return nil }
            return line.split(separator: " ").first.map(String.init)
        }.filter { $0 != "See" }
        let used = Set(
            Self.uses.compactMap { $0.line.split(separator: " ").first.map(String.init) })
        #expect(!names.isEmpty)
        #expect(Set(names).subtracting(used).subtracting(Self.seenElsewhere).isEmpty, "\(names)")
    }

    /// Commands whose place at a terminal has a suite of its own.
    private static let seenElsewhere: Set<String> = ["watch", "report"]
}
