import Foundation
import Testing

/// The page that `report` prints, of a real daemon, in a real browser.
@Suite(.enabled(if: Binary.isThere, Binary.reason))
struct ReportTests {
    private static let script = "<script>document.title='owned'</script>"
    private static let image = "<img src=x onerror=\"document.title='owned'\">"
    private static let widths = [400, 1024, 1920]

    /// A daemon whose runs, paths and arguments hold what a page must not take for its own.
    private static func place() throws -> ControlledDaemon {
        let scratch = try Scratch()
        let print = try scratch.write(
            "print",
            """
            for line in $(seq 30); do echo "line $line of many"; done
            printf '\\033[1;31mred\\033[0m \\377 %s%s\\n' "$1" "$2"
            printf '\\033]0;a title that does not end\\nthe last line\\n'
            exit 3
            """)
        // What looks like the end of an element is a directory and a name in it.
        let name = "\(Self.script) \(Self.image)"
        let directory = URL(fileURLWithPath: scratch(name)).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let place = try ControlledDaemon(
            [
                name: ["argv": ["sh", print, Self.script, Self.image]],
                "good": ["argv": ["true"]],
                "long": ["argv": ["sleep", "600"], "stop_timeout": "1s"],
                "\(String(repeating: "long-name-", count: 20)).stamp": ["argv": ["true"]],
            ], at: scratch)
        for (index, name) in [name, "good", "good"].enumerated() {
            place.touch(name)
            #expect(place.daemon.wait(for: "run_ended", count: index + 1))
        }
        place.touch("long")
        #expect(place.daemon.wait(for: "run_started", count: 4))
        return place
    }

    private static func report(
        _ place: ControlledDaemon, _ arguments: [String] = []
    ) throws -> String {
        let answer = try place.command(["report"] + arguments)
        try #require(answer.status == 0 && answer.errors == "", "\(answer.errors)")
        return answer.output
    }

    @Test func `the page says what ran, and what failed with its last words`() throws {
        let place = try Self.place()
        let page = try Self.report(place)
        #expect(page.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">"))
        #expect(page.contains("1 of 4 runs failed</title>"))
        #expect(page.contains("<b>default</b> on <b>"))
        #expect(page.contains("\nred \u{FFFD} &lt;script&gt;"))
        #expect(page.contains("\\x1b]0;a title that does not end\nthe last line</pre>"))
        #expect(page.contains("✕ status 3") && page.contains("<title>run 4: running, "))
        #expect(page.contains("<code>sleep 600</code>"))
        let one = try Self.report(place, ["good", "-n", "1", "--since", "1h"])
        #expect(one.contains("0 of 1 run failed</title>") && !one.contains("sleep 600"))
        #expect(one.contains("the latest; there may be more"))
        let nobody = try Self.report(place, ["--user", "4242"])
        #expect(nobody.contains("no runs</title>") && nobody.contains("as 4242"))
        #expect(try place.command(["report", "other"]).status == 66)
        #expect(try place.command(["report", "-n", "0"]).status == 64)
        let status = try #require(try place.objects(["status", "good", "--json"]).first)
        #expect(status["argv"] as? [String] == ["true"])
        #expect(place.daemon.stopAtOnce() == 0)
        #expect(try place.command(["report"]).status == 69)
    }

    @Test(.enabled(if: Binary.isRoot, Binary.rootReason))
    func `it is not for everybody`() throws {
        let place = try ControlledDaemon(["stamp": ["argv": ["true"]]])
        #expect(try place.command(["report"], as: Users.alice).status == 77)
        #expect(place.daemon.stop() == 0)
    }

