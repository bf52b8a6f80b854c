import Foundation

extension TouchmonProcess {
    /// What it printed that is not its log: the output of runs, and problems of action files.
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
