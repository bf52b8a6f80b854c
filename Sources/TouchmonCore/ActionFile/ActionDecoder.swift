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
    /// Those that have no error, in the order in which they stand in the file, some hundred in each piece:
    /// what is many is let go of a piece at a time.
    private(set) var actions: [[ActionDefinition]] = []
    private static let pieceSize = 256
    private var reader: JSONReader?
    /// The last action without a problem, where its value stands, and from there on its user's name.
    private var last: (place: Range<Int>, user: Int?, action: ActionDefinition)?
    /// Where the paths stand.
    private var keyOffsets: [[UInt8]: Int] = [:]
    /// No action is written with fewer bytes, nearly.
    private static let leastBytes = 64

    init(source: SourceText, directory: RawPath) {
        self.source = source
        self.directory = directory
        keys = Dictionary(
            uniqueKeysWithValues: ActionKey.all.enumerated().map { (Array($1.name.utf8), $0) })
        // It must not grow in the middle of the reading, which would take a while.
        keyOffsets.reserveCapacity(source.bytes.count / Self.leastBytes)
    }

    /// Decodes the next actions, of about so many bytes; false when that was all. What has no error is in
    /// `actions`.
    mutating func goOn(bytes: Int = .max) -> Bool {
        do {
            guard reader != nil else { return try begin() }
            let start = reader?.index ?? 0
            repeat {
                guard try decodeNext() else {
                    reportLeftOut()
                    return false
                }
            } while (reader?.index ?? .max) - start < bytes
            return true
        } catch {
            // It is not known what any of it was meant to be.
            (problems, problemCount, firstLeftOut, actions) = ([], 0, nil, [])
            report(at: error.offset, error.message, remedy: error.remedy)
            return false
        }
    }

    /// False where there is no object.
    private mutating func begin() throws(JSONSyntaxError) -> Bool {
        var other: JSONNode?
        let reader = try JSONReader(membersOf: source.bytes, other: &other)
        guard let other else {
            self.reader = reader
            return true
        }
        reportHalves(reader.loneSurrogates)
        report(
            at: other.offset, "an action file must be an object, not \(other.value.kind)",
            remedy: "write `{\"/path/of/a/file\": {\"argv\": […], \"user\": \"…\"}}`")
        return false
    }

    /// False at the end of the file.
    private mutating func decodeNext() throws(JSONSyntaxError) -> Bool {
        guard let key = try reader?.nextKey(), let start = reader?.index else { return false }
        let isPath = key.text.first != UInt8(ascii: "$")
        let other = isPath ? keyOffsets.updateValue(key.offset, forKey: key.text) : nil
        if let other { reportDuplicate(key.text, at: key.offset, of: other) }
        let before = problemCount
        var action = isPath ? likeLast(key, start) : nil
        if action == nil {
            guard let node = try reader?.nextValue() else { return false }
            reportHalves(reader?.loneSurrogates ?? [])
            reader?.loneSurrogates = []
            guard isPath else { return true }
            action = self.action(JSONMember(keyOffset: key.offset, key: key.text, node: node))
            keep(action, start..<(reader?.index ?? start), since: before)
        }
        guard let action, problemCount == before, other == nil else { return true }
        if actions.isEmpty || actions[actions.count - 1].count == Self.pieceSize {
            actions.append([])
            actions[actions.count - 1].reserveCapacity(Self.pieceSize)
        }
        actions[actions.count - 1].append(action)
        return true
    }

    /// Keeps an action for others that are written like it. Of a pattern or a directory more depends on the
    /// key, and of what `on_failure` says the places.
    private mutating func keep(
        _ action: ActionDefinition?, _ place: Range<Int>, since problems: Int
    ) {
        last = nil
        guard let action, problemCount == problems, action.tree == nil, action.onFailure == nil
        else { return }
        let user = action.userLocation.flatMap { source.offset(line: $0.line, column: $0.column) }
        last = (place, user.map { $0 - place.lowerBound }, action)
    }

    /// The action of a path whose value, at `start`, is written exactly as that of the last one: of thousands
    /// of paths with one command, one is decoded.
    private mutating func likeLast(
        _ key: (offset: Int, text: [UInt8]), _ start: Int
    ) -> ActionDefinition? {
        guard let last, reader?.loneSurrogates.isEmpty == true,
            TreeKey.form(of: key.text) == .path, reader?.passObject(equalTo: last.place) == true
        else { return nil }
        checkPath(key.text, at: key.offset)
        var action = last.action
        action.path = RawPath(bytes: key.text).normalized(relativeTo: directory)
        action.location = source.location(at: key.offset)
        action.userLocation = last.user.map { source.location(at: start + $0) }
        return action
    }

    private mutating func reportHalves(_ offsets: [Int]) {
        for offset in offsets {
            report(
                at: offset, "this is half of a character",
                remedy: "write both halves, or `\\udc80` to `\\udcff` for a byte that is not UTF-8")
        }
    }

    private mutating func action(_ member: JSONMember) -> ActionDefinition? {
        checkPath(member.key, at: member.keyOffset)
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

    private mutating func checkPath(_ key: [UInt8], at offset: Int) {
        if key.isEmpty { report(at: offset, "the watched path is empty", remedy: "write a path") }
        refuseNUL(in: key, at: offset, "the watched path")
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

    /// Reports the keys that stood before in the same object.
    mutating func reportDuplicates(in members: [JSONMember]) {
        // Most objects have a handful of keys: comparing them all is faster than hashing them.
        let isSmall = members.count <= 8
        var seen: [[UInt8]: Int] = isSmall ? [:] : Dictionary(minimumCapacity: members.count)
        for (index, member) in members.enumerated() {
            let before =
                isSmall
                ? members[..<index].last { $0.key == member.key }?.keyOffset
                : seen.updateValue(member.keyOffset, forKey: member.key)
            if let before { reportDuplicate(member.key, at: member.keyOffset, of: before) }
        }
    }

    private mutating func reportDuplicate(_ key: [UInt8], at offset: Int, of other: Int) {
        let place = source.location(at: other).lineAndColumn
        report(
            at: offset, "\(TerminalText.quoted(key)) was here before, at \(place)",
            remedy: "keep one of the two")
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