    @Test(.enabled(if: Browser.isThere, Browser.reason))
    func `a browser shows what others wrote as text`() throws {
        let place = try Self.place()
        let browser = Browser(in: place.scratch)
        let page = try Self.report(place)
        let file = try place.scratch.write("report.html", page)
        let document = try browser.document(file)
        // As the browser writes it again: only what is text has its signs escaped.
        #expect(document.contains("&lt;script&gt;document.title='owned'&lt;/script&gt;"))
        #expect(document.contains("&lt;img src=x onerror=\"document.title='owned'\"&gt;"))
        #expect(!document.contains("<script") && !document.contains("<img"))
        #expect(document.contains("1 of 4 runs failed</title>"))
        // Each of two walls holds by itself: that nothing is markup, and that markup could do nothing.
        let policy = try #require(page.firstRange(of: "Content-Security-Policy"))
        let open = try place.scratch.write(
            "open.html", page.replacingCharacters(in: policy, with: "X-None"))
        let attack = page.replacingOccurrences(
            of: "</body>", with: "\(Self.script)\(Self.image)</body>")
        let attacked = try place.scratch.write("attacked.html", attack)
        let naked = try place.scratch.write(
            "naked.html",
            attack.replacingOccurrences(of: "Content-Security-Policy", with: "X-None"))
        for (file, title) in [
            (open, "1 of 4 runs failed</title>"), (attacked, "1 of 4 runs failed</title>"),
            // The test would see it.
            (naked, "<title>owned</title>"),
        ] {
            #expect(try browser.document(file).contains(title), "\(file)")
        }
        #expect(place.daemon.stopAtOnce() == 0)
    }

    @Test(.enabled(if: Browser.isThere, Browser.reason), arguments: Browser.Scheme.allCases)
    func `the page fits every width, light and dark`(scheme: Browser.Scheme) throws {
        let place = try Self.place()
        let browser = Browser(in: place.scratch)
        let page = try Self.report(place)
        let file = try place.scratch.write("report.html", page)
        let layouts = try browser.layouts(of: file, scheme, widths: Self.widths)
        #expect(layouts.map(\.window) == Self.widths)
        #expect(layouts.allSatisfy { $0.page <= $0.window }, "\(layouts)")
        let background = scheme == .dark ? "rgb(19, 21, 23)" : "rgb(247, 247, 245)"
        #expect(layouts.allSatisfy { $0.background == background }, "\(layouts)")
        #expect(layouts.allSatisfy { $0.scripts == 0 && $0.title.contains("1 of 4 runs failed") })
        // The test would see it.
        let wide = try place.scratch.write(
            "wide.html",
            page.replacingOccurrences(
                of: "</main>", with: "<p style=\"width: 2000px\">wide</p></main>"))
        let wideLayouts = try browser.layouts(of: wide, scheme, widths: Self.widths)
        #expect(wideLayouts.allSatisfy { $0.page > $0.window }, "\(wideLayouts)")
        let kept = try Self.directory()
        for layout in layouts {
            let picture = "\(kept)/report-\(scheme)-\(layout.window).png"
            try browser.screenshot(
                file, scheme, width: layout.window, height: min(layout.height, 8000), into: picture)
            let size = try Self.size(of: picture)
            #expect(size.width == layout.window)
        }
        #expect(place.daemon.stopAtOnce() == 0)
    }

    @Test(
        .enabled(
            if: Browser.isThere && access("/usr/bin/pdftotext", X_OK) == 0,
            "chromium, or pdftotext of poppler-utils, is not installed"))
    func `on paper nothing is folded or cut`() throws {
        let place = try Self.place()
        let page = try Self.report(place)
        #expect(page.contains(" open=\"\""))
        // As of a failure that is not one of the latest.
        let folded = try place.scratch.write(
            "folded.html", page.replacingOccurrences(of: " open=\"\"", with: ""))
        let paper = "\(try Self.directory())/report.pdf"
        try Browser(in: place.scratch).print(folded, into: paper)
        let text = try Command.run(["pdftotext", "-layout", paper, "-"]).output
        for words in ["line 1 of many", "line 30 of many", "the last line", "sleep 600"] {
            #expect(text.contains(words), "\(words): \(text)")
        }
        #expect(place.daemon.stopAtOnce() == 0)
    }

    /// Where pictures are left for people to look at.
    private static func directory() throws -> String {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let path = root.appendingPathComponent(".build/report-screenshots").path
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
        return path
    }

    /// Of a picture, as its header says.
    private static func size(of picture: String) throws -> (width: Int, height: Int) {
        let data = try Data(contentsOf: URL(fileURLWithPath: picture))
        try #require(data.count > 24 && data.starts(with: [0x89, 0x50, 0x4E, 0x47]))
        func number(at index: Int) -> Int {
            data[index..<index + 4].reduce(0) { $0 << 8 | Int($1) }
        }
        return (number(at: 16), number(at: 20))
    }
}
