/// A file's bytes together with what is needed to tell the line and column of any of them.
///
/// Columns count Unicode scalars from 1; a byte that is not UTF-8 counts as one. A line ends at a
/// newline, which still belongs to it.
package struct SourceText: Sendable {
    /// The file, as it was named on the command line or found in a directory.
    package let file: RawPath
    package let bytes: [UInt8]

    /// One position in every `stride` bytes, so that a place in a file of a single huge line is
    /// found as fast as in any other.
    private let checkpoints: [Position]
    private static let stride = 128

    /// A byte's offset and what editors call it.
    private struct Position {
        var offset = 0
        var line = 1
        var column = 1
    }

    package init(file: RawPath, bytes: [UInt8]) {
        self.file = file
        self.bytes = bytes
        var position = Position()
        var checkpoints = [position]
        checkpoints.reserveCapacity(bytes.count / Self.stride + 1)
        while position.offset < bytes.count {
            Self.advance(&position, to: checkpoints.count * Self.stride, over: bytes)
            if position.offset >= checkpoints.count * Self.stride { checkpoints.append(position) }
        }
        self.checkpoints = checkpoints
    }

    /// The place of the byte at `offset`, which is 0 to the number of bytes.
    package func location(at offset: Int) -> SourceLocation {
        // In the middle of a scalar that straddles a stride this is the place after it, as in the
        // middle of any other.
        var position = checkpoints[min(offset / Self.stride, checkpoints.count - 1)]
        Self.advance(&position, to: offset, over: bytes)
        return SourceLocation(file: file, line: position.line, column: position.column)
    }

    /// The offset of the byte at `line` and `column`, or nil where the file has no such place.
    ///
    /// The place after the last byte is part of the file.
    package func offset(line: Int, column: Int) -> Int? {
        var low = 0
        var high = checkpoints.count
        while high - low > 1 {
            let middle = (low + high) / 2
            let checkpoint = checkpoints[middle]
            if (checkpoint.line, checkpoint.column) <= (line, column) {
                low = middle
            } else {
                high = middle
            }
        }
        var position = checkpoints[low]
        while position.offset < bytes.count, (position.line, position.column) < (line, column) {
            Self.step(&position, over: bytes)
        }
        return position.line == line && position.column == column ? position.offset : nil
    }

    /// Goes on to the first scalar at or after `offset`, or to the end. Where a word holds eight characters
    /// of one line, as nearly all do, they are passed together.
    private static func advance(
        _ position: inout Position, to offset: Int, over bytes: [UInt8]
    ) {
        let end = min(offset, bytes.count)
        let (low, high): (UInt64, UInt64) = (0x0101_0101_0101_0101, 0x8080_8080_8080_8080)
        let newlines = low &* UInt64(UInt8(ascii: "\n"))
        bytes.withUnsafeBytes { raw in
            while position.offset < end {
                if position.offset + 8 <= end {
                    let word = raw.loadUnaligned(
                        fromByteOffset: position.offset, as: UInt64.self)
                    // A byte that is zero borrows from its highest bit.
                    let differences = word ^ newlines
                    if (word | ((differences &- low) & ~differences)) & high == 0 {
                        position.offset += 8
                        position.column += 8
                        continue
                    }
                }
                step(&position, over: bytes)
            }
        }
    }

    private static func step(_ position: inout Position, over bytes: [UInt8]) {
        let byte = bytes[position.offset]
        if byte == UInt8(ascii: "\n") {
            position.offset += 1
            position.line += 1
            position.column = 1
        } else {
            position.offset +=
                byte < 0x80 ? 1 : bytes.scalar(at: position.offset).map(UTF8.width) ?? 1
            position.column += 1
        }
    }
}
