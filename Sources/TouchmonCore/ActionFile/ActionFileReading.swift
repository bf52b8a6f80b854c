/// What a list of action files says: its actions, and everything that is wrong with them.
package struct ActionFileReading: Hashable, Sendable {
    /// The actions that are in force and have no error, in the order in which they are defined; of
    /// several for one path, the last. When a problem is an error, none of them may be used.
    package var actions: [ActionDefinition]
    /// In the order of the files, and of the places in each.
    package var problems: [Problem]

    /// Reads `sources` in order; relative paths are relative to `directory`, which is absolute.
    ///
    /// The caller bounds the size of each file. Needs no disk: whether users and programs exist is
    /// for others to say.
    package init(of sources: [SourceText], relativeTo directory: RawPath) {
        var defined: [ActionDefinition] = []
        var problems: [[Problem]] = []
        for source in sources {
            var decoder = ActionDecoder(source: source, directory: directory)
            defined += decoder.decode()
            problems.append(decoder.problems)
        }

        var last: [RawPath: Int] = [:]
        last.reserveCapacity(defined.count)
        let overridden = defined.indices.compactMap { index in
            last.updateValue(index, forKey: defined[index].path)
        }
        // The winner is known only when the last file has been read.
        for index in overridden {
            guard let winner = last[defined[index].path],
                let file = sources.firstIndex(where: { $0.file == defined[index].location.file })
            else { continue }
            problems[file].append(Self.note(defined[index], overriddenBy: defined[winner]))
        }
        let gone = Set(overridden)
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

extension Problem {
    /// Line and column; a problem of a file as a whole comes first.
    fileprivate var position: (Int, Int) {
        switch site {
        case .file: (0, 0)
        case .place(let place): (place.line, place.column)
        }
    }
}
