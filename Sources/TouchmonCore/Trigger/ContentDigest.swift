/// Tells whether a file's bytes are others than before: 128 bits that depend on all of them.
///
/// Not a cryptographic hash. Whoever could make two contents with one digest may write the file, and
/// would only keep his own change from being noticed.
package struct ContentDigest: Hashable, Sendable {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Takes the bytes of a file one piece after another; it does not matter how they are cut.
    package struct Builder: Sendable {
        private var lanes: (UInt64, UInt64) = (0x9e37_79b9_7f4a_7c15, 0xc2b2_ae3d_27d4_eb4f)
        private var word: UInt64 = 0
        private var count: UInt64 = 0

        package init() {}

        package mutating func add(_ bytes: RawSpan) {
            var offset = 0
            while offset < bytes.byteCount, count % 8 != 0 {
                take(bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self))
                offset += 1
            }
            while bytes.byteCount - offset >= 8 {
                let word = bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
                mix(UInt64(littleEndian: word))
                count &+= 8
                offset += 8
            }
            while offset < bytes.byteCount {
                take(bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self))
                offset += 1
            }
        }

        private mutating func take(_ byte: UInt8) {
            word |= UInt64(byte) << (8 * (count % 8))
            count &+= 1
            guard count % 8 == 0 else { return }
            mix(word)
            word = 0
        }

        /// Each lane multiplies to twice the width and folds: every bit reaches all others.
        private mutating func mix(_ word: UInt64) {
            let first = (lanes.0 ^ word).multipliedFullWidth(by: 0xff51_afd7_ed55_8ccd)
            let second = (lanes.1 &+ word).multipliedFullWidth(by: 0xc4ce_b9fe_1a85_ec53)
            lanes.0 = (first.high ^ first.low) &+ 0x9e37_79b9_7f4a_7c15
            lanes.1 = (second.high ^ second.low) ^ lanes.0.byteSwapped
        }

        /// The digest of what was added.
        package var digest: ContentDigest {
            var end = self
            end.mix(word)
            end.mix(count)
            end.mix(0)
            return ContentDigest(high: end.lanes.0, low: end.lanes.1)
        }
    }
}

/// What was found when a file's bytes were to be read.
package enum ContentReading: Hashable, Sendable {
    /// With the file as it was before and after, and the wall clock just before.
    case digest(ContentDigest, FileStatus, began: FileTime)
    /// They can't be compared: no regular file, too large a one, or one that can't be read.
    case none
}
