import Testing

@testable import TouchmonCore

/// What the page of `report` is made of.
@Suite struct ReportPartsTests {
    private static func tail(_ bytes: [UInt8], isCut: Bool = false) -> OutputTail {
        OutputTail(bytes, isCut: isCut)
    }

    private static func tail(_ text: String, isCut: Bool = false) -> OutputTail {
        OutputTail(Array(text.utf8), isCut: isCut)
    }

    @Test(
        arguments: [
            ("", ""), ("a\n\n", "a"), ("\n a\tb", "\n a\tb"), ("a\r\nb\r\n", "a\nb"),
            ("10%\r20%\r", "10%\n20%"), ("\u{1B}[1;31mred\u{1B}[0m\u{1B}[K", "red"),
            ("\u{1B}]0;title\u{07}a\u{1B}]0;title\u{1B}\\b", "ab"),
            // What has no end hides nothing.
            ("\u{1B}]0;a\nb", "\\x1b]0;a\nb"), ("\u{1B}[3", "\\x1b[3"), ("\u{1B}c", "\\x1bc"),
            ("\u{1B}[1\nm", "\\x1b[1\nm"), ("\u{1B}", "\\x1b"), ("a\u{1B}]x\u{1B}", "a"),
            ("a\u{0}\u{8}\u{7F}", "a\\x00\\x08\\x7f"), ("\u{202E}a\u{9B}", "\\u{202e}a\\u{9b}"),
            ("größe 日本", "größe 日本"),
        ])
    func `what a run printed is text, and all of it is seen`(printed: String, text: String) {
        #expect(Self.tail(printed).text == text)
        #expect(!Self.tail(printed).isCut)
    }

    @Test func `bytes that are no text`() {
        #expect(Self.tail([0x61, 0xFF, 0xC3, 0x28]).text == "a\u{FFFD}\u{FFFD}(")
    }

    @Test func `a tail begins with a line`() {
        #expect(Self.tail("of a line\nwhole", isCut: true) == Self.tail("x\nwhole", isCut: true))
        #expect(Self.tail([0xA4, 0x61, 0x0A], isCut: true).text == "a")
        let lines = (1...100).map { "\($0)\n" }.joined()
        let tail = Self.tail(lines)
        #expect(tail.isCut && tail.text.hasPrefix("61\n") && tail.text.hasSuffix("\n100"))
    }

    private static let second: Int64 = 1_000_000_000
    /// 2026-11-23 09:00:00.
    private static let begin: Int64 = 1_795_424_400 * second

    @Test(
        arguments: [
            (0, "09:00:00", 3), (9, "09:00:00", 5), (479, "09:00", 4), (86_400, "12:00", 4),
            (200_000, "12:00", 5), (300_000, "2026-11-24", 3), (40_000_000, "2026-12-03", 6),
            (6_000_000_000, "2033-05-18", 6),
        ] as [(Int64, String, Int)])
    func `an axis of time has some round times`(seconds: Int64, first: String, count: Int) {
        let scale = ReportScale.times(Self.begin...Self.begin + seconds * Self.second)
        #expect(scale.ticks.first?.label == first)
        #expect(scale.ticks.count == count)
        #expect(scale.ticks.count <= 7)
        #expect(scale.ticks.map(\.place) == scale.ticks.map(\.place).sorted())
        #expect(scale.place(Self.begin) == 0 && scale.place(.max) == 1 && scale.place(0) == 0)
    }

    @Test func `each day is named once`() {
        let scale = ReportScale.times(Self.begin...Self.begin + 172_800 * Self.second)
        #expect(scale.ticks.map(\.more) == ["2026-11-23", "2026-11-24", nil, "2026-11-25"])
    }

