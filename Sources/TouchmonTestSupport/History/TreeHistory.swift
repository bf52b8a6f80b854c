package import TouchmonCore

/// A life of a daemon that watches a tree, and of those who change it, as data.
///
/// Names are few, so that they are used again and again: three directories in two more, and files in all
/// of them, below the tree and beside it.
package struct TreeHistory: Hashable, Sendable {
    package enum Step: Hashable, Sendable {
        /// Write a file, new or not.
        case write(Int)
        /// Set a file's times to the present.
        case touch(Int)
        /// Set a file's size, without opening it.
        case truncate(Int)
        /// Open a file, write, and keep it open; close all that are open.
        case hold(Int), close
        case remove(Int)
        /// Move a file or a directory to a name.
        case move(Int, Int), moveDirectory(Int, Int)
        case link(Int, Int)
        case makeDirectory(Int), removeDirectory(Int)
        case chmod(Int)
        /// Let time pass, in microseconds.
        case pass(Int)
        /// Let the daemon do so many things.
        case work(Int)
        /// Events are lost until the daemon looks.
        case flood
        /// The daemon is killed, ends by itself, or the power fails; another begins after `pass`.
        case kill, stop, powerLoss
        case start
    }

    package var marks = true
    package var each = TreePolicy.Each.batch
    package var settle = 0
    /// In microseconds.
    package var runDuration = 0
    /// How many directories are listed before anything else is done.
    package var listings = 4
    package var steps: [Step] = []

    static let roots = ["/srv/t", "/out"]
    static let directories: [String] = roots.flatMap { root in
        [root] + ["a", "b", "c"].flatMap { ["\(root)/\($0)", "\(root)/\($0)/d"] }
    }
    static let files: [String] = directories.flatMap { ["\($0)/f", "\($0)/g"] }

    package init(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        marks = Bool.random(using: &random)
        each = Bool.random(using: &random) ? .batch : .file
        settle = [0, 0, 5000].randomElement(using: &random) ?? 0
        runDuration = [100, 5000, 200_000].randomElement(using: &random) ?? 0
        listings = [1, 4].randomElement(using: &random) ?? 4
        var isDown = false
        // Mostly a few of them only: what is strange needs several things to happen to one file.
        let places = [3, 4, 6, Self.directories.count].randomElement(using: &random) ?? 3
        let directories = Array(
            Self.directories.indices.shuffled(using: &random).prefix(places))
        for _ in 0..<Int.random(in: 5...60, using: &random) {
            let step = Self.step(isDown: isDown, in: directories, &random)
            switch step {
            case .kill, .stop, .powerLoss: isDown = true
            case .start: isDown = false
            default: break
            }
            steps.append(step)
        }
    }

    private static func step(
        isDown: Bool, in directories: [Int], _ random: inout SplitMix64
    ) -> Step {
        let directory = directories.randomElement(using: &random) ?? 0
        let otherDirectory = directories.randomElement(using: &random) ?? 0
        let file = 2 * directory + Int.random(in: 0...1, using: &random)
        let other =
            2 * (directories.randomElement(using: &random) ?? 0)
            + Int.random(in: 0...1, using: &random)
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<22: return .write(file)
        case 22..<26: return .touch(file)
        case 26..<29: return .truncate(file)
        case 29..<32: return .hold(file)
        case 32..<35: return .close
        case 35..<38: return .remove(file)
        case 38..<44: return .move(file, other)
        case 44..<52: return .moveDirectory(directory, otherDirectory)
        case 52..<55: return .link(file, other)
        case 55..<66: return .makeDirectory(directory)
        case 66..<68: return .removeDirectory(directory)
        case 68..<72: return .chmod(file)
        case 72..<82:
            return .pass([50, 3000, 30_000, 3_000_000].randomElement(using: &random) ?? 50)
        case 82..<93:
            return .work(Int.random(in: 1...(Bool.random(using: &random) ? 2 : 12), using: &random))
        case 93..<95: return .flood
        default:
            if isDown { return .start }
            return [.kill, .stop, .powerLoss].randomElement(using: &random) ?? .kill
        }
    }

    /// The steps for people.
    package var text: String {
        let head =
            "marks \(marks) each \(each) settle \(settle) runs \(runDuration)"
            + " listings \(listings)\n"
        return head
            + steps.map { step in
                switch step {
                case .write(let file): "write \(Self.files[file])"
                case .touch(let file): "touch \(Self.files[file])"
                case .truncate(let file): "truncate \(Self.files[file])"
                case .hold(let file): "hold \(Self.files[file])"
                case .remove(let file): "remove \(Self.files[file])"
                case .move(let file, let other): "move \(Self.files[file]) \(Self.files[other])"
                case .moveDirectory(let from, let to):
                    "move \(Self.directories[from]) \(Self.directories[to])"
                case .link(let file, let other): "link \(Self.files[file]) \(Self.files[other])"
                case .makeDirectory(let directory): "mkdir \(Self.directories[directory])"
                case .removeDirectory(let directory): "rmdir \(Self.directories[directory])"
                case .chmod(let file): "chmod \(Self.files[file])"
                default: "\(step)"
                }
            }.joined(separator: "\n") + "\n"
    }

    /// The smallest history that still breaks a promise.
    package func shrunk(while fails: (TreeHistory) -> Bool) -> TreeHistory {
        var best = self
        var size = max(1, best.steps.count / 2)
        while true {
            var (start, isSmaller) = (0, false)
            while start < best.steps.count {
                var next = best
                next.steps.removeSubrange(start..<min(start + size, best.steps.count))
                if fails(next) { (best, isSmaller) = (next, true) } else { start += size }
            }
            if size == 1, !isSmaller { return best }
            size = max(1, size / 2)
        }
    }
}
