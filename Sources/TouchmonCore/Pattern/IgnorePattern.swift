/// One pattern of a `.gitignore`, as git matches it: bytes and not characters, over the whole path.
///
/// Not a `PathPattern`: to git a `**` is one only between slashes, a name in brackets may hold a
/// slash, what is not closed matches nothing, and there are no braces. gitignore(5).
struct IgnorePattern: Hashable, Sendable {
    fileprivate enum Token: Hashable {
        case byte(UInt8)
        /// `?`: not a slash.
        case one
        /// `*`: no slash.
        case any
        case set(ByteSet)
        /// `**/`: any number of directories, also none.
        case directories
        /// Any bytes.
        case all
    }

    private enum Form: Hashable {
        case literal([UInt8])
        /// One `*` at the beginning, and what is literal behind it.
        case suffix([UInt8])
        case general([Token])
        case nothing
    }

    private let form: Form
    /// Whether it is for the name at any depth, and not for the path.
    let isOfName: Bool
    let isOfDirectories: Bool
    /// What it says of what it matches.
    let isIgnoring: Bool

    /// `line` has no end of line, is neither empty nor a comment, and has no spaces at its end that
    /// don't count.
    init(_ line: ArraySlice<UInt8>) {
        var text = line
        isIgnoring = text.first != UInt8(ascii: "!")
        if !isIgnoring { text = text.dropFirst() }
        isOfDirectories = text.last == UInt8(ascii: "/")
        if isOfDirectories { text = text.dropLast() }
        isOfName = !text.contains(UInt8(ascii: "/"))
        if !isOfName, text.first == UInt8(ascii: "/") { text = text.dropFirst() }
        form = Self.form(of: text, isOfName: isOfName)
    }

    private static func form(of text: ArraySlice<UInt8>, isOfName: Bool) -> Form {
        let special = "*?[\\".utf8
        let literal = text.prefix { !special.contains($0) }
        if literal.count == text.count { return text.isEmpty ? .nothing : .literal(Array(text)) }
        let rest = text.dropFirst()
        if isOfName, text.first == UInt8(ascii: "*"), !rest.contains(where: special.contains) {
            return .suffix(Array(rest))
        }
        // git compares what is literal before it looks at the pattern, so that a `**` right behind that
        // is one as if a slash were before it.
        var tokens = literal.map { Token.byte($0) }
        guard append(text[literal.endIndex...], isOfName: isOfName, to: &tokens) else {
            return .nothing
        }
        return .general(tokens)
    }

    /// Whether the text is a pattern at all.
    private static func append(
        _ text: ArraySlice<UInt8>, isOfName: Bool, to tokens: inout [Token]
    ) -> Bool {
        var index = text.startIndex
        while index < text.endIndex {
            switch text[index] {
            case UInt8(ascii: "*"):
                let isAtStart = index == text.startIndex || text[index - 1] == UInt8(ascii: "/")
                let end = text[index...].firstIndex { $0 != UInt8(ascii: "*") } ?? text.endIndex
                let rest = text[end...]
                let isDeep = end - index > 1 && isAtStart && !isOfName
                index = end
                if isDeep, rest.first == UInt8(ascii: "/") {
                    tokens.append(.directories)
                    index += 1
                } else if isDeep, rest.isEmpty || rest.starts(with: "\\/".utf8) {
                    tokens.append(.all)
                } else {
                    tokens.append(.any)
                }
            case UInt8(ascii: "?"):
                tokens.append(.one)
                index += 1
            case UInt8(ascii: "["):
                guard let (set, end) = ByteSet.read(text, at: index) else { return false }
                tokens.append(.set(set))
                index = end
            case UInt8(ascii: "\\"):
                guard index + 1 < text.endIndex else { return false }
                tokens.append(.byte(text[index + 1]))
                index += 2
            default:
                tokens.append(.byte(text[index]))
                index += 1
            }
        }
        return true
    }

    /// Whether it stands for `path`, which is relative to the directory of the `.gitignore`.
    func matches(_ path: UnsafeRawBufferPointer) -> Bool {
        let text = isOfName ? path.lastName : path
        switch form {
        case .literal(let literal):
            return literal.count == text.count && literal.elementsEqual(text)
        case .suffix(let suffix):
            return text.count >= suffix.count && text.suffix(suffix.count).elementsEqual(suffix)
        case .general(let tokens): return Self.matches(text, tokens)
        case .nothing: return false
        }
    }

    /// Where matching goes on when what comes behind a token does not match.
    private struct Choice {
        var token: Int
        var index: Int
        /// Whether it goes on behind a slash only.
        var isOfDirectories = false
    }

    /// Only the last `*` of a name and the last `**` are ever taken back: what an earlier one could
    /// take instead, the last can as well.
    private static func matches(_ path: UnsafeRawBufferPointer, _ tokens: [Token]) -> Bool {
        var token = 0
        var index = 0
        var star: Choice?
        var deep: Choice?
        while token < tokens.count || index < path.count {
            if token < tokens.count {
                switch tokens[token] {
                case .any:
                    token += 1
                    star = Choice(token: token, index: index)
                    continue
                case .directories, .all:
                    token += 1
                    let isOfDirectories = tokens[token - 1] == .directories
                    deep = Choice(token: token, index: index, isOfDirectories: isOfDirectories)
                    star = nil
                    continue
                case let other where index < path.count && other.fits(path[index]):
                    token += 1
                    index += 1
                    continue
                default: break
                }
            }
            if let choice = star, choice.index < path.count,
                path[choice.index] != UInt8(ascii: "/")
            {
                index = choice.index + 1
                token = choice.token
                star = Choice(token: token, index: index)
                continue
            }
            guard var choice = deep, choice.index < path.count else { return false }
            if choice.isOfDirectories { choice.index = path.endOfName(at: choice.index) }
            guard choice.index < path.count else { return false }
            choice.index += 1
            (token, index) = (choice.token, choice.index)
            deep = choice
            star = nil
        }
        return true
    }
}

extension IgnorePattern.Token {
    fileprivate func fits(_ byte: UInt8) -> Bool {
        switch self {
        case .byte(let own): own == byte
        case .set(let set): byte != UInt8(ascii: "/") && set.contains(byte)
        default: self == .one && byte != UInt8(ascii: "/")
        }
    }
}
