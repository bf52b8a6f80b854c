/// Where something is on an axis: 0 is its beginning, 1 its end.
struct ReportScale {
    /// A place with words, in one line or two.
    struct Tick: Equatable {
        var place: Double
        var label: String
        var more: String?
    }

    private(set) var ticks: [Tick] = []
    private let begin: Double
    private let end: Double
    private let isLogarithmic: Bool

    private init(_ begin: Double, _ end: Double, isLogarithmic: Bool) {
        self.begin = begin
        self.end = end
        self.isLogarithmic = isLogarithmic
    }

    /// The place of a value; what is not on the axis is at its end.
    func place(_ value: Int64) -> Double {
        let value = isLogarithmic ? Self.logarithm(value) : Double(value)
        return min(max((value - begin) / (end - begin), 0), 1)
    }

    // MARK: Times

    private static let second: Int64 = 1_000_000_000
    private static let day = 86_400 * second
    private static let steps: [Int64] =
        [
            1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200,
        ].map { $0 * second } + [1, 2, 7, 14, 30, 90, 180, 365].map { $0 * day }

    /// Times from one to another, in nanoseconds since 1970, and at least two seconds; with at most seven ticks.
    static func times(_ span: ClosedRange<Int64>) -> ReportScale {
        let length = max(span.upperBound - span.lowerBound, 2 * second)
        let (begin, end) = (span.lowerBound, span.lowerBound + length)
        // What is at its end is a mark as wide as another.
        var scale = ReportScale(
            Double(begin), Double(end) + Double(length) / 100, isLogarithmic: false)
        let step = steps.first { length / $0 < 6 } ?? length / 6
        var date = ""
        for index in (begin + step - 1) / step...max(end / step, (begin + step - 1) / step) {
            let text = Timestamp.text(nanosecondsSince1970: index * step, digits: 0)
            let (today, time) = (String(text.prefix(10)), text.dropFirst(11))
            if step >= day {
                scale.ticks.append(Tick(place: scale.place(index * step), label: today))
                continue
            }
            scale.ticks.append(
                Tick(
                    place: scale.place(index * step),
                    label: String(time.prefix(step < 60 * second ? 8 : 5)),
                    more: today == date ? nil : today))
            date = today
        }
        return scale
    }

    // MARK: Durations

    private static let marks: [(Int64, String)] = [
        (1_000_000, "1 ms"), (10_000_000, "10 ms"), (100_000_000, "100 ms"), (second, "1 s"),
        (10 * second, "10 s"), (60 * second, "1 min"), (600 * second, "10 min"),
        (3600 * second, "1 h"), (36_000 * second, "10 h"), (10 * day, "10 days"),
        (100 * day, "100 days"),
    ]

    /// Durations on a logarithmic scale, from a tick below the shortest to a tick above the longest.
    static func durations(_ range: ClosedRange<Int64>) -> ReportScale {
        let first = max(0, (marks.firstIndex { $0.0 > range.lowerBound } ?? marks.count - 1) - 1)
        let last = max(
            first + 1, marks.firstIndex { $0.0 >= range.upperBound } ?? marks.count - 1)
        var scale = ReportScale(
            logarithm(marks[first].0), logarithm(marks[last].0), isLogarithmic: true)
        scale.ticks = marks[first...last].map { Tick(place: scale.place($0.0), label: $0.1) }
        return scale
    }

    /// The duration at a place of a scale of durations.
    func duration(at place: Double) -> Int64 {
        let exponent = begin + place * (end - begin)
        let whole = Int(exponent)
        return Int64(
            Double(sign: .plus, exponent: whole, significand: 1 + exponent - Double(whole)))
    }

    /// To the base 2, with straight lines between its powers: no axis shows the difference to the curve, and
    /// no library of mathematics is needed.
    static func logarithm(_ value: Int64) -> Double {
        let value = Double(max(value, 1))
        return Double(value.exponent) + value.significand - 1
    }
}
