/// The place of an action in the engine's tables; kept while a reload keeps the action's path.
package struct ActionID: Hashable, Sendable {
    private let number: Int32

    package var index: Int { Int(number) }

    package init(_ index: Int) {
        number = Int32(index)
    }

    // The numbers are our own and dense: nobody can choose them so that they collide, and a touch
    // looks several of them up.
    package func _rawHashValue(seed: Int) -> Int { OwnNumber.hash(index, seed) }
}

/// Hashes numbers that the program itself gives out.
enum OwnNumber {
    /// Spreads a number over all bits, as Fibonacci hashing does.
    static func hash(_ number: Int, _ seed: Int) -> Int {
        let product = UInt(bitPattern: number ^ seed) &* 0x9e37_79b9_7f4a_7c15
        return Int(bitPattern: product ^ (product >> 32))
    }
}
