import Foundation
import Testing

/// Action files that are read again while touches come: many actions take a while to read.
@Suite(.enabled(if: Binary.isThere, Binary.reason))
struct ReloadTests {
    private static let many = 40_000

    /// What a run of the stamp does.
    private static func argv(_ scratch: Scratch, _ word: String) -> [String] {
        ["sh", "-c", "echo \(word) >> \(scratch("said"))"]
    }

    /// The text of an action file whose runs of the stamp say `word`.
    private static func text(_ scratch: Scratch, _ word: String, end: String = "}") -> String {
        let user = "\"user\": \"\(NSUserName())\""
        let argv = argv(scratch, word).map { "\"\($0)\"" }.joined(separator: ", ")
        var text = "{\"\(scratch("stamp"))\": {\"argv\": [\(argv)], \(user)}"
        for number in 0..<many {
            text += ",\n\"\(scratch("many"))/\(number)\": {\"argv\": [\"true\"], \(user)}"
        }
        return text + end
    }

    private static func place() throws -> ControlledDaemon {
        let scratch = try Scratch()
        mkdir(scratch("many"), 0o755)
        return try ControlledDaemon(["stamp": ["argv": argv(scratch, "old")]], at: scratch)
    }

    /// The events of the log in their order: reloads, and the runs that were begun.
    private static func events(_ place: ControlledDaemon) -> [String] {
        place.daemon.text.split(separator: "\n").compactMap { line in
            ["reloading", "reloaded", "reload_refused", "run_started"].first {
                line.contains("\"event\":\"\($0)\"")
            }
        }
    }

    @Test(arguments: ["}", ", \"x\": {\"argv\": 7}}"])
    func `touches run meanwhile, as the files were before`(end: String) throws {
        let place = try Self.place()
        try place.rewrite(Self.text(place.scratch, "new", end: end))
        let isRefused = end != "}"
        let reload = try place.begin(["reload"])
        // As fast as they come: what is touched during a run is one run after it.
        let isOver = eventually {
            place.touch("stamp")
            return place.daemon.count(isRefused ? "reload_refused" : "reloaded") == 1
        }
        #expect(isOver)
        #expect(reload.status() == (isRefused ? 65 : 0), "\(reload.errors)")
        let events = Self.events(place)
        let begin = try #require(events.firstIndex(of: "reloading"))
        let finish = try #require(events.firstIndex(of: isRefused ? "reload_refused" : "reloaded"))
        #expect(events[begin..<finish].contains("run_started"), "\(events)")
        let actions = place.daemon.events("reloaded").first?["actions"] as? Int
        #expect(actions == (isRefused ? nil : Self.many + 1))
        // All or nothing.
        let said = { (try? String(contentsOfFile: place.scratch("said"), encoding: .utf8)) ?? "" }
        place.touch("stamp")
        #expect(eventually { said().hasSuffix(isRefused ? "old\n" : "new\n") })
        #expect(said().contains("new") == !isRefused)
        #expect(place.daemon.stop() == 0)
    }

    @Test func `all who ask at once are answered, and each reading is told of`() throws {
        let place = try Self.place()
        try place.rewrite(Self.text(place.scratch, "new"))
        let reloads = try (0..<5).map { _ in try place.begin(["reload"]) }
        for reload in reloads { #expect(reload.status() == 0, "\(reload.errors)") }
        let events = Self.events(place).filter { $0 != "run_started" }
        #expect(events.count % 2 == 0 && (2...10).contains(events.count))
        for index in events.indices {
            #expect(events[index] == (index % 2 == 0 ? "reloading" : "reloaded"))
        }
        #expect(place.daemon.stop() == 0)
    }

    @Test func `who asked is answered by a daemon that ends meanwhile`() throws {
        let place = try Self.place()
        try place.rewrite(Self.text(place.scratch, "new"))
        let reload = try place.begin(["reload"])
        #expect(place.daemon.wait(for: "reloading", count: 1))
        #expect(place.daemon.stop(with: SIGTERM) == 0)
        let status = reload.status()
        // It may have been faster.
        #expect(status == 75 || (status == 0 && place.daemon.count("reloaded") == 1))
    }
}
