import Foundation

extension TouchmonProcess {
    /// The lines that runs printed, as its log has them.
    var printed: [String] { values("text", of: "output") }

    /// The file that a run prints into.
    func output(of run: Int) -> String { "\(state)/output/\(run)" }

    /// What it printed that is not its log: the output of runs that inherit, and problems of action
    /// files.
    var plainLines: [String] {
        text.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("{\"time\":") }
    }

    /// The values of one field of the log's events of one name, in order.
    func values<Value>(_ field: String, of name: String, as type: Value.Type = Value.self)
        -> [Value]
    {
        events(name).compactMap { $0[field] as? Value }
    }
}
