/// What becomes of what runs print.
extension ActionDecoder {
    /// Bytes, or a size in a string.
    mutating func outputLimit(_ node: JSONNode) throws(WrongForm) -> Int64? {
        let value: Int64?
        let text: [UInt8]
        switch node.value {
        case .number(let literal): (text, value) = (literal, Self.whole(literal))
        case .string(let string): (text, value) = (string, try? SizeText.parse(string))
        default: throw WrongForm()
        }
        guard let value else {
            report(
                at: node.offset, "`output_limit` can't be \(TerminalText.quoted(text))",
                remedy: ValueForm.size.remedy)
            return nil
        }
        if !OutputPolicy.limits.contains(value) {
            report(
                at: node.offset, "`output_limit` can't be \(TerminalText.quoted(text))",
                remedy: "write a size from `\"4K\"` to `\"1G\"`")
        }
        return value
    }
}
