import Foundation
import Testing
import TouchmonCore

@Suite struct TimestampTests {
    private static let second: Int64 = 1_000_000_000

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_799, "2000-02-29T23:59:59Z"),
            (951_868_800, "2000-03-01T00:00:00Z"),
            (1_078_012_800, "2004-02-29T00:00:00Z"),
            // 1900 and 2100 are no leap years.
            (-2_203_891_200, "1900-03-01T00:00:00Z"),
            (-2_203_891_201, "1900-02-28T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (4_107_542_399, "2100-02-28T23:59:59Z"),
            (2_147_483_648, "2038-01-19T03:14:08Z"),
            // The ends of what 64 bits of nanoseconds hold.
            (9_223_372_036, "2262-04-11T23:47:16Z"),
            (-9_223_372_036, "1677-09-21T00:12:44Z"),
        ] as [(Int64, String)])
    func `whole seconds`(seconds: Int64, text: String) {
        #expect(Timestamp.text(nanosecondsSince1970: seconds * Self.second, digits: 0) == text)
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000000000Z"),
            (1, "1970-01-01T00:00:00.000000001Z"),
            (-1, "1969-12-31T23:59:59.999999999Z"),
            (1_500_000_000, "1970-01-01T00:00:01.500000000Z"),
            (-1_500_000_000, "1969-12-31T23:59:58.500000000Z"),
            (.max, "2262-04-11T23:47:16.854775807Z"),
            (.min, "1677-09-21T00:12:43.145224192Z"),
        ] as [(Int64, String)])
    func `nanoseconds`(nanoseconds: Int64, text: String) {
        #expect(Timestamp.text(nanosecondsSince1970: nanoseconds) == text)
    }

    @Test func `fewer digits are cut, never rounded up into another second`() {
        let almost = 2 * Self.second - 1
        #expect(
            (0...9).map { Timestamp.text(nanosecondsSince1970: almost, digits: $0).count }
                == [20, 22, 23, 24, 25, 26, 27, 28, 29, 30])
        #expect(
            Timestamp.text(nanosecondsSince1970: almost, digits: 3) == "1970-01-01T00:00:01.999Z")
    }

    @Test(
        arguments: [
            ("1970-01-01T00:00:01Z", 1_000_000_000), ("1970-01-01T00:00:01.5Z", 1_500_000_000),
            ("1970-01-01T00:00:01.000000001Z", 1_000_000_001),
            // What is finer than nanoseconds is cut.
            ("1970-01-01T00:00:01.0000000019Z", 1_000_000_001),
            ("1970-01-01T00:00:01.xZ", nil), ("1970-13-01T00:00:01Z", nil),
            ("1970-00-01T00:00:01Z", nil), ("1970-01-32T00:00:01Z", nil),
            ("197x-01-01T00:00:01Z", nil), ("1970-01-01T0x:00:01Z", nil),
            ("2263-01-01T00:00:00Z", nil), ("", nil),
        ] as [(String, Int64?)])
    func `a time is read with any number of digits, and nothing else for one`(
        text: String, time: Int64?
    ) {
        #expect(Timestamp.nanosecondsSince1970(of: Array(text.utf8)) == time)
    }

    @Test func `it agrees with Foundation on every day of four hundred years`() {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        for day in stride(from: Int64(-100_000), to: 100_000, by: 13) {
            let date = Date(timeIntervalSince1970: Double(day) * 86_400)
            let parts = calendar.dateComponents([.year, .month, .day], from: date)
            let (year, month, dayOfMonth) = (parts.year ?? 0, parts.month ?? 0, parts.day ?? 0)
            let expected = [(year, 4), (month, 2), (dayOfMonth, 2)].map { number, width in
                String(repeating: "0", count: width - String(number).count) + String(number)
            }.joined(separator: "-")
            #expect(
                Timestamp.text(nanosecondsSince1970: day * 86_400 * Self.second, digits: 0)
                    == expected + "T00:00:00Z")
        }
    }
}
