/// Wall-clock times as touchmon prints them: RFC 3339, in UTC.
package enum Timestamp {
    /// `2026-11-23T09:00:00.123456789Z`, with as many digits after the point as asked for, 0 to 9.
    package static func text(nanosecondsSince1970: Int64, digits: Int = 9) -> String {
        let (seconds, nanoseconds) = floored(nanosecondsSince1970, by: 1_000_000_000)
        let (days, secondOfDay) = floored(seconds, by: 86_400)
        let (year, month, day) = date(daysSince1970: days)
        var text = padded(year, 4) + "-" + padded(month, 2) + "-" + padded(day, 2)
        text += "T" + padded(secondOfDay / 3600, 2) + ":" + padded(secondOfDay / 60 % 60, 2)
        text += ":" + padded(secondOfDay % 60, 2)
        if digits > 0 { text += "." + padded(nanoseconds, 9).prefix(digits) }
        return text + "Z"
    }

    private static func floored(_ value: Int64, by unit: Int64) -> (quotient: Int64, rest: Int64) {
        let (quotient, rest) = value.quotientAndRemainder(dividingBy: unit)
        return rest < 0 ? (quotient - 1, rest + unit) : (quotient, rest)
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
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
