/// A path whose action begins no run until somebody resumes it, or its time has come. Touches wait.
package struct Pause: Hashable, Sendable {
    package var path: RawPath
    package var since: Instant
    /// nil: until somebody resumes it.
    package var until: Instant?
    /// In the words of who paused it; may be empty, and in whatever encoding.
    package var reason: [UInt8]
    /// Who paused it.
    package var user: UInt32

    package init(
        path: RawPath, since: Instant, until: Instant? = nil, reason: [UInt8] = [], user: UInt32
    ) {
        self.path = path
        self.since = since
        self.until = until
        self.reason = reason
        self.user = user
    }

    /// The longest reason that is taken, in bytes: it is repeated in the log and in every status.
    package static let longestReason = 500
}

/// The pauses that there are. One outlasts its action: a path that is out of the action files for a moment
/// must not be run when it is back.
struct Pauses {
    private var byPath: [RawPath: Pause] = [:]

    init(_ pauses: [Pause] = []) {
        for pause in pauses { byPath[pause.path] = pause }
    }

    subscript(path: RawPath) -> Pause? {
        get { byPath.isEmpty ? nil : byPath[path] }
        set { byPath[path] = newValue }
    }

    /// In the order of their paths.
    var all: [Pause] {
        byPath.values.sorted { $0.path < $1.path }
    }

    /// When the next one is over by itself.
    var deadline: Instant? { byPath.isEmpty ? nil : byPath.values.compactMap(\.until).min() }

    /// The paths whose time has come.
    func due(at now: Instant) -> [RawPath] {
        all.filter { $0.until.map { $0 <= now } ?? false }.map(\.path)
    }
}
