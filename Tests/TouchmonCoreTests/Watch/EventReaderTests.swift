import Testing
import TouchmonCore
import TouchmonTestSupport

/// The bytes of inotify(7): those of the kernel, and those of nobody.
@Suite struct EventReaderTests {
    struct Found: Equatable {
        var watch: Int32
        var mask: InotifyMask
        var name: [UInt8]
    }

    static func record(
        _ watch: Int32, _ mask: InotifyMask, _ name: [UInt8] = [], padding: Int = 0,
        length: UInt32? = nil
    ) -> [UInt8] {
        let header: [UInt32] = [
            UInt32(bitPattern: watch), mask.rawValue, 0, length ?? UInt32(name.count + padding),
        ]
        let bytes = header.flatMap { word in withUnsafeBytes(of: word, Array.init) }
        return bytes + name + [UInt8](repeating: 0, count: padding)
    }

    static func read(_ bytes: [UInt8]) -> [Found] {
        var reader = EventReader(bytes.span.bytes)
        var found: [Found] = []
        while let event = reader.next() {
            found.append(
                Found(watch: event.watch, mask: event.mask, name: Array(bytes[event.name])))
        }
        return found
    }

    @Test func `records follow each other, with the padding of a name left out`() {
        let bytes =
            Self.record(1, .closeAfterWriting)
            + Self.record(2, [.create, .isDirectory], Array("stamp".utf8), padding: 11)
            + Self.record(-1, .queueOverflow)
        #expect(
            Self.read(bytes) == [
                Found(watch: 1, mask: .closeAfterWriting, name: []),
                Found(watch: 2, mask: [.create, .isDirectory], name: Array("stamp".utf8)),
                Found(watch: -1, mask: .queueOverflow, name: []),
            ])
    }

    @Test func `a name may be of any bytes, and need not be padded`() {
        let name: [UInt8] = [0xff, 0x0a, 0x20, 0x80]
        #expect(Self.read(Self.record(1, .create, name)).map(\.name) == [name])
        #expect(
            Self.read(Self.record(1, .create, Array(repeating: 0x61, count: 255), padding: 1))
                .map(\.name.count) == [255])
    }

    @Test func `a name of nothing but padding is none`() {
        #expect(Self.read(Self.record(1, .create, [], padding: 16)).map(\.name) == [[]])
    }

    @Test func `what is between two NULs of the padding is not the next name`() {
        let bytes = Self.record(1, .create, Array("a\0b\0".utf8)) + Self.record(2, .delete)
        #expect(Self.read(bytes).map(\.name) == [Array("a".utf8), []])
        #expect(Self.read(bytes).map(\.watch) == [1, 2])
    }

    @Test func `a record that is cut ends the reading after those before it`() {
        let bytes =
            Self.record(1, .modify) + Self.record(2, .create, Array("stamp".utf8), padding: 11)
        for count in 0..<bytes.count {
            #expect(Self.read(Array(bytes[..<count])).count == (count < 16 ? 0 : 1))
        }
    }

    @Test(arguments: [17, 4096, 0x7fff_ffff, 0xffff_ffff] as [UInt32])
    func `a length beyond the bytes ends the reading`(length: UInt32) {
        let bytes = Self.record(1, .create, Array("name".utf8), padding: 12, length: length)
        #expect(Self.read(bytes).isEmpty)
    }

    @Test func `no bytes at all are read outside of what was given`() {
        for seed in 0..<2000 as Range<UInt64> {
            var random = SplitMix64(seed: seed)
            let count = Int.random(in: 0...200, using: &random)
            let bytes = (0..<count).map { _ in
                // Mostly zeros, so that lengths are often small enough to go on.
                Bool.random(using: &random) ? 0 : UInt8.random(in: 0...255, using: &random)
            }
            let found = Self.read(bytes)
            #expect(found.reduce(0) { $0 + 16 + $1.name.count } <= count, "seed \(seed)")
            #expect(found.allSatisfy { !$0.name.contains(0) }, "seed \(seed)")
        }
    }
}
