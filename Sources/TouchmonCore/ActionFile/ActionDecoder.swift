/// Makes actions of one file's JSON and reports everything that is wrong with it.
///
/// It never stops at a problem: what can't be decoded is reported and left out.
struct ActionDecoder {
    let source: SourceText
    /// What relative paths are relative to.
    let directory: RawPath
    /// The first `problemLimit` problems: a file that is all mistakes must not cost more memory
    /// and time than anybody would read.
    private(set) var problems: [Problem] = []
    private(set) var problemCount = 0
    private var firstLeftOut: Int?
    private static let problemLimit = 1_000
    /// What the keys for patterns and directories say of the present action.
    var tree = TreeParts()
    /// The keys' places in `ActionKey.all`.
    private let keys: [[UInt8]: Int]

    init(source: SourceText, directory: RawPath) {
        self.source = source
        self.directory = directory
        keys = Dictionary(
            uniqueKeysWithValues: ActionKey.all.enumerated().map { (Array($1.name.utf8), $0) })
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
        let watched = members.filter { $0.key.first != UInt8(ascii: "$") }
        let duplicates = reportDuplicates(in: watched)
        for member in watched {
            let before = problemCount
            let action = action(member)
            guard let action, problemCount == before, !duplicates.contains(member.keyOffset)
            else { continue }
            actions.append(action)
        }
        reportLeftOut()
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
        tree = TreeParts()
        take(members, into: &action) { decoder, part, key in
            if key == nil { decoder.reportUnknown(part) }
            return key != nil
        }
        checkTouches(action, members)
        takeTree(member, members, into: &action)
        if !members.contains(where: { $0.key.elementsEqual("argv".utf8) }) {
            report(
                at: member.keyOffset,
                "the action for \(TerminalText.quoted(member.key)) has no `argv`",
                remedy: "write what to run: `\"argv\": [\"program\", \"argument\"]`")
        }
        return action
    }

    /// Decodes what an action holds, or a part of one. `isKnown` says whether a key belongs there, and
    /// reports it where it does not.
    mutating func take(
        _ members: [JSONMember], into action: inout ActionDefinition,
        isKnown: (inout ActionDecoder, JSONMember, ActionKey?) -> Bool
    ) {
        reportDuplicates(in: members)
        for part in members {
            let known = keys[part.key].map { ActionKey.all[$0] }
            guard isKnown(&self, part, known), let key = known else { continue }
            do {
                try key.decode(part.node, &action, &self)
            } catch {
                reportForm(of: part.node, key.name, key.form)
            }
        }
        checkSettings(action.process, members)
    }

    /// Reports a value that has not the form that its key asks for.
    mutating func reportForm(of node: JSONNode, _ key: String, _ form: ValueForm) {
        report(
            at: node.offset, "`\(key)` must be \(form.words), not \(node.value.kind)",
            remedy: form.remedy)
    }

    private mutating func checkPath(_ member: JSONMember) {
        if member.key.isEmpty {
            report(at: member.keyOffset, "the watched path is empty", remedy: "write a path")
        }
        refuseNUL(in: member.key, at: member.keyOffset, "the watched path")
    }

    private mutating func reportUnknown(_ member: JSONMember) {
        report(
            at: member.keyOffset, "\(TerminalText.quoted(member.key)) is not a key of an action",
            remedy: Self.remedy(forUnknown: member.key))
    }

    private static func remedy(forUnknown key: [UInt8]) -> String {
        let alias = ActionKey.all.first { $0.aliases.contains { $0.utf8.elementsEqual(key) } }
        if let alias { return "write `\(alias.name)` instead" }
        let names = ActionKey.all.map(\.name)
        if let near = nearestName(to: key, in: names) { return "write `\(near)` instead" }
        return "remove it; the keys are " + names.map { "`\($0)`" }.joined(separator: ", ")
    }

    /// Reports the keys that stood before in the same object, and returns where they stand.
    @discardableResult
    mutating func reportDuplicates(in members: [JSONMember]) -> Set<Int> {
        var duplicates: Set<Int> = []
        let source = self.source
        // Most objects have a handful of keys: comparing them all is faster than hashing them.
        let isSmall = members.count <= 8
        var seen: [[UInt8]: Int] = isSmall ? [:] : Dictionary(minimumCapacity: members.count)
        for (index, member) in members.enumerated() {
            let before =
                isSmall
                ? members[..<index].last { $0.key == member.key }?.keyOffset
                : seen.updateValue(member.keyOffset, forKey: member.key)
            guard let before else { continue }
            duplicates.insert(member.keyOffset)
            report(
                at: member.keyOffset,
                "\(TerminalText.quoted(member.key)) was here before, at \(source.location(at: before).lineAndColumn)",
                remedy: "keep one of the two")
        }
        return duplicates
    }

    mutating func report(
        at offset: Int, _ message: @autoclosure () -> String, remedy: @autoclosure () -> String
    ) {
        problemCount += 1
        guard problems.count < Self.problemLimit else {
            if firstLeftOut == nil { firstLeftOut = offset }
            return
        }
        problems.append(
            Problem(.error, at: source.location(at: offset), message(), remedy: remedy()))
    }

    /// Says how many problems were left out, and from where on.
    private mutating func reportLeftOut() {
        guard let firstLeftOut else { return }
        problems.append(
            Problem(
                .error, at: source.location(at: firstLeftOut),
                "\(problemCount - problems.count) more problems are not shown",
                remedy: "repair what is shown, then check again"))
    }
}
