import Foundation

/// A directory of its own for one test, removed with everything in it when the test is done.
final class Scratch {
    let path: String

    /// `parent` is where it is made: a directory that only root can write, unless a test needs
    /// another file system. Everybody may pass through it.
    init(in parent: String = "/var/tmp/touchmon-tests") throws {
        let files = FileManager.default
        try files.createDirectory(atPath: parent, withIntermediateDirectories: true)
        var template = Array("\(parent)/XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw CocoaError(.fileWriteUnknown) }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        chmod(path, 0o755)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The path of a name in the directory.
    func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file, and returns its path.
    @discardableResult
    func write(_ name: String, _ text: String = "") throws -> String {
        try text.write(toFile: self(name), atomically: false, encoding: .utf8)
        return self(name)
    }

    /// Writes an action file: for each path its arguments and its user.
    @discardableResult
    func actions(
        _ actions: [String: (argv: [String], user: String)],
        in name: String = "actions.json"
    ) throws -> String {
        try self.actions(actions.mapValues { ["argv": $0.argv, "user": $0.user] }, in: name)
    }

    /// Writes an action file of whole actions.
    @discardableResult
    func actions(_ actions: [String: [String: Any]], in name: String = "actions.json") throws
        -> String
    {
        let data = try JSONSerialization.data(withJSONObject: actions, options: .sortedKeys)
        try data.write(to: URL(fileURLWithPath: self(name)))
        return self(name)
    }
}
