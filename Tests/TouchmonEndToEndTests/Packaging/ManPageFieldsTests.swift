import Foundation
import Testing

/// What `--json` prints is what the manual says.
@Suite(.enabled(if: Binary.isThere, Binary.reason))
struct ManPageFieldsTests {
    /// The names of all members, however deep.
    private static func fields(of value: Any) -> Set<String> {
        switch value {
        case let object as [String: Any]:
            object.reduce(into: []) { $0.formUnion(fields(of: $1.value).union([$1.key])) }
        case let list as [Any]: list.reduce(into: []) { $0.formUnion(fields(of: $1)) }
        default: []
        }
    }

    /// The fields that a page names.
    private static func fields(in page: String) throws -> Set<String> {
        let path = "\(ManPage.root)/packaging/man/\(page).in"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        var found: Set<String> = []
        for line in text.split(separator: "\n")
        where line.hasPrefix(".Ic ") || line.hasPrefix(".It Ic ") {
            found.formUnion(line.split(separator: " ").map(String.init))
        }
        return found
    }

    @Test func `every field is in the page of its command`() throws {
        let scratch = try Scratch()
        let lasting = try Gate(scratch("gate"))
        mkdir(scratch("t"), 0o755)
        let place = try ControlledDaemon(
            [
                "bad": ["argv": ["sh", "-c", "exit 3"], "retry": ["attempts": 1]],
                "busy": ["argv": ["sh", "-c", "read line < \(scratch("gate"))"]],
                "killed": ["argv": ["sh", "-c", "kill -9 $$"]],
                "t/": ["argv": ["true"], "each": "file", "exclude": ["*.tmp"]],
            ], at: scratch)
        for name in ["bad", "killed", "busy"] { place.touch(name) }
        try scratch.write("t/file")
        #expect(place.daemon.wait(for: "run_ended", count: 3))
        #expect(place.daemon.wait(for: "run_started", count: 4))
        // One more is due behind the one that goes on.
        place.touch("busy")
        let isDue = try eventually {
            try place.command(["status", "--json"]).output.contains("\"due\"")
        }
        #expect(isDue)
        let pause = ["pause", "bad", "--for", "1h", "--reason", "why"]
        #expect(try place.command(pause).status == 0)
        place.touch("bad")
        let wrong = try scratch.write("wrong.json", "{\"/a\": {\"argv\": []}}")
        var printed: [String: Set<String>] = [:]
        for (page, commands) in [
            ("status", [["status", "--json"]]), ("history", [["history", "--json"]]),
            (
                "explain",
                [["explain", "bad", "--json"], ["explain", scratch("t/file"), "--json"]]
            ),
        ] {
            printed[page] = Self.fields(of: try commands.flatMap(place.objects))
        }
        let left = try place.command(["explain", scratch("t/x.tmp"), "--json"]).output
        printed["explain"]?.formUnion(
            Self.fields(of: try JSONSerialization.jsonObject(with: Data(left.utf8))))
        let check = try Answer.of(["check", "--json", wrong]).output
        printed["check"] = Self.fields(of: try JSONSerialization.jsonObject(with: Data(check.utf8)))
        // So much that it is seen: these come only in the states that were made above.
        #expect(try #require(printed["status"]).isSuperset(of: ["due", "paused", "until", "runs"]))
        #expect(try #require(printed["history"]).isSuperset(of: ["signal", "status", "file"]))
        #expect(try #require(printed["explain"]).isSuperset(of: ["obstacle", "pattern", "run"]))
        let runs = try Self.fields(in: "touchmon-history.1")
        let status = try Self.fields(in: "touchmon-status.1")
        for (page, fields) in printed {
            var known = try Self.fields(in: "touchmon-\(page).1")
            // These have runs in them, and an explanation the status of its action: they refer to the pages.
            if page != "check" { known.formUnion(runs) }
            if page == "explain" { known.formUnion(status) }
            #expect(fields.subtracting(known).isEmpty, "\(page)")
        }
        lasting.open()
        #expect(place.daemon.stopAtOnce() == 0)
    }
}
