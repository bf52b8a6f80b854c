extension String {
    /// Its bytes in UTF-8, where `⟨ff⟩` stands for the byte 0xff.
    var markedBytes: [UInt8] {
        var bytes: [UInt8] = []
        for part in split(separator: "⟨", omittingEmptySubsequences: false) {
            let pieces = part.split(separator: "⟩", omittingEmptySubsequences: false)
            if pieces.count == 2, let byte = UInt8(pieces[0], radix: 16) {
                bytes.append(byte)
                bytes += pieces[1].utf8
            } else {
                bytes += part.utf8
            }
        }
        return bytes
    }
}
