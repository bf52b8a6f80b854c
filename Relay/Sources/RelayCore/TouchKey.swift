/// The name of a touch in the fleet: components separated by `/`, which become directories.
package struct TouchKey: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// In bytes: etcd would take more, a path would not.
    package static let longest = 512
    package static let longestComponent = 200

    /// As it was written.
    package let text: String

    /// Throws what is wrong with it.
    package init(_ text: String) throws(KeyProblem) {
        let bytes = text.utf8
        guard !bytes.isEmpty else { throw .empty }
        guard bytes.count <= Self.longest else { throw .tooLong }
        for component in bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        {
            guard let first = component.first else { throw .emptyComponent }
            guard component.allSatisfy(Self.isAllowed) else { throw .character }
            // What is hidden is ours: a value is written under such a name before it takes its place.
            guard first != UInt8(ascii: ".") else { throw .hidden }
            guard component.count <= Self.longestComponent else { throw .longComponent }
        }
        self.text = text
    }

    /// From the directory of the first one to the name of the file.
    package var components: [String] { text.split(separator: "/").map(String.init) }

    package var description: String { text }

    package static func < (one: TouchKey, other: TouchKey) -> Bool { one.text < other.text }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

/// Why a text is no key.
package enum KeyProblem: String, Error, Sendable {
    case empty = "it is empty"
    case tooLong = "it has more than 512 bytes"
    case emptyComponent = "it begins or ends with /, or has // in it"
    case character = "it has a character that is none of A-Z a-z 0-9 . _ - and /"
    case hidden = "a part of it begins with a dot"
    case longComponent = "a part of it has more than 200 bytes"
}

/// Which keys somebody follows.
package struct KeySelection: Hashable, Sendable {
    /// Keys that are followed by name.
    package let keys: [TouchKey]
    private let prefixes: [String]

    /// Of arguments: a key, or the beginning of keys with a `/` behind it. None means all.
    package init(_ arguments: [String]) throws(KeyProblem) {
        var keys: [TouchKey] = []
        var prefixes: [String] = []
        for argument in arguments {
            if argument.utf8.last == UInt8(ascii: "/") {
                prefixes.append(try TouchKey(String(argument.dropLast())).text + "/")
            } else {
                keys.append(try TouchKey(argument))
            }
        }
        self.keys = keys
        self.prefixes = prefixes
    }

    /// Whether the key is followed.
    package func contains(_ key: TouchKey) -> Bool {
        if keys.isEmpty && prefixes.isEmpty { return true }
        return keys.contains(key) || prefixes.contains { key.text.hasPrefix($0) }
    }

    /// What everything that is followed begins with: one watch does for all.
    package var commonPrefix: String {
        let all = keys.map(\.text) + prefixes
        guard var common = all.first else { return "" }
        for text in all.dropFirst() {
            common = String(zip(common, text).prefix { $0 == $1 }.map(\.0))
        }
        return common
    }
}
