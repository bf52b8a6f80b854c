import TouchmonCore

/// A piece of a JSON Schema, whose members stay in the order in which they are written down.
indirect enum SchemaNode: Sendable {
    case text(String)
    case number(Int64)
    case boolean(Bool)
    case list([SchemaNode])
    case object([(String, SchemaNode)])
    /// Written as it is.
    case json(String)

    private static let width = 100

    /// For people: what fits into a line is in one.
    func text(indentedBy indent: Int = 0, after taken: Int = 0) -> String {
        let line = oneLine
        if indent + taken + line.count < Self.width { return line }
        let space = String(repeating: " ", count: indent + 2)
        func lines(_ parts: [String], _ open: String, _ close: String) -> String {
            "\(open)\n" + parts.map { space + $0 }.joined(separator: ",\n")
                + "\n\(space.dropLast(2))\(close)"
        }
        switch self {
        case .list(let parts):
            return lines(parts.map { $0.text(indentedBy: indent + 2) }, "[", "]")
        case .object(let members):
            let parts = members.map { name, value in
                let key = "\(Self.quoted(name)): "
                return key + value.text(indentedBy: indent + 2, after: key.count)
            }
            return lines(parts, "{", "}")
        default: return line
        }
    }

    private var oneLine: String {
        switch self {
        case .text(let text): Self.quoted(text)
        case .number(let number): "\(number)"
        case .boolean(let value): "\(value)"
        case .json(let text): text
        case .list(let parts): "[" + parts.map(\.oneLine).joined(separator: ", ") + "]"
        case .object(let members):
            "{" + members.map { "\(Self.quoted($0)): \($1.oneLine)" }.joined(separator: ", ") + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var writer = JSONWriter()
        writer.string(text)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// This object with `more` members after its own.
    func adding(_ more: [(String, SchemaNode)]) -> SchemaNode {
        guard case .object(let members) = self else { return self }
        return .object(members + more)
    }
}

extension SchemaNode: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    init(stringLiteral value: String) { self = .text(value) }
    init(integerLiteral value: Int64) { self = .number(value) }
    init(booleanLiteral value: Bool) { self = .boolean(value) }
    init(arrayLiteral elements: SchemaNode...) { self = .list(elements) }
    init(dictionaryLiteral elements: (String, SchemaNode)...) { self = .object(elements) }
}