    @Test func `the words of an axis stay within it`() {
        var html = HTMLWriter()
        html.axis(.times(Self.begin...Self.begin + 150_000 * Self.second), "axis")
        let words = String(decoding: html.bytes, as: UTF8.self).split(separator: "<").filter {
            $0.hasPrefix("text")
        }
        #expect(
            words == [
                #"text x="7.13%" y="27" text-anchor="middle">12:00"#,
                #"text x="7.13%" y="12" text-anchor="start" dx="-1.3em">2026-11-23"#,
                #"text x="35.64%" y="27" text-anchor="middle">00:00"#,
                #"text x="35.64%" y="12" text-anchor="start" dx="-1.3em">2026-11-24"#,
                #"text x="64.16%" y="27" text-anchor="middle">12:00"#,
                #"text x="92.67%" y="27" text-anchor="middle">00:00"#,
                #"text x="92.67%" y="12" text-anchor="end" dx="1.3em">2026-11-25"#,
            ])
        var crowded = HTMLWriter()
        crowded.axis(.times(Self.begin...Self.begin + 200_000 * Self.second), "axis")
        let minor = String(decoding: crowded.bytes, as: UTF8.self).ranges(of: "class=\"minor\"")
        #expect(minor.count == 2)
    }

    @Test func `durations are on a scale of their logarithms`() {
        let scale = ReportScale.durations(250_000_000...70 * Self.second)
        #expect(scale.ticks.map(\.label) == ["100 ms", "1 s", "10 s", "1 min", "10 min"])
        #expect(scale.ticks.first?.place == 0 && scale.ticks.last?.place == 1)
        var last = -1.0
        for step in 0...1000 {
            let duration = scale.duration(at: Double(step) / 1000)
            let place = scale.place(duration)
            #expect(abs(place - Double(step) / 1000) < 1e-6)
            #expect(place > last)
            last = place
        }
        #expect(ReportScale.durations(0...0).ticks.map(\.label) == ["1 ms", "10 ms"])
        #expect(
            ReportScale.durations(.max - 1 ... .max).ticks.map(\.label) == ["10 days", "100 days"])
    }

    @Test(
        arguments: [
            (0, "0"), (999, "999"), (1000, "1,000"), (12_345, "12,345"), (1_234_567, "1,234,567"),
        ])
    func `numbers have their thousands apart`(number: Int, text: String) {
        #expect(ReportText.number(number) == text)
    }

    @Test(arguments: [
        (0, "0%"), (1, "100%"), (0.5, "50%"), (0.12345, "12.35%"), (0.0104, "1.04%"),
        (0.044, "4.4%"),
    ])
    func `percents have as many digits as they need`(share: Double, text: String) {
        #expect(ReportText.percent(share) == text)
    }

    @Test func `what is too long is cut in its middle`() {
        #expect(ReportText.shortened("0123456789", to: 10) == "0123456789")
        #expect(ReportText.shortened("0123456789X", to: 10) == "01234…789X")
    }

    @Test func `lanes have the worst first`() {
        var report = Report.example()
        let extra = report.runs[0]
        for path in ["/b", "/a", "/c", "/c"] {
            var run = extra
            run.path = RawPath(path)
            report.runs.append(run)
        }
        var handler = extra
        handler.path = RawPath("/a")
        handler.reason = .failure
        report.runs.append(handler)
        let names = ReportLane.all(report).map { ReportText.name($0.key) }
        #expect(
            names == [
                "/srv/app/deploy.stamp", "/srv/app/deploy.stamp, on_failure", "/srv/tree/", "/c",
                "/a", "/a, on_failure", "/b", "/srv/gone",
            ])
    }

    @Test func `runs that would be drawn over each other are one mark`() {
        var report = Report.example()
        let first = report.runs[0]
        report.runs.insert(first, at: 0)
        report.runs[1].run = RunNumber(2)
        let text = report.text
        #expect(
            text.contains(
                "<title>2 runs, 1 to 2: success, 2026-11-23 09:00:00 to 2026-11-23 09:00:00</title>"
            ))
    }
}
