/// What runs when a run failed: `on_failure`.
extension ActionDecoder {
    /// An object with those keys of an action that say how a command runs.
    mutating func handler(
        _ node: JSONNode, of path: RawPath
    ) throws(WrongForm) -> ActionDefinition {
        guard case .object(let members) = node.value else { throw WrongForm() }
        var handler = ActionDefinition(
            path: path, location: source.location(at: node.offset), argv: [])
        take(members, into: &handler) { decoder, part, key in
            guard let key else {
                let text = String(decoding: part.key, as: UTF8.self)
                let alias = ActionKey.all.first { $0.isOfCommand && $0.aliases.contains(text) }
                decoder.reportUnknown(
                    part, of: "on_failure", Self.keysOfCommand, meant: alias?.name)
                return false
            }
            if key.isOfCommand { return true }
            decoder.report(
                at: part.keyOffset, "`\(key.name)` has no place in `on_failure`",
                remedy: "remove it: `on_failure` says how a command runs, and runs once for each "
                    + "failure")
            return false
        }
        if !members.contains(where: { $0.key.elementsEqual("argv".utf8) }) {
            report(
                at: node.offset, "`on_failure` has no `argv`",
                remedy: "write what to run: `\"argv\": [\"program\", \"argument\"]`")
        }
        return handler
    }

    private static let keysOfCommand = ActionKey.all.filter(\.isOfCommand).map(\.name)
}
