import Foundation

/// What the runs of one scene wrote about themselves: `ProbeChild --witness`.
struct Witness {
    /// One run.
    struct Line {
        var path: String
        /// Users, groups and supplementary groups.
        var identity: String
        var reason: String
        /// Its number.
        var run: Int
        /// What the watched file held.
        var content: String

        init?(_ text: Substring) {
            let words = text.split(separator: " ", omittingEmptySubsequences: false)
                .map(String.init)
            guard words.count == 7, let run = Int(words[5]) else { return nil }
            path = words[0]
            identity = words[1...3].joined(separator: " ")
            reason = words[4]
            self.run = run
            content = words[6]
        }
    }

    let file: String

    /// All of it so far.
    var lines: [Line] {
        let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap(Line.init)
    }

    /// How a run as `user` has to describe itself.
    static func identity(of user: User) -> String {
        let groups = user.groups.map(String.init).joined(separator: ",")
        return
            "\(user.id),\(user.id),\(user.id) \(user.group),\(user.group),\(user.group) \(groups)"
    }
}
