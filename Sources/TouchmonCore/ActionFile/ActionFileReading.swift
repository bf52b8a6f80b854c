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
        for (index, action) in defined.enumerated() { last[action.path] = index }
        // What stands in the end is what is kept; the others are told by whom they were overridden.
        let indexOfFile = Dictionary(
            sources.enumerated().map { ($1.file, $0) }, uniquingKeysWith: { first, _ in first })
        actions = []
        actions.reserveCapacity(last.count)
        for (index, action) in defined.enumerated() {
            guard let winner = last[action.path], winner != index else {
                actions.append(action)
                continue
            }
            let place = defined[winner].location
            problems[indexOfFile[action.location.file] ?? 0].append(
                Problem(
                    .note, at: action.location,
                    "the action for \(TerminalText.quoted(action.path.bytes)) is overridden by "
                        + "\(TerminalText.escaped(place.file.bytes)):\(place.line):\(place.column)",
                    remedy: "remove one of the two, unless this is what you want"))
        }
        self.problems = problems.flatMap { ofFile in
            // Sorting is stable: two problems of one place stay in the order of their discovery.
            ofFile.sorted { $0.position < $1.position }
        }
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
