import Testing
import TouchmonTestSupport

@testable import TouchmonCore

@Suite struct PathTableTests {
    /// Puts in and takes out at random, and compares with a dictionary.
    @Test(arguments: [UInt64(1), 2, 3])
    func `it finds what a dictionary finds`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var table = PathTable()
        var known: [RawPath: ActionID] = [:]
        let paths = (0..<600).map { RawPath("/srv/\($0)") }
        table.reserve(seed == 2 ? 100 : 0)
        for _ in 0..<20_000 {
            let number = Int(random.next() % 600)
            let (path, place) = (paths[number], ActionID(number))
            // First more and more, then fewer and fewer.
            if known[path] == nil {
                table.insert(place, of: path)
                known[path] = place
            } else {
                table.remove(place, of: path)
                known[path] = nil
            }
            let other = paths[Int(random.next() % 600)]
            #expect(table.place(of: other) { paths[$0.index] } == known[other])
        }
        for path in paths { #expect(table.place(of: path) { paths[$0.index] } == known[path]) }
        for (path, place) in known { table.remove(place, of: path) }
        #expect(paths.allSatisfy { table.place(of: $0) { paths[$0.index] } == nil })
    }

    @Test func `of two places of one path the one goes that is meant`() {
        var table = PathTable()
        let path = RawPath("/srv/f")
        table.insert(ActionID(1), of: path)
        table.insert(ActionID(2), of: path)
        table.remove(ActionID(1), of: path)
        #expect(table.place(of: path) { _ in path } == ActionID(2))
        table.remove(ActionID(2), of: path)
        #expect(table.place(of: path) { _ in path } == nil)
    }
}
