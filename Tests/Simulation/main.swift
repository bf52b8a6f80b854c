internal import TouchmonTestSupport

// simulate FIRST COUNT: plays the histories of the seeds from FIRST on, and stops at the first one
// that breaks a promise. simulate SEED: plays one and tells what happened.
let arguments = CommandLine.arguments.dropFirst().compactMap { UInt64($0) }
guard let first = arguments.first else { fatalError("simulate SEED [COUNT]") }
if arguments.count == 1 {
    var history = try RandomHistory(seed: first, keepsScript: true)
    let broken = try history.play()
    for line in history.script + history.runs { print(line) }
    print(broken ?? "all promises kept")
} else {
    var failures = 0
    for seed in first..<first + arguments[1] {
        var history = try RandomHistory(seed: seed)
        if let broken = try history.play() {
            print("seed \(seed): \(broken)")
            failures += 1
            if failures == 10 { break }
        }
    }
    print("\(arguments[1]) histories from seed \(first): \(failures) broken")
}
