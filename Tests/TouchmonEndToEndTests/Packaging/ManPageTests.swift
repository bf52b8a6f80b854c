import Foundation
import Testing

/// The manual pages: complete, well-formed, and true.
@Suite(.enabled(if: Binary.isThere, Binary.reason))
struct ManPageTests {
    private static let hasMandoc = access("/usr/bin/mandoc", X_OK) == 0

    /// A command in what the program says of itself.
    struct Described: Decodable {
        struct Argument: Decodable {
            struct Name: Decodable {
                var kind: String
                var name: String
                var text: String { (kind == "long" ? "--" : "-") + name }
            }
            var names: [Name]?
        }
        struct Dump: Decodable { var command: Described }

        var commandName: String
        var arguments: [Argument]?
        var subcommands: [Described]?

        var options: Set<String> {
            (arguments ?? []).reduce(into: []) { $0.formUnion(($1.names ?? []).map(\.text)) }
        }

        static func program() throws -> Described {
            let dump = try Answer.of(["--experimental-dump-help"]).output
            return try JSONDecoder().decode(Dump.self, from: Data(dump.utf8)).command
        }
    }

    /// Those of every command, which are told once, in touchmon(1).
    private static let common: Set = ["-h", "--help", "--version"]

    /// The finished pages by their names.
    private static func pages() throws -> [String: String] {
        let scratch = try Scratch()
        try ManPage.write(into: scratch("pages"))
        return try Dictionary(
            uniqueKeysWithValues: ManPage.all.map {
                ($0.name, try String(contentsOfFile: scratch("pages/\($0.name)"), encoding: .utf8))
            })
    }

    /// The options that begin an item of a list.
    private static func options(in page: String) -> Set<String> {
        var found: Set<String> = []
        for line in page.split(separator: "\n") where line.hasPrefix(".It Fl ") {
            for item in line.dropFirst(4).components(separatedBy: " , ") {
                let word = item.split(separator: " ")[1].replacingOccurrences(of: "\\", with: "")
                found.insert("-\(word)")
            }
        }
        return found
    }

    @Test func `every command has a page, with all of its options and no other`() throws {
        let pages = try Self.pages()
        let program = try Described.program()
        let commands = (program.subcommands ?? []).filter { $0.commandName != "help" }
        #expect(commands.count > 10)
        for command in commands {
            let page = try #require(pages["touchmon-\(command.commandName).1"])
            var options = command.options
            for sub in command.subcommands ?? [] { options.formUnion(sub.options) }
            #expect(
                Self.options(in: page) == options.subtracting(Self.common), "\(command.commandName)"
            )
        }
        #expect(
            Set(pages.keys)
                == Set(commands.map { "touchmon-\($0.commandName).1" })
                .union(["touchmon.1", "touchmon.json.5", "touchmon.7"]))
        let all = try #require(pages["touchmon.1"])
        #expect(Self.options(in: all).isSuperset(of: Self.common))
        for command in commands {
            #expect(all.contains("\n.It Xr touchmon-\(command.commandName) 1\n"))
        }
    }

    /// Options that are named in passing exist as well: in that command, or in one that is named with it.
    @Test func `no page names an option that there is not`() throws {
        let commands = try Described.program().subcommands ?? []
        var options = commands.reduce(into: Self.common) { $0.formUnion($1.options) }
        for command in commands {
            for sub in command.subcommands ?? [] { options.formUnion(sub.options) }
        }
        options.formUnion(["--", "--generate-completion-script"])
        for (name, page) in try Self.pages() {
            let text = page.replacingOccurrences(of: "\\-", with: "-")
            for match in text.matches(of: /(?:\bFl |[\s(])(-{1,2}[a-z][a-z-]*)/) {
                let word = String(match.1)
                // After Fl the first dash is mandoc's.
                let option = text[match.range].hasPrefix("Fl ") ? "-\(word)" : word
                guard option.hasPrefix("--") else { continue }
                #expect(options.contains(option), "\(name)")
            }
        }
    }

    @Test func `every key of an action is in touchmon.json(5), and no other`() throws {
        let page = try #require(try Self.pages()["touchmon.json.5"])
        let schema = try JSONSerialization.jsonObject(
            with: Data(
                contentsOf: URL(fileURLWithPath: "\(ManPage.root)/packaging/touchmon.schema.json")))
        let definitions = (schema as? [String: Any])?["$defs"] as? [String: Any]
        let action = definitions?["action"] as? [String: Any]
        let keys = try #require((action?["properties"] as? [String: Any])?.keys)
        let items = page.split(separator: "\n").filter { $0.hasPrefix(".It Ic ") }
            .map { String($0.dropFirst(7)) }
        #expect(items.sorted() == keys.sorted())
    }

    @Test(.enabled(if: hasMandoc, "needs mandoc; run scripts/install-dependencies test"))
    func `mandoc has nothing to say of them`() throws {
        let scratch = try Scratch()
        try ManPage.write(into: scratch("pages"))
        // What it says of its own database, and not of them, goes to standard error.
        let lint = try Command.run(
            ["sh", "-c", "mandoc -T lint -W style \"$@\" 2> /dev/null", "sh"]
                + ManPage.all.map { scratch("pages/\($0.name)") })
        // Whether what they refer to is installed here is nothing of theirs.
        let lines = lint.output.split(separator: "\n").filter {
            !$0.contains("STYLE: referenced manual not found")
        }
        #expect(lines.isEmpty, "\(lines.joined(separator: "\n"))")
        // Nor do they refer to a page of touchmon's that there is not.
        for line in lint.output.split(separator: "\n") {
            guard let name = line.firstMatch(of: /Xr (touchmon\S*) ([157])/) else { continue }
            #expect(ManPage.all.contains { $0.name == "\(name.1).\(name.2)" }, "\(line)")
        }
    }

    @Test(.enabled(if: Binary.isRoot, Binary.rootReason), arguments: ManPage.all)
    func `its examples do what it says`(page: ManPage) throws {
        let steps = try page.steps()
        #expect(!steps.isEmpty)
        let setup = try #require(try page.setup())
        let outcomes = try ExamplePlace().run(steps, after: setup)
        for (step, outcome) in zip(steps, outcomes) {
            let outcome = try #require(outcome, "\(step.command)")
            #expect(outcome.status == step.status, "\(step.command): \(outcome.output)")
            guard !step.isInBackground, !step.isAwaited else { continue }
            #expect(
                outcome.output.filter(Self.isSaidAlways).map(Self.withoutPadding)
                    == step.output.map(Self.withoutPadding),
                "\(step.command)")
        }
    }

    /// What is waited for on the way depends on who is faster.
    private static func isSaidAlways(_ line: String) -> Bool {
        !line.hasPrefix("touchmon: waiting for ")
    }

    private static func withoutPadding(_ line: String) -> String {
        String(line.reversed().drop { $0 == " " }.reversed())
    }
}
