import Foundation
import Testing

/// What documents name is there.
@Suite struct DocumentTests {
    private static func text(_ name: String) throws -> String {
        try String(contentsOfFile: "\(ManPage.root)/\(name)", encoding: .utf8)
    }

    /// The anchors that headings get on a page: in small letters, with dashes for spaces.
    private static func anchors(in text: String) -> Set<String> {
        var anchors: Set<String> = []
        for line in text.split(separator: "\n") where line.hasPrefix("#") {
            let title = line.drop { $0 == "#" }.dropFirst().lowercased()
            anchors.insert(
                String(
                    title.filter {
                        $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" || $0 == "_"
                    }
                    .map { $0 == " " ? "-" : $0 }))
        }
        return anchors
    }

    @Test(arguments: Guide.documents)
    func `every link leads somewhere`(document: String) throws {
        let directory = (document as NSString).deletingLastPathComponent
        for match in try Self.text(document).matches(of: /\]\(([^)\s]+)\)|<img src="([^"]+)"/) {
            let link = String(match.1 ?? match.2 ?? "")
            if link.hasPrefix("https://") { continue }
            let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
            let target = parts[0].isEmpty ? document : "\(directory)/\(parts[0])"
            let isThere = FileManager.default.fileExists(atPath: "\(ManPage.root)/\(target)")
            #expect(isThere, "\(link)")
            if isThere, parts.count > 1 {
                #expect(
                    try Self.anchors(in: Self.text(target)).contains(String(parts[1])), "\(link)")
            }
        }
    }

    @Test func `every target of make and every script that a document names is there`() throws {
        let targets = Set(
            try Self.text("Makefile").matches(of: /(?m)^([a-z][a-z.-]*):/).map { String($0.1) })
        var named: Set<String> = []
        for document in Guide.documents {
            let text = try Self.text(document)
            for match in text.matches(of: /(?:`|[#$] |sudo )make ((?:[a-z.-]+ ?)+)/) {
                for target in match.1.split(separator: " ") {
                    #expect(targets.contains(String(target)), "\(document)")
                    named.insert(String(target))
                }
            }
            for match in text.matches(of: /\bscripts\/([a-z-]+)/) {
                #expect(access("\(ManPage.root)/scripts/\(match.1)", X_OK) == 0, "\(match.1)")
            }
        }
        #expect(named.isSuperset(of: ["lint", "fmt", "test-fast", "coverage"]))
    }

    @Test func `every source that a document for contributors names is there`() throws {
        let files = FileManager.default.enumerator(atPath: ManPage.root)
        var sources: [String] = []
        for case let name as String in try #require(files) {
            if name.hasPrefix(".build") || name.hasPrefix(".git/") {
                files?.skipDescendants()
            } else {
                sources.append("/\(name)")
            }
        }
        for document in ["CONTRIBUTING.md", "docs/architecture.md"] {
            let text = try Self.text(document)
            let names = text.matches(of: /`([A-Za-z\/+-]+\.(?:swift|c|h|md|txt|conf|in))`/)
            #expect(names.count > 3)
            for name in names where !name.1.contains("COMMAND") {
                #expect(sources.contains { $0.hasSuffix("/\(name.1)") }, "\(document): \(name.1)")
            }
        }
    }

    @Test func `the architecture has a row for each directory of the core`() throws {
        let core = "\(ManPage.root)/Sources/TouchmonCore"
        let rows = try Self.text("docs/architecture.md").matches(of: /(?m)^\| `([A-Za-z]+)\/` \|/)
        let directories = try FileManager.default.contentsOfDirectory(atPath: core)
            .filter { !$0.hasSuffix(".swift") }
        #expect(rows.map { String($0.1) }.sorted() == directories.sorted())
    }

    /// Types, cases and functions; of a name with a dot, each part.
    @Test func `every name in a diagram of the architecture is in the sources`() throws {
        let files = FileManager.default.enumerator(atPath: "\(ManPage.root)/Sources")
        var sources = ""
        for case let name as String in try #require(files)
        where name.hasSuffix(".swift") || name.hasSuffix(".c") {
            sources += try "/\(name) " + Self.text("Sources/\(name)")
        }
        let diagrams = try Self.text("docs/architecture.md").components(separatedBy: "```")
        var count = 0
        for diagram in zip(diagrams.indices, diagrams) where !diagram.0.isMultiple(of: 2) {
            for name in diagram.1.matches(
                of: /[A-Z][a-z]+(?:[A-Z][A-Za-z]*)|\.[a-z]\w+|[a-z]+[A-Z]\w+/)
            {
                let word = String(name.0.drop { $0 == "." })
                count += 1
                #expect(try sources.contains(Regex("\\b\(word)\\b")), "\(word)")
            }
        }
        #expect(count > 40)
    }

    @Test(.enabled(if: Binary.isThere, Binary.reason))
    func `every command and option that a document names is the program's`() throws {
        let commands = Dictionary(
            uniqueKeysWithValues: (try ManPageTests.Described.program().subcommands ?? []).map {
                ($0.commandName, ($0.subcommands ?? []).reduce($0.options) { $0.union($1.options) })
            })
        var count = 0
        for document in Guide.documents where !document.hasPrefix("docs/decisions") {
            for match in try Self.text(document).matches(of: /`touchmon ([a-z][a-z-]*)([^`]*)`/) {
                // A word that is no command is an action file's name.
                guard let options = commands[String(match.1)] else {
                    #expect(match.1.contains("json") || match.2.hasPrefix(".json"), "\(match.0)")
                    continue
                }
                // Behind -- is somebody else's command.
                let own = String(match.2).components(separatedBy: " -- ")[0]
                for option in own.matches(of: /(?:^|[\s\[])(--?[a-z][a-z-]*)/) {
                    count += 1
                    #expect(
                        options.union(["-h", "--help", "--version"]).contains(String(option.1)),
                        "\(document): \(match.0)")
                }
            }
        }
        #expect(count > 4)
    }

    /// The program, its package and its manual have one version, and the changes begin with it.
    @Test(.enabled(if: Binary.isThere, Binary.reason))
    func `the latest changes are those of the program`() throws {
        let version = try Answer.of(["--version"]).output.trimmingCharacters(in: .newlines)
        let headings = try Self.text("CHANGELOG.md").split(separator: "\n")
            .filter { $0.hasPrefix("## ") && $0 != "## Unreleased" }
        #expect(try #require(headings.first).split(separator: " ")[1] == version)
    }
}
