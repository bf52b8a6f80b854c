/// Writes numbers and byte strings one after the other, little-endian.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int = 0) {
        bytes.reserveCapacity(capacity)
    }

    mutating func number<Number: FixedWidthInteger>(_ value: Number) {
        for shift in stride(from: 0, to: Number.bitWidth, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> Number(shift)))
        }
    }

    /// Without its length.
    mutating func raw(_ content: [UInt8]) {
        bytes.append(contentsOf: content)
    }

    /// With its length before it; at most 65,535 bytes, which is more than any path has.
    mutating func string(_ content: [UInt8]) {
        number(UInt16(content.count))
        raw(content)
    }
}

/// Reads what `ByteWriter` wrote; nil from the first value on that is not there.
struct ByteReader {
    private let bytes: ArraySlice<UInt8>
    private var position: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    /// How many bytes were not read yet.
    var rest: Int { bytes.endIndex - position }

    mutating func number<Number: FixedWidthInteger>(_: Number.Type = Number.self) -> Number? {
        let size = Number.bitWidth / 8
        guard rest >= size else {
            position = bytes.endIndex
            return nil
        }
        var value: Number = 0
        for index in 0..<size {
            value |= Number(truncatingIfNeeded: bytes[position + index]) << Number(8 * index)
        }
        position += size
        return value
    }

    mutating func raw(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, rest >= count else {
            position = bytes.endIndex
            return nil
        }
        defer { position += count }
        return bytes[position..<position + count]
    }

    mutating func string() -> [UInt8]? {
        guard let count = number(UInt16.self) else { return nil }
        return raw(Int(count)).map(Array.init)
    }
}
