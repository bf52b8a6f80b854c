import Testing

@testable import TouchmonCore

/// The page of `report`, from values that anybody may have had a hand in.
@Suite struct ReportPageTests {
    private static let hostile =
        "<script>document.title='owned'</script><img src=x onerror=alert(1)>\"'&"
    /// The same in bytes, and what is no text.
    private static let raw = Array(hostile.utf8) + [0x1B, 0x5B, 0x33, 0x31, 0x6D, 0xFF, 0x00, 0x07]

    /// What an argument can hold of it.
    private static let words = raw.filter { $0 != 0 }

    /// Everything that opens an element, by its name.
    private static func elements(_ page: String) -> [String: Int] {
        var counts: [String: Int] = [:]
        for part in page.split(separator: "<", omittingEmptySubsequences: false).dropFirst() {
            counts[String(part.prefix { $0.isLetter || $0.isNumber }), default: 0] += 1
        }
        return counts
    }

    @Test func `nothing in any field becomes markup`() {
        var report = Report.example()
        let harmless = Self.elements(report.text)
        report.name = Self.hostile
        report.host = Self.hostile
        report.version = Self.hostile
        report.since = Self.hostile
        report.degraded = [Self.hostile]
        report.users = [0: Self.hostile, 33: Self.hostile, 1000: Self.hostile]
        let path = RawPath(bytes: Array("/srv/".utf8) + Self.raw.filter { $0 != 0 })
        for index in report.actions.indices {
            report.actions[index].path = path
            report.actions[index].argv = PackedStrings([Self.words, Self.words])
            report.actions[index].mechanism = Self.hostile
        }
        for index in report.runs.indices {
            report.runs[index].path = RawPath(action: path, file: path)
        }
        for run in report.tails.keys {
            report.tails[run] = OutputTail(Self.raw, isCut: false)
        }
        let text = report.text
        let known = Set(harmless.keys)
        #expect(Set(Self.elements(text).keys).subtracting(known).isEmpty)
        #expect(!text.contains("<script") && !text.contains("<img"))
        #expect(text.contains("&lt;script&gt;document.title=&#39;owned&#39;&lt;/script&gt;"))
        let controls = text.unicodeScalars.filter {
            $0.value < 0x20 && $0 != "\n" || (0x7F..<0xA0).contains($0.value)
        }
        #expect(controls.isEmpty)
    }

