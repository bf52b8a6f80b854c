/// Something that is wrong, or worth knowing, about an action file: a value, because a bad file is
/// data. What to do with it is the reader's decision; how it looks is `ProblemReport`'s.
package struct Problem: Hashable, Sendable {
    /// How much a problem matters.
    package enum Severity: String, Hashable, Sendable, CaseIterable {
        /// The file can't be used.
        case error
        /// The file can be used, but probably does not do what was meant, or is not safe.
        case warning
        /// Something to know.
        case note
    }

    /// What a problem is about.
    package enum Site: Hashable, Sendable {
        /// A file as a whole: it can't be read, or is not to be trusted.
        case file(RawPath)
        /// A place in a file.
        case place(SourceLocation)
    }

    package var severity: Severity
    package var site: Site
    /// What is wrong: the rest of a sentence after "error:", without a full stop.
    package var message: String
    /// What to do about it, as an instruction.
    package var remedy: String

    package init(
        _ severity: Severity, at location: SourceLocation, _ message: String, remedy: String
    ) {
        self.severity = severity
        site = .place(location)
        self.message = message
        self.remedy = remedy
    }

    package init(_ severity: Severity, in file: RawPath, _ message: String, remedy: String) {
        self.severity = severity
        site = .file(file)
        self.message = message
        self.remedy = remedy
    }
}

extension Problem {
    /// Line and column; a problem of a file as a whole comes first.
    var position: (Int, Int) {
        switch site {
        case .file: (0, 0)
        case .place(let place): (place.line, place.column)
        }
    }
}

extension [Problem] {
    /// Whether any of them is an error: then nothing of what was read may be used.
    package var haveErrors: Bool { contains { $0.severity == .error } }
}
