import Foundation
import Testing

/// What real tools do to a file in a tree: one save is one change, for the action of a directory and for that
/// of a pattern; and the files that they make for a moment are told to nobody.
@Suite(
    .enabled(if: Binary.isThere, Binary.reason),
    .enabled(if: Binary.isRoot, Binary.rootReason), .serialized)
struct TreeToolTests {
    private static let times = 3

    /// A tree with the file `d/f`, and an action of each kind that selects it.
    private final class Place {
        let tree: WatchedTree
        let daemon: TouchmonProcess
        private let ofPattern: TreeSink

        init(_ watching: TreeWatching, _ preparation: String) throws {
            tree = try WatchedTree(watching)
            ofPattern = try tree.makeSink("pattern")
            try Self.run(tree, "mkdir $t/d; (\(preparation))")
            daemon = try tree.start(actions: [
                "": tree.action(["recursive": true]), "*/f": tree.action(to: ofPattern),
            ])
        }

        private static func run(_ tree: WatchedTree, _ script: String, _ number: Int = 0) throws {
            try tree.run(
                "HOME=$o f=$t/d/f; cd $o; \(script)", ["i": "\(number)", "NANO": ToolTests.nano])
        }

        func run(_ script: String, _ number: Int) throws { try Self.run(tree, script, number) }

        /// Makes sure that the file was told so often by now, to the runs of both.
        func expect(_ count: Int, _ what: String) throws {
            func told(_ sink: TreeSink) throws -> Int {
                try tree.paths(sink).count { $0 == "d/f" }
            }
            _ = try eventually { try told(tree.sink) >= count && told(ofPattern) >= count }
            try tree.pass(daemon)
            #expect(eventually { daemon.haveRunsEnded })
            let counts = [try told(tree.sink), try told(ofPattern)]
            try #require(
                counts == [count, count], "\(what)\n\(daemon.text.suffix(3000))")
            #expect(try tree.paths(ofPattern).count == count, "only the file is selected")
        }

        /// What else was told of the directory.
        func others() throws -> Set<String> {
            Set(try tree.paths()).subtracting(["d/f"])
        }
    }

    @Test(arguments: TreeWatching.both, ToolTests.saves)
    func `one save is one change`(watching: TreeWatching, save: ToolTests.Save) throws {
        let place = try Place(watching, save.preparation)
        for number in 1...Self.times {
            try place.run(save.script, number)
            try place.expect(number, "save \(number) of \(save.name)")
        }
        // What sed and ln make before they rename it has names as good as any: they are told if they are
        // seen before.
        let others = try place.others().filter {
            !$0.hasPrefix("d/sed") && !$0.hasPrefix("d/Cu")
        }
        #expect(others == [], "\(save.name)")
        #expect(place.daemon.stop() == 0)
    }

    @Test(arguments: TreeWatching.both, ToolTests.noTouches)
    func `without a touch there is no change`(watching: TreeWatching, save: ToolTests.Save) throws {
        // To give files away needs root.
        guard watching == .marked || save.name != "chown" else { return }
        let place = try Place(watching, save.preparation)
        // The file is known from here on, and with it what is no touch of it.
        try place.run("echo known > $f", 0)
        try place.expect(1, "the first touch")
        for number in 1...Self.times {
            try place.run(save.script, number)
            try place.expect(1, "\(save.name), \(number)")
        }
        #expect(try place.others() == (save.name == "a neighbour is written" ? ["d/other"] : []))
        #expect(place.daemon.stop() == 0)
    }
}