    @Test func `whatever is written is escaped, in text and in values`() {
        var html = HTMLWriter()
        html.element("p", ["title": "a\"<&'\u{0}", "class": nil], "</p>\u{1B}\r\n\t\u{7F}é")
        #expect(
            String(decoding: html.bytes, as: UTF8.self)
                == "<!DOCTYPE html>\n<p title=\"a&quot;&lt;&amp;&#39;\u{FFFD}\">&lt;/p&gt;"
                + "\u{FFFD}\u{FFFD}\n\t\u{FFFD}é</p>")
    }

    @Test func `nothing can be fetched or run`() {
        let text = Report.example().text
        #expect(text.contains("content=\"default-src &#39;none&#39;; style-src"))
        for word in ["http://", "https://", "url(", "@import", "src=", "javascript:"] {
            #expect(!text.contains(word), "\(word)")
        }
    }

    @Test func `failures come first, the latest first, with what they said`() throws {
        let text = Report.example().text
        let places = try [
            "? interrupted</span>", "run 5, ", "run 4, ", "run 3, ", "\nthe end\nof it</pre>",
            "Time line</h2>",
        ].map { try #require(text.firstRange(of: $0)?.lowerBound, "\($0)") }
        #expect(places == places.sorted())
        #expect(text.contains("<b>web</b> on <b>host</b>"))
        #expect(text.contains("<title>touchmon web on host: 3 of 6 runs failed</title>"))
        #expect(
            text.contains("<dd class=\"value bad\">✕ 3</dd><dd class=\"note\">50% of runs</dd>"))
        #expect(text.contains("touched by</dt><dd>www-data, process 77</dd>"))
        #expect(text.contains("<code>/bin/deploy &#39;to production&#39;</code>"))
        #expect(text.contains("Nothing that it printed was kept."))
        #expect(text.contains("of</dt><dd>/srv/tree/</dd>"))
        #expect(text.contains("attempt</dt><dd>2</dd>"))
        #expect(text.contains("<span class=\"tag\">on_failure</span>"))
        #expect(text.contains("not configured any more"))
        #expect(text.contains("✓ success</span><span class=\"note\"><time"))
        #expect(text.contains("touchmon output 3"))
        #expect(text.contains("⚠ Degraded: output."))
    }

    @Test func `a mark says what it stands for`() {
        let text = Report.example().text
        #expect(text.contains("<title>run 1: success, 2026-11-23 09:00:00, 4.0 s</title>"))
        #expect(text.contains("<title>run 6: running, 2026-11-23 12:00:00, 30 min 0 s</title>"))
        #expect(text.contains("aria-label=\"/srv/app/deploy.stamp: 3 runs, 1 failed\""))
        #expect(text.contains("median 4.0 s, longest 2 min 5 s"))
    }

    @Test func `without runs, and without actions`() {
        var report = Report.example()
        report.runs = []
        #expect(report.text.contains("No runs."))
        #expect(report.text.contains("<span class=\"name\">idle</span>"))
        #expect(report.text.contains("<dd class=\"value\">0</dd><dd class=\"note\"></dd>"))
        report.actions = []
        report.degraded = []
        let text = report.text
        #expect(text.contains("No actions.") && text.contains("nothing ran"))
        #expect(!text.contains("<svg") && !text.contains("Degraded"))
        #expect(text.contains("no runs</title>"))
    }

    @Test func `while nothing has ended there are no durations`() {
        var report = Report.example()
        report.runs = [report.runs[5]]
        #expect(report.text.contains("Time line</h2>") && !report.text.contains("Durations</h2>"))
    }

    @Test func `some more failures than are told of at length`() {
        let text = Report.large(actions: 3, runs: 180).text
        #expect(text.contains("<summary>10 earlier failures</summary>"))
        #expect(!text.contains("more: see touchmon history"))
    }

    @Test func `where all went well, it says so`() {
        var report = Report.example()
        report.runs = [report.runs[0]]
        let text = report.text
        #expect(text.contains("✓ None of these runs failed.") && !text.contains("<details"))
    }

    @Test func `the page is about what was asked for`() {
        var report = Report.example()
        report.limit = 6
        #expect(report.text.contains("the latest; there may be more"))
        report.runsOf = 33
        #expect(report.text.contains("there may be more, as www-data"))
        report.limit = 7
        let first = report.runs[0].started
        #expect(report.span == first...report.now)
        // Nothing ran at first, and nothing of late: that is to be seen.
        report.runsSince = first - 1_000_000_000
        report.runs.removeLast()
        #expect(report.span == first - 1_000_000_000...report.now)
        report.limit = 5
        #expect(report.span == first...report.now)
        report.runsSince = nil
        #expect(report.span == first...first + 3_725_000_000_000)
    }

    @Test(.thorough, arguments: [(1, 10_000), (40, 10_000), (1000, 10_000), (10_000, 10_000)])
    func `any number of actions and runs is a page that can be read`(actions: Int, runs: Int) {
        let report = Report.large(actions: actions, runs: runs)
        let text = report.text
        #expect(text.utf8.count < 3_000_000)
        let elements = Self.elements(text)
        #expect(elements["rect", default: 0] < 16_000)
        #expect(elements["svg", default: 0] <= 2 * (Report.mostLanes + 1) + 4)
        #expect(elements["pre", default: 0] == Report.mostTails)
        #expect(text.contains("earlier failures</summary>"))
        #expect(text.contains("3,084 more: see touchmon history"))
        #expect(text.contains("more, with ") == (actions > Report.mostLanes))
        #expect(text.contains("more: see touchmon status") == (actions > 2100))
    }
}
