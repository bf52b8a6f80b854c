@testable import TouchmonSystem

/// Lists of strings as tests write them.
extension SpawnStrings: ExpressibleByArrayLiteral {
    init(_ strings: [[UInt8]]) {
        self.init(bytes: strings.flatMap { $0 + [0] }, count: strings.count)
    }

    package init(arrayLiteral strings: [UInt8]...) {
        self.init(strings)
    }

    var strings: [[UInt8]] {
        bytes.split(separator: 0, omittingEmptySubsequences: false).dropLast().map(Array.init)
    }

    static func += (list: inout SpawnStrings, more: [[UInt8]]) {
        list = SpawnStrings(list.strings + more)
    }

    mutating func append(_ string: [UInt8]) {
        self += [string]
    }
}
