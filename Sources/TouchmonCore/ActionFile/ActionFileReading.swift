/// What a list of action files says: its actions, and everything that is wrong with them.
package struct ActionFileReading: Hashable, Sendable {
    /// The actions that are in force and have no error, in the order in which they are defined, some
    /// hundred in each piece; of several for one path, the last. When a problem is an error, none of them may
    /// be used.
    package var pieces: [[ActionDefinition]]
    /// Where the definitions are that one for the same path has taken the place of, the last one first.
    package var overridden: [RawPath: [SourceLocation]] = [:]
    /// In the order of the files, and of the places in each.
    package var problems: [Problem]
    /// Whom `pieces` name.
    package fileprivate(set) var names = AccountNames()

    /// All of them.
    package var actions: [ActionDefinition] { pieces.flatMap { $0 } }

    /// Reads `sources` in order; relative paths are relative to `directory`, which is absolute.
    ///
    /// The caller bounds the size of each file. Needs no disk: whether users and programs exist is
    /// for others to say.
    package init(of sources: [SourceText], relativeTo directory: RawPath) {
        var reader = ActionFileReader(sources, relativeTo: directory)
        while reader.goOn() {}
        self = reader.reading
    }

    fileprivate init() {
        (pieces, problems) = ([], [])
    }
}

/// The same, a piece at a time: whoever reads has something else to do meanwhile.
package struct ActionFileReader {
    /// Where a definition stands.
    private struct Place {
        var piece: Int32
        var index: Int32
    }

    private let directory: RawPath
    /// Those still to be read, the next one last.
    private var sources: [SourceText]
    private var decoder: ActionDecoder?
    private var problems: [[Problem]] = []
    /// How many pieces there are with each file's.
    private var ends: [Int] = []
    /// How many pieces were looked at for paths that were there before.
    private var compared = 0
    /// The last definition of each path.
    private var winners: [RawPath: Place] = [:]
    /// The others, in their order.
    private var losers: [Place] = []
    /// What was read; complete when there is no more to do.
    package private(set) var reading = ActionFileReading()

    /// How much is decoded at a time: for about half a millisecond.
    private static let pieceOfText = 1 << 16

    /// Reads `sources` in order; relative paths are relative to `directory`, which is absolute.
    package init(_ sources: [SourceText], relativeTo directory: RawPath) {
        self.sources = sources.reversed()
        self.directory = directory
    }

    /// Does a piece of it; false when that was the last.
    package mutating func goOn() -> Bool {
        if decoder != nil {
            decode()
        } else if compared < reading.pieces.count {
            compare(reading.pieces[compared])
            compared += 1
        } else if let source = sources.popLast() {
            decoder = ActionDecoder(source: source, directory: directory)
        } else {
            finish()
            return false
        }
        return true
    }

    private mutating func decode() {
        guard decoder?.goOn(bytes: Self.pieceOfText) == false, let decoder = decoder.take() else {
            return
        }
        // They must not grow in the middle of the comparison, which would take a while.
        winners.reserveCapacity(winners.count + decoder.actions.reduce(0) { $0 + $1.count })
        reading.pieces += decoder.actions
        problems.append(decoder.problems)
        ends.append(reading.pieces.count)
    }

    private mutating func compare(_ piece: [ActionDefinition]) {
        for (index, action) in piece.enumerated() {
            reading.names.add(of: action)
            let place = Place(piece: Int32(compared), index: Int32(index))
            if let loser = winners.updateValue(place, forKey: action.path) { losers.append(loser) }
        }
    }

    private mutating func finish() {
        losers.sort { ($0.piece, $0.index) > ($1.piece, $1.index) }
        for place in losers {
            let action = definition(at: place)
            guard let winner = winners[action.path] else { continue }
            reading.overridden[action.path, default: []].append(action.location)
            let file = ends.firstIndex { Int(place.piece) < $0 } ?? 0
            problems[file].append(Self.note(action, overriddenBy: definition(at: winner)))
        }
        // From the last to the first: those before stay where they are.
        for place in losers { reading.pieces[Int(place.piece)].remove(at: Int(place.index)) }
        reading.problems = problems.flatMap { ofFile in
            // Sorting is stable: two problems of one place stay in the order of their discovery.
            ofFile.sorted { $0.position < $1.position }
        }
    }

    private func definition(at place: Place) -> ActionDefinition {
        reading.pieces[Int(place.piece)][Int(place.index)]
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
