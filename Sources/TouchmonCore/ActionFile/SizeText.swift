/// Sizes as action files and options spell them: a whole number of bytes, or one with `K`, `M`, `G`
/// or `T`, which are powers of 1024.
package enum SizeText {
    /// How to write one, after "write".
    static let form =
        "a whole number with `K`, `M`, `G` or `T` in quotes, as in `\"512M\"`"

    /// The number of bytes that `text` spells, never negative.
    package static func parse(_ text: [UInt8]) throws(QuantityError) -> Int64 {
        let (count, unit) = try leadingNumber(of: text)
        let shift: Int64
        switch String(decoding: unit, as: UTF8.self) {
        case "": shift = 0
        case "K": shift = 10
        case "M": shift = 20
        case "G": shift = 30
        case "T": shift = 40
        default: throw .malformed
        }
        let (product, overflow) = count.multipliedReportingOverflow(by: 1 << shift)
        guard !overflow else { throw .tooLarge }
        return product
    }
}
