/// A pattern for one name of a path: `*`, `?`, `[…]`, and a backslash that makes the next character
/// literal. glob(7), fnmatch(3).
///
/// `?` and `[…]` stand for one character, which is a Unicode scalar where the name's bytes are UTF-8
/// and one byte where they are not. What is not closed stands for itself, and so does a backslash at
/// the end.
struct NamePattern: Hashable, Sendable {
    enum Token: Hashable {
        case character(UInt32)
        case one
        case any
        case set(CharacterSet)
    }

    private enum Form: Hashable {
        case literal([UInt8])
        /// One `*`, with what is literal before and behind it.
        case affixes([UInt8], [UInt8])
        case general([Token])
    }

    private let form: Form
    /// The usual exclusions that this pattern itself asks for: all names that it matches have them.
    let covers: UsualExclusions

    /// `pattern` has no slash.
    init(_ pattern: ArraySlice<UInt8>) {
        let tokens = Self.tokens(of: pattern)
        guard let first = tokens.firstIndex(where: { $0.character == nil }),
            let last = tokens.lastIndex(where: { $0.character == nil })
        else {
            let name = Self.bytes(of: ArraySlice(tokens))
            form = .literal(name)
            covers = name.withUnsafeBytes { UsualExclusions(of: $0) }
            return
        }
        let prefix = tokens[..<first]
        let suffix = tokens[(last + 1)...]
        let affixes = (prefix: Self.bytes(of: prefix), suffix: Self.bytes(of: suffix))
        // A byte that is not UTF-8 could be half of a character of the name.
        let isText = (prefix + suffix).allSatisfy { $0.character.map(Self.isScalar) == true }
        form =
            first == last && tokens[first] == .any && isText
            ? .affixes(affixes.prefix, affixes.suffix) : .general(tokens)
        covers = UsualExclusions(ofAllBetween: affixes.prefix, affixes.suffix)
    }

    /// A pattern that only `name` matches.
    init(literal name: [UInt8]) {
        form = .literal(name)
        covers = name.withUnsafeBytes { UsualExclusions(of: $0) }
    }

    /// The only name that it matches; nil where there may be others.
    var literal: [UInt8]? {
        if case .literal(let name) = form { name } else { nil }
    }

    /// Whether the whole of `name` is what this stands for.
    func matches(_ name: UnsafeRawBufferPointer) -> Bool {
        switch form {
        case .literal(let literal):
            return literal.count == name.count && literal.elementsEqual(name)
        case .affixes(let prefix, let suffix):
            return name.count >= prefix.count + suffix.count && name.starts(with: prefix)
                && name.suffix(suffix.count).elementsEqual(suffix)
        case .general(let tokens): return Self.matches(name, tokens)
        }
    }

    /// Only the last `*` is ever taken back: what an earlier one could take instead, the last can as
    /// well. Therefore the time is at most the product of both lengths.
    private static func matches(_ name: UnsafeRawBufferPointer, _ tokens: [Token]) -> Bool {
        var token = 0
        var index = 0
        var star: (token: Int, index: Int)?
        while index < name.count {
            if token < tokens.count {
                if tokens[token] == .any {
                    token += 1
                    star = (token, index)
                    continue
                }
                let character = name.character(at: index)
                if tokens[token].fits(character.code) {
                    token += 1
                    index += character.length
                    continue
                }
            }
            guard let last = star else { return false }
            index = last.index + name.character(at: last.index).length
            token = last.token
            star = (token, index)
        }
        return token == tokens.count || (token == tokens.count - 1 && tokens[token] == .any)
    }
}

extension NamePattern.Token {
    fileprivate func fits(_ character: UInt32) -> Bool {
        switch self {
        case .character(let code): code == character
        case .set(let set): set.contains(character)
        default: self == .one
        }
    }
}
