import Testing

@testable import TouchmonCore

@Suite struct ByteCodingTests {
    @Test func `numbers and strings are read as they were written`() {
        let bytes = ByteWriter.bytes(capacity: 100) { writer in
            writer.number(UInt16(0x1234))
            writer.number(Int64(-2))
            writer.string([7, 8])
            writer.raw([9])
        }
        #expect(
            bytes == [0x34, 0x12, 0xfe] + [UInt8](repeating: 0xff, count: 7) + [2, 0, 7, 8, 9])
        var reader = ByteReader(bytes[0...])
        #expect(reader.number(UInt16.self) == 0x1234)
        #expect(reader.number(Int64.self) == -2)
        #expect(reader.string() == [7, 8])
        #expect(reader.rest == 1)
        #expect(reader.raw(1) == [9])
        #expect(reader.rest == 0)
    }

    /// What comes after something that is not there would be read from the wrong place.
    @Test func `after the first value that is not there nothing is`() {
        let bytes: [UInt8] = [1, 2, 3]
        var reader = ByteReader(bytes[0...])
        #expect(reader.number(UInt32.self) == nil)
        #expect(reader.rest == 0)
        #expect(reader.number(UInt8.self) == nil)
        reader = ByteReader(bytes[0...])
        #expect(reader.raw(4) == nil)
        #expect(reader.rest == 0)
        #expect(reader.raw(1) == nil)
        reader = ByteReader(bytes[0...])
        #expect(reader.string() == nil, "it says that it is longer")
        #expect(reader.rest == 0)
        reader = ByteReader(bytes[0...])
        #expect(reader.raw(-1) == nil)
    }

    @Test(arguments: [0, 1, 9, 10, 99, 100, 18_446_744_073_709_551_615] as [UInt64])
    func `decimal digits`(value: UInt64) {
        #expect(ByteWriter.bytes(capacity: 20) { $0.decimal(value) } == Array("\(value)".utf8))
    }
}
