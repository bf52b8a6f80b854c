/// What a list of action files says: its actions, and everything that is wrong with them.
package struct ActionFileReading: Hashable, Sendable {
    /// The actions that are in force and have no error, in the order in which they are defined; of
    /// several for one path, the last. When a problem is an error, none of them may be used.
    package var actions: [ActionDefinition]
    /// Where the definitions are that one for the same path has taken the place of, the last one first.
    package var overridden: [RawPath: [SourceLocation]] = [:]
    /// In the order of the files, and of the places in each.
    package var problems: [Problem]

    /// Reads `sources` in order; relative paths are relative to `directory`, which is absolute.
    ///
    /// The caller bounds the size of each file. Needs no disk: whether users and programs exist is
    /// for others to say.
    package init(of sources: [SourceText], relativeTo directory: RawPath) {
        var defined: [ActionDefinition] = []
        var problems: [[Problem]] = []
        // Where the actions of each file begin in `defined`.
        var begins: [Int] = []
        for source in sources {
            var decoder = ActionDecoder(source: source, directory: directory)
            begins.append(defined.count)
            let actions = decoder.decode()
            if defined.isEmpty { defined = actions } else { defined += actions }
            problems.append(decoder.problems)
        }

        // From the last to the first: who comes first has won.
        var winners: [RawPath: Int] = [:]
        winners.reserveCapacity(defined.count)
        var gone: Set<Int> = []
        var file = sources.count
        for index in defined.indices.reversed() {
            while index < begins[file - 1] { file -= 1 }
            let path = defined[index].path
            guard let winner = winners.updateValue(index, forKey: path) else { continue }
            let action = defined[index]
            winners[path] = winner
            gone.insert(index)
            overridden[action.path, default: []].append(action.location)
            problems[file - 1].append(Self.note(action, overriddenBy: defined[winner]))
        }
        actions =
            gone.isEmpty
            ? defined : defined.indices.filter { !gone.contains($0) }.map { defined[$0] }
        self.problems = problems.flatMap { ofFile in
            // Sorting is stable: two problems of one place stay in the order of their discovery.
            ofFile.sorted { $0.position < $1.position }
        }
    }

    private static func note(
        _ action: ActionDefinition, overriddenBy winner: ActionDefinition
    ) -> Problem {
        let place = winner.location
        return Problem(
            .note, at: action.location,
            "the action for \(TerminalText.quoted(action.path.bytes)) is overridden by "
                + "\(TerminalText.escaped(place.file.bytes)):\(place.lineAndColumn)",
            remedy: "remove one of the two, unless this is what you want")
    }
}
