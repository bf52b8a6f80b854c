/// Which changes count, and whose.
extension ActionDecoder {
    mutating func touchKinds(_ node: JSONNode) throws(WrongForm) -> TouchKinds? {
        guard case .list(let elements) = node.value else { throw WrongForm() }
        let names = TouchKinds.names.map(\.name)
        if elements.isEmpty {
            report(at: node.offset, "`on` is empty", remedy: ValueForm.touchKinds.remedy)
        }
        var kinds: TouchKinds = []
        for (index, element) in elements.enumerated() {
            guard case .string(let text) = element.value else {
                report(
                    at: element.offset,
                    "`on[\(index)]` must be a string, not \(element.value.kind)",
                    remedy: ValueForm.touchKinds.remedy)
                continue
            }
            let known = TouchKinds.names.first { $0.name.utf8.elementsEqual(text) }
            guard let known else {
                let near = nearestName(to: text, in: names)
                report(
                    at: element.offset, "`on[\(index)]` can't be \(TerminalText.quoted(text))",
                    remedy: near.map { "write `\"\($0)\"` instead" }
                        ?? ValueForm.oneOf(names).remedy)
                continue
            }
            if kinds.contains(known.kind) {
                report(
                    at: element.offset, "\(TerminalText.quoted(text)) was here before",
                    remedy: "keep one of the two")
            }
            kinds.insert(known.kind)
        }
        return kinds.isEmpty ? nil : kinds
    }

    /// `{"users": [account], "groups": [account]}`.
    mutating func touchedBy(_ node: JSONNode) throws(WrongForm) -> ToucherNames? {
        let problems = problemCount
        let parts = try parts(of: node, "touched_by", ["users", "groups"], required: [:])
        let names = ToucherNames(
            users: accounts(parts["users"], of: "touched_by.users"),
            groups: accounts(parts["groups"], of: "touched_by.groups"))
        guard names.users.isEmpty, names.groups.isEmpty else { return names }
        // Nobody at all is hardly meant; and must never be taken for anybody.
        if problemCount == problems {
            report(
                at: node.offset, "`touched_by` names nobody",
                remedy: "\(ValueForm.touchedBy.remedy), or remove `touched_by`")
        }
        return names
    }

    /// Reports keys that can't stand together.
    mutating func checkTouches(_ action: ActionDefinition, _ members: [JSONMember]) {
        guard action.touchedBy != nil, !action.touch.on.isDisjoint(with: .levels),
            let member = members.last(where: { $0.key.elementsEqual("touched_by".utf8) })
        else { return }
        report(
            at: member.keyOffset,
            "`touched_by` can't guard `exists` or `not_empty`: nobody touches a state",
            remedy: "remove `touched_by`, or count other changes in `on`")
    }

    private mutating func accounts(_ node: JSONNode?, of key: String) -> [AccountName] {
        guard let node else { return [] }
        do {
            return try accounts(node, key)
        } catch {
            reportForm(of: node, key, .accounts)
            return []
        }
    }
}
