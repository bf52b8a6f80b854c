/// Wall-clock times as touchmon prints them: RFC 3339, in UTC.
package enum Timestamp {
    /// `2026-11-23T09:00:00.123456789Z`, with as many digits after the point as asked for, 0 to 9.
    package static func text(nanosecondsSince1970: Int64, digits: Int = 9) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(30)
        append(nanosecondsSince1970: nanosecondsSince1970, digits: digits, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends the same.
    static func append(nanosecondsSince1970: Int64, digits: Int, to text: inout [UInt8]) {
        let (seconds, nanoseconds) = floored(nanosecondsSince1970, by: 1_000_000_000)
        let (days, secondOfDay) = floored(seconds, by: 86_400)
        let (year, month, day) = date(daysSince1970: days)
        append(year, 4, to: &text)
        append("-", month, 2, to: &text)
        append("-", day, 2, to: &text)
        append("T", secondOfDay / 3600, 2, to: &text)
        append(":", secondOfDay / 60 % 60, 2, to: &text)
        append(":", secondOfDay % 60, 2, to: &text)
        if digits > 0 {
            text.append(UInt8(ascii: "."))
            append(nanoseconds, 9, to: &text)
            text.removeLast(9 - digits)
        }
        text.append(UInt8(ascii: "Z"))
    }

    /// The time of a text as `text` writes it; nil for any other, and for one that a number of nanoseconds
    /// can't say: before 1678 or after 2261.
    package static func nanosecondsSince1970(of text: [UInt8]) -> Int64? {
        guard text.count >= 20, text.last == UInt8(ascii: "Z") else { return nil }
        func number(_ range: Range<Int>) -> Int64? {
            Int64(String(decoding: text[range], as: UTF8.self))
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
            (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        var fraction: Int64 = 0
        if text.count > 21 {
            let digits = text[20..<(text.count - 1)].prefix(9)
            guard let value = Int64(String(decoding: digits, as: UTF8.self)) else { return nil }
            fraction = value
            for _ in digits.count..<9 { fraction *= 10 }
        }
        // The reverse of `date`.
        let shifted = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = floored(shifted, by: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = era * 146_097 + dayOfEra - 719_468
        let seconds = days * 86_400 + hour * 3600 + minute * 60 + second
        let (whole, isTooLarge) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (time, isLarger) = whole.addingReportingOverflow(fraction)
        return isTooLarge || isLarger ? nil : time
    }

    private static func floored(_ value: Int64, by unit: Int64) -> (quotient: Int64, rest: Int64) {
        let (quotient, rest) = value.quotientAndRemainder(dividingBy: unit)
        return rest < 0 ? (quotient - 1, rest + unit) : (quotient, rest)
    }

    private static func append(
        _ mark: Unicode.Scalar, _ value: Int64, _ width: Int, to text: inout [UInt8]
    ) {
        text.append(UInt8(ascii: mark))
        append(value, width, to: &text)
    }

    /// Appends the last `width` digits of a number that is not negative.
    private static func append(_ value: Int64, _ width: Int, to text: inout [UInt8]) {
        var unit: Int64 = 1
        for _ in 1..<width { unit *= 10 }
        while unit > 0 {
            text.append(UInt8(ascii: "0") + UInt8(value / unit % 10))
            unit /= 10
        }
    }

    /// The Gregorian date. Years are counted from March, so that a leap day is the last of its year
    /// and the lengths of the months before it follow one rule: 153 days in every five months.
    private static func date(daysSince1970: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = floored(daysSince1970 + 719_468, by: 146_097)
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, day)
    }
}
