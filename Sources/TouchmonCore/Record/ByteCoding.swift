/// Writes numbers and byte strings one after the other, little-endian, into memory of a known size:
/// a record is written at every run, and grows nothing.
struct ByteWriter: ~Copyable {
    private let memory: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    /// The bytes that `write` writes; at most `capacity`, more is a mistake and traps.
    @inline(__always)
    static func bytes(capacity: Int, _ write: (inout ByteWriter) -> Void) -> [UInt8] {
        withUnsafeTemporaryAllocation(byteCount: capacity, alignment: 8) { memory in
            var writer = ByteWriter(memory: memory)
            write(&writer)
            var bytes: [UInt8] = []
            bytes.reserveCapacity(writer.count)
            bytes.append(contentsOf: writer.written(from: 0))
            return bytes
        }
    }

    private init(memory: UnsafeMutableRawBufferPointer) {
        self.memory = memory
    }

    @inline(__always)
    private mutating func reserve(_ size: Int) -> Int {
        precondition(size <= memory.count - count, "more is written than was said")
        defer { count += size }
        return count
    }

    @inline(__always)
    mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(_ value: Number) {
        let place = reserve(MemoryLayout<Number>.size)
        memory.storeBytes(of: value.littleEndian, toByteOffset: place, as: Number.self)
    }

    /// Without its length.
    mutating func raw(_ content: [UInt8]) {
        let place = reserve(content.count)
        content.withUnsafeBytes {
            UnsafeMutableRawBufferPointer(rebasing: memory[place...]).copyMemory(from: $0)
        }
    }

    /// A text of the program itself.
    @inline(__always)
    mutating func raw(_ text: StaticString) {
        let place = reserve(text.utf8CodeUnitCount)
        UnsafeMutableRawBufferPointer(rebasing: memory[place...]).copyMemory(
            from: UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func raw(_ text: String) {
        var text = text
        text.withUTF8 { text in
            let place = reserve(text.count)
            UnsafeMutableRawBufferPointer(rebasing: memory[place...])
                .copyMemory(from: UnsafeRawBufferPointer(text))
        }
    }

    /// As decimal digits.
    mutating func decimal(_ value: UInt64) {
        // From the last digit on; no number has more than twenty.
        withUnsafeTemporaryAllocation(byteCount: 20, alignment: 1) { digits in
            var (first, rest) = (20, value)
            repeat {
                let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
                first &-= 1
                digits.storeBytes(
                    of: UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: digit),
                    toByteOffset: first, as: UInt8.self)
                rest = quotient
            } while rest > 0
            let place = reserve(20 - first)
            UnsafeMutableRawBufferPointer(rebasing: memory[place...])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: digits[first...]))
        }
    }

    /// The whole time in nanoseconds since 1970, as decimal digits.
    mutating func nanoseconds(_ time: FileTime) {
        let (whole, overflow) = time.seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carried) = whole.addingReportingOverflow(Int64(time.nanoseconds))
        if !overflow, !carried, sum >= 0 {
            decimal(UInt64(sum))
        } else {
            raw(time.nanosecondsSinceEpoch)
        }
    }

    /// With its length before it; at most 65,535 bytes, which is more than any path has.
    mutating func string(_ content: [UInt8]) {
        number(UInt16(content.count))
        raw(content)
    }

    /// What `write` writes, with its length before it.
    mutating func string(_ write: (inout ByteWriter) -> Void) {
        let place = reserve(2)
        write(&self)
        memory.storeBytes(
            of: UInt16(count - place - 2).littleEndian, toByteOffset: place, as: UInt16.self)
    }

    /// Writes a number over what was written at a place before.
    func overwrite<Number: FixedWidthInteger & BitwiseCopyable>(_ value: Number, at place: Int) {
        precondition(place + MemoryLayout<Number>.size <= count)
        memory.storeBytes(of: value.littleEndian, toByteOffset: place, as: Number.self)
    }

    /// What was written from a place on.
    func written(from place: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: memory[place..<count])
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
