/// A value is not of the type that its key's form has.
struct WrongForm: Error {}

/// The values of an action's keys. Each function reports what is wrong and returns what is right.
extension ActionDecoder {
    mutating func argv(_ node: JSONNode) throws(WrongForm) -> [[UInt8]] {
        guard case .list(let elements) = node.value else { throw WrongForm() }
        if elements.isEmpty {
            report(at: node.offset, "`argv` is empty", remedy: ValueForm.strings.remedy)
        }
        var argv: [[UInt8]] = []
        argv.reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            guard let text = string(element, "`argv[\(index)]`") else { continue }
            if index == 0, text.isEmpty {
                report(
                    at: element.offset, "the program is empty", remedy: "write a program's name")
            }
            argv.append(text)
        }
        return argv
    }

    mutating func accounts(
        _ node: JSONNode, _ key: String
    ) throws(WrongForm) -> [AccountName] {
        guard case .list(let elements) = node.value else { throw WrongForm() }
        return elements.enumerated().compactMap { account($1, "\(key)[\($0)]") }
    }

    mutating func account(_ node: JSONNode, _ key: String) -> AccountName? {
        let complaint: String
        switch node.value {
        case .number(let text):
            if let id = accountID(text) { return .id(id) }
            complaint = "can't be \(TerminalText.quoted(text))"
        case .string(let text) where !text.isEmpty && text.allSatisfy(JSONReader.isDigit):
            if let id = accountID(text) { return .id(id) }
            complaint = "can't be \(TerminalText.quoted(text))"
        case .string(let text):
            guard refuseNUL(in: text, at: node.offset, "`\(key)`") else { return nil }
            if !text.isEmpty, let name = String(validating: text, as: UTF8.self) {
                return .name(name)
            }
            complaint = text.isEmpty ? "is empty" : "is not UTF-8"
        default:
            complaint = "must be \(ValueForm.account.words), not \(node.value.kind)"
        }
        report(at: node.offset, "`\(key)` \(complaint)", remedy: ValueForm.account.remedy)
        return nil
    }

    /// 4294967295 is left out: for the kernel it is -1, "leave as it is". setresuid(2).
    private func accountID(_ digits: [UInt8]) -> UInt32? {
        UInt32(String(decoding: digits, as: UTF8.self)).flatMap { $0 == .max ? nil : $0 }
    }

    mutating func environment(_ node: JSONNode) throws(WrongForm) -> [EnvironmentVariable] {
        guard case .object(let members) = node.value else { throw WrongForm() }
        reportDuplicates(in: members)
        var variables: [EnvironmentVariable] = []
        for member in members {
            checkVariableName(member)
            if let value = string(
                member.node, "the variable \(TerminalText.quoted(member.key))")
            {
                variables.append(EnvironmentVariable(name: member.key, value: value))
            }
        }
        return variables.sorted { $0.name.lexicographicallyPrecedes($1.name) }
    }

    private mutating func checkVariableName(_ member: JSONMember) {
        let name = member.key
        if name.isEmpty {
            report(at: member.keyOffset, "a variable has an empty name", remedy: "write a name")
        }
        if name.contains(UInt8(ascii: "=")) {
            report(
                at: member.keyOffset, "the variable name \(TerminalText.quoted(name)) holds a `=`",
                remedy: "write `\"NAME\": \"value\"`")
        }
        if name.starts(with: "TOUCHMON_".utf8) {
            report(
                at: member.keyOffset, "\(TerminalText.quoted(name)) is touchmon's own variable",
                remedy: "choose a name that does not begin with `TOUCHMON_`")
        }
        refuseNUL(in: name, at: member.keyOffset, "the name of a variable")
    }

    mutating func absolutePath(_ node: JSONNode, _ key: String) throws(WrongForm) -> RawPath? {
        guard case .string(let text) = node.value else { throw WrongForm() }
        guard refuseNUL(in: text, at: node.offset, "`\(key)`") else { return nil }
        let path = RawPath(bytes: text)
        guard path.isAbsolute else {
            report(
                at: node.offset, "`\(key)` must be an absolute path",
                remedy: ValueForm.path.remedy)
            return nil
        }
        return path
    }

    mutating func umask(_ node: JSONNode) throws(WrongForm) -> UInt16? {
        guard case .string(let text) = node.value else { throw WrongForm() }
        let isOctal = text.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "7") ~= $0 }
        guard isOctal, 1...4 ~= text.count,
            let mask = UInt16(String(decoding: text, as: UTF8.self), radix: 8), mask <= 0o777
        else {
            report(
                at: node.offset, "\(TerminalText.quoted(text)) is not a umask",
                remedy: ValueForm.octal.remedy)
            return nil
        }
        return mask
    }

    func boolean(_ node: JSONNode) throws(WrongForm) -> Bool {
        guard case .boolean(let value) = node.value else { throw WrongForm() }
        return value
    }

    mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ node: JSONNode, _ key: String
    ) throws(WrongForm) -> Choice? {
        guard case .string(let text) = node.value else { throw WrongForm() }
        if let choice = Choice(rawValue: String(decoding: text, as: UTF8.self)) { return choice }
        let names = Choice.allCases.map(\.rawValue)
        let remedy = nearestName(to: text, in: names).map { "write `\"\($0)\"` instead" }
        report(
            at: node.offset, "`\(key)` can't be \(TerminalText.quoted(text))",
            remedy: remedy ?? ValueForm.oneOf(names).remedy)
        return nil
    }

    /// A string that can be passed to the kernel.
    private mutating func string(
        _ node: JSONNode, _ subject: @autoclosure () -> String
    ) -> [UInt8]? {
        let remedy: String
        switch node.value {
        case .string(let text):
            return refuseNUL(in: text, at: node.offset, subject()) ? text : nil
        case .number(let literal):
            remedy = "write `\"\(String(decoding: literal.prefix(40), as: UTF8.self))\"`"
        case .boolean(let value):
            remedy = "write `\"\(value)\"`"
        default:
            remedy = "write a string in double quotes"
        }
        report(
            at: node.offset, "\(subject()) must be a string, not \(node.value.kind)",
            remedy: remedy)
        return nil
    }

    /// Reports a NUL: the kernel ends every path, argument and variable there. execve(2).
    @discardableResult
    mutating func refuseNUL(
        in text: [UInt8], at offset: Int, _ subject: @autoclosure () -> String
    ) -> Bool {
        guard text.contains(0) else { return true }
        report(
            at: offset, "\(subject()) holds a NUL character",
            remedy: "remove `\\u0000`: no path, name, argument or variable can hold it")
        return false
    }

    /// What the object that a key has as its value holds under the names that belong there. Reports
    /// others, and the `required` ones that are not there, each with what to write.
    mutating func parts(
        of node: JSONNode, _ key: String, _ names: [String], required: KeyValuePairs<String, String>
    ) throws(WrongForm) -> [String: JSONNode] {
        guard case .object(let members) = node.value else { throw WrongForm() }
        reportDuplicates(in: members)
        var parts: [String: JSONNode] = [:]
        for member in members {
            let name = String(decoding: member.key, as: UTF8.self)
            if names.contains(name) {
                parts[name] = member.node
            } else {
                reportUnknown(member, of: key, names)
            }
        }
        for (name, remedy) in required where parts[name] == nil {
            report(at: node.offset, "`\(key)` has no `\(name)`", remedy: remedy)
        }
        return parts
    }
}
