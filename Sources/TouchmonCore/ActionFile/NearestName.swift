/// The best guess at which of `names` was meant by `text`, or nil when none is near.
///
/// Upper case, and `-` for `_`, do not count as differences.
package func nearestName(to text: [UInt8], in names: [String]) -> String? {
    // Nothing longer can be near, and an attacker's key must not cost more than it is worth.
    guard text.count <= 40 else { return nil }
    let folded = text.map { byte -> UInt8 in
        switch byte {
        case UInt8(ascii: "-"): UInt8(ascii: "_")
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
        default: byte
        }
    }
    var best: (name: String, distance: Int)?
    for name in names {
        let distance = editDistance(folded, Array(name.utf8))
        if distance < best?.distance ?? Int.max { best = (name, distance) }
    }
    guard let best, best.distance <= max(1, min(text.count, best.name.utf8.count) / 3) else {
        return nil
    }
    return best.name
}

/// How many letters have to be inserted, removed, replaced or swapped with their neighbour to turn
/// one text into the other.
func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for (row, byte) in left.enumerated() {
        var current = [row + 1]
        for (column, other) in right.enumerated() {
            var least = min(
                last[column] + (byte == other ? 0 : 1), last[column + 1] + 1, current[column] + 1)
            if row > 0, column > 0, byte == right[column - 1], left[row - 1] == other {
                least = min(least, beforeLast[column - 1] + 1)
            }
            current.append(least)
        }
        (beforeLast, last) = (last, current)
    }
    return last[right.count]
}
