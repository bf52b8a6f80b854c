/// Makes actions of one file's JSON and reports everything that is wrong with it.
///
/// It never stops at a problem: what can't be decoded is reported and left out.
struct ActionDecoder {
    let source: SourceText
    /// What relative paths are relative to.
    let directory: RawPath
    private(set) var problems: [Problem] = []
    private let keys: [[UInt8]: ActionKey]

    init(source: SourceText, directory: RawPath) {
        self.source = source
        self.directory = directory
        keys = Dictionary(
            uniqueKeysWithValues: ActionKey.all.map { (Array($0.name.utf8), $0) })
    }

    /// The actions that have no error, in the order in which they stand in the file.
    mutating func decode() -> [ActionDefinition] {
        let document: JSONDocument
        do {
            document = try JSONReader.read(source.bytes)
        } catch {
            report(at: error.offset, error.message, remedy: error.remedy)
            return []
        }
        for offset in document.loneSurrogates {
            report(
                at: offset, "this is half of a character",
                remedy: "write both halves, or `\\udc80` to `\\udcff` for a byte that is not UTF-8")
        }
        guard case .object(let members) = document.root.value else {
            report(
                at: document.root.offset,
                "an action file must be an object, not \(document.root.value.kind)",
                remedy: "write `{\"/path/of/a/file\": {\"argv\": […], \"user\": \"…\"}}`")
            return []
        }
        var actions: [ActionDefinition] = []
        actions.reserveCapacity(members.count)
        var seen: [[UInt8]: Int] = [:]
        seen.reserveCapacity(members.count)
        for member in members where member.key.first != UInt8(ascii: "$") {
            let before = problems.count
            reportDuplicate(member, after: &seen)
            let action = action(member)
            if let action, problems.count == before { actions.append(action) }
        }
        return actions
    }

    private mutating func action(_ member: JSONMember) -> ActionDefinition? {
        checkPath(member)
        guard case .object(let members) = member.node.value else {
            report(
                at: member.node.offset,
                "an action must be an object, not \(member.node.value.kind)",
                remedy: "write `{\"argv\": […], \"user\": \"…\"}`")
            return nil
        }
        var action = ActionDefinition(
            path: RawPath(bytes: member.key).normalized(relativeTo: directory),
            location: source.location(at: member.keyOffset), argv: [])
        var seen: [[UInt8]: Int] = [:]
        for part in members {
            reportDuplicate(part, after: &seen)
            guard let key = keys[part.key] else {
                reportUnknown(part)
                continue
            }
            guard let form = key.form else {
                report(
                    at: part.keyOffset,
                    "`\(key.name)` is not supported by this version of touchmon",
                    remedy: "remove it, or use a later version")
                continue
            }
            guard form.accepts(part.node.value) else {
                report(
                    at: part.node.offset,
                    "`\(key.name)` must be \(form.words), not \(part.node.value.kind)",
                    remedy: form.remedy)
                continue
            }
            key.decode(part.node, &action, &self)
        }
        if !members.contains(where: { $0.key.elementsEqual("argv".utf8) }) {
            report(
                at: member.keyOffset,
                "the action for \(TerminalText.quoted(member.key)) has no `argv`",
                remedy: "write what to run: `\"argv\": [\"program\", \"argument\"]`")
        }
        return action
    }

    private mutating func checkPath(_ member: JSONMember) {
        if member.key.isEmpty {
            report(at: member.keyOffset, "the watched path is empty", remedy: "write a path")
        }
        refuseNUL(in: member.key, at: member.keyOffset, "the watched path")
    }

    private mutating func reportUnknown(_ member: JSONMember) {
        let names = ActionKey.all.filter { $0.form != nil }.map(\.name)
        let remedy: String
        if let alias = ActionKey.all.first(where: { key in
            key.aliases.contains { $0.utf8.elementsEqual(member.key) }
        }) {
            remedy = "write `\(alias.name)` instead"
        } else if let near = nearestName(to: member.key, in: ActionKey.all.map(\.name)) {
            remedy =
                names.contains(near)
                ? "write `\(near)` instead"
                : "remove it; if `\(near)` is meant, it needs a later version of touchmon"
        } else {
            remedy =
                "remove it; the keys are " + names.map { "`\($0)`" }.joined(separator: ", ")
        }
        report(
            at: member.keyOffset, "\(TerminalText.quoted(member.key)) is not a key of an action",
            remedy: remedy)
    }

    /// Reports a key that stood before in the same object; `seen` has the keys that did.
    mutating func reportDuplicate(_ member: JSONMember, after seen: inout [[UInt8]: Int]) {
        guard let first = seen.updateValue(member.keyOffset, forKey: member.key) else { return }
        let place = source.location(at: first)
        report(
            at: member.keyOffset,
            "\(TerminalText.quoted(member.key)) was here before, at \(place.line):\(place.column)",
            remedy: "keep one of the two")
    }

    mutating func report(at offset: Int, _ message: String, remedy: String) {
        problems.append(
            Problem(.error, at: source.location(at: offset), message, remedy: remedy))
    }
}
