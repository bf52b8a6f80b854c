import Testing

@testable import TouchmonCore

/// Which changes one run is for, where their paths are its arguments.
@Suite struct TreeBatchTests {
    /// The names of what each run is for, until nothing is left.
    private static func runs(_ lengths: [Int], bytes: Int) -> [[Int]] {
        var batch = TreeRuns.Batch()
        for (index, length) in lengths.enumerated() {
            let path = [UInt8(ascii: "/"), UInt8(index)] + [UInt8](repeating: 0x61, count: length)
            batch.add(
                TreeChange(
                    path: RawPath(bytes: path), kind: .touch, status: nil,
                    since: FileTime(seconds: 0)))
        }
        var runs: [[Int]] = []
        while !batch.isEmpty {
            runs.append(
                batch.take(.max, bytes: bytes).changes.map { Int($0.path.bytes[1]) })
        }
        return runs
    }

    @Test func `as many as have room, and one at least`() {
        #expect(Self.runs([10, 10, 10], bytes: .max) == [[0, 1, 2]])
        #expect(Self.runs([80, 80, 80, 200, 1], bytes: 200) == [[0, 1], [2], [3], [4]])
    }

    /// execve(2): no argument is longer than 32 pages, and a run that has one does not start.
    @Test func `a path that no command line holds keeps no other from its run`() {
        let long = 32 * 4096
        #expect(Self.runs([1, 2, long, 3, 4], bytes: 1 << 20) == [[0, 1], [2], [3, 4]])
        #expect(Self.runs([long, long, 1], bytes: 1 << 20) == [[0], [1], [2]])
        // With its NUL it just has room.
        #expect(Self.runs([1, long - 3, 1], bytes: 1 << 20) == [[0, 1, 2]])
        #expect(Self.runs([1, long - 2, 1], bytes: 1 << 20) == [[0], [1], [2]])
        // Where it is no argument it is as good as any.
        #expect(Self.runs([1, long, 1], bytes: .max) == [[0, 1, 2]])
    }
}
