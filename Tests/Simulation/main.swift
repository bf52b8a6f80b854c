internal import Foundation
internal import TouchmonTestSupport

// Simulation FIRST COUNT [first]: plays the histories of so many seeds from FIRST on; of one that breaks a
// promise, the smallest part that still does is printed; with `first`, only its number, and that is all.
// Simulation SEED, Simulation FILE: plays one history, and tells what happens.
// Simulation trees FIRST COUNT, Simulation trees SEED: the same of trees.

/// What promise the history breaks; nil where it keeps all.
func broken(_ history: History) -> String? {
    do {
        var player = try HistoryPlayer(history)
        return try player.play()
    } catch {
        return "not played: \(error)"
    }
}

func tell(_ history: History) throws {
    var player = try HistoryPlayer(history, keepsScript: true) { print($0) }
    let result = try player.play()
    for line in player.runs { print(line) }
    print(result ?? "all promises kept")
}

/// Plays histories until five are broken, or one, if it is not to be shrunk.
func simulate(first: UInt64, count: UInt64, shrinks: Bool) -> Int {
    var failures = 0
    for seed in first..<first + count {
        let history = History(seed: seed)
        guard let promise = broken(history) else { continue }
        failures += 1
        if !shrinks {
            print("# seed \(seed): \(promise)")
            return failures
        }
        let smallest = history.shrunk { broken($0)?.prefix(4) == promise.prefix(4) }
        print("# seed \(seed), after \(seed - first + 1) histories: \(promise)")
        print(smallest.text)
        if failures == 5 { break }
    }
    return failures
}

func broken(_ history: TreeHistory) -> String? {
    do {
        var player = try TreeHistoryPlayer(history)
        return try player.play()
    } catch {
        return "not played: \(error)"
    }
}

/// The same of trees.
func simulateTrees(first: UInt64, count: UInt64) -> Int {
    var failures = 0
    for seed in first..<first + count {
        let history = TreeHistory(seed: seed)
        guard let promise = broken(history) else { continue }
        failures += 1
        let smallest = history.shrunk { broken($0)?.prefix(4) == promise.prefix(4) }
        print("# seed \(seed): \(promise)")
        print(smallest.text)
        if failures == 5 { break }
    }
    return failures
}

func tell(_ history: TreeHistory) throws {
    let smallest = broken(history).map { promise in
        history.shrunk { broken($0)?.prefix(4) == promise.prefix(4) }
    }
    var player = try TreeHistoryPlayer(smallest ?? history) { print($0) }
    let result = try player.play()
    for line in player.runs { print(line) }
    print(result ?? "all promises kept")
}

let arguments = Array(CommandLine.arguments.dropFirst())
if arguments.first == "trees", arguments.count == 3, let first = UInt64(arguments[1]),
    let count = UInt64(arguments[2])
{
    let failures = simulateTrees(first: first, count: count)
    print("# \(count) histories of trees from seed \(first): \(failures) broken")
    exit(failures == 0 ? 0 : 1)
} else if arguments.first == "trees", arguments.count == 2, let seed = UInt64(arguments[1]) {
    try tell(TreeHistory(seed: seed))
    exit(0)
}
if arguments.count >= 2, let first = UInt64(arguments[0]), let count = UInt64(arguments[1]) {
    let failures = simulate(first: first, count: count, shrinks: arguments.count == 2)
    print("# \(count) histories from seed \(first): \(failures) broken")
    exit(failures == 0 ? 0 : 1)
} else if arguments.count == 1, let seed = UInt64(arguments[0]) {
    try tell(History(seed: seed))
} else if arguments.count == 1 {
    let text = try String(contentsOf: URL(filePath: arguments[0]), encoding: .utf8)
    guard let history = History(text) else { fatalError("\(arguments[0]) is no history") }
    try tell(history)
} else {
    print("Simulation [trees] FIRST COUNT, Simulation [trees] SEED or Simulation FILE")
    exit(64)
}
