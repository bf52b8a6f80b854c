extension Collection<UInt8> where Index == Int {
    /// The Unicode scalar whose UTF-8 begins at `index`, or nil where the bytes there are not UTF-8:
    /// a stray or missing continuation byte, an overlong form, a surrogate, or more than U+10FFFF.
    ///
    /// `index` must be inside the collection. Rests on utf-8(7) and RFC 3629, section 4.
    package func scalar(at index: Int) -> Unicode.Scalar? {
        let lead = self[index]
        if lead < 0x80 { return Unicode.Scalar(lead) }
        // The second byte tells overlong forms; surrogates and what lies beyond Unicode are no
        // scalars, which `Unicode.Scalar` finds.
        let (length, second): (Int, ClosedRange<UInt8>)
        switch lead {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF4: (length, second) = (4, 0x80...0xBF)
        default: return nil
        }
        guard index + length <= endIndex, second.contains(self[index + 1]) else { return nil }
        var value = UInt32(lead) & (0x7F >> UInt32(length))
        value = value << 6 | UInt32(self[index + 1] & 0x3F)
        for position in (index + 2)..<(index + length) {
            guard self[position] & 0xC0 == 0x80 else { return nil }
            value = value << 6 | UInt32(self[position] & 0x3F)
        }
        return Unicode.Scalar(value)
    }
}
