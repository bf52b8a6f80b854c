/// Why a text is not the quantity that it should be.
package enum QuantityError: Error, Hashable, Sendable {
    /// It is not a whole number with a unit.
    case malformed
    /// The number is larger than can be kept.
    case tooLarge
}

/// Durations as action files and options spell them: a whole number and `ms`, `s`, `m` or `h`.
package enum DurationText {
    /// How a duration is spelled, for a remedy.
    package static let form = "a whole number and `ms`, `s`, `m` or `h`, as in `\"250ms\"`"

    /// The duration that `text` spells, never negative, and at most 292 years: what fits the
    /// nanoseconds of an `Instant`.
    package static func parse(_ text: [UInt8]) throws(QuantityError) -> Duration {
        let (count, unit) = try leadingNumber(of: text)
        let nanoseconds: Int64
        switch String(decoding: unit, as: UTF8.self) {
        case "ms": nanoseconds = 1_000_000
        case "s": nanoseconds = 1_000_000_000
        case "m": nanoseconds = 60_000_000_000
        case "h": nanoseconds = 3_600_000_000_000
        default: throw .malformed
        }
        let (product, overflow) = count.multipliedReportingOverflow(by: nanoseconds)
        guard !overflow else { throw .tooLarge }
        return .nanoseconds(product)
    }
}

/// The decimal number at the beginning of `text`, and what follows it.
func leadingNumber(of text: [UInt8]) throws(QuantityError) -> (Int64, ArraySlice<UInt8>) {
    let digits = text.prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
    guard !digits.isEmpty else { throw .malformed }
    var number: Int64 = 0
    for digit in digits {
        let (product, overflow) = number.multipliedReportingOverflow(by: 10)
        let (sum, carried) = product.addingReportingOverflow(Int64(digit - UInt8(ascii: "0")))
        guard !overflow, !carried else { throw .tooLarge }
        number = sum
    }
    return (number, text[digits.endIndex...])
}
