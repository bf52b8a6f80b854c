import Testing
import TouchmonCore
import TouchmonTestSupport

/// What `status` tells of a tree.
@Suite struct TreeStatusTests {
    @Test func `how far its listing has come, as long as it goes on`() throws {
        var kernel = SimulatedKernel()
        try kernel.makeDirectory(RawPath("/srv"))
        for number in 1...40 {
            let directory = "/srv/d\(number)"
            try kernel.makeDirectory(RawPath(directory))
            try kernel.close(try kernel.open(RawPath("\(directory)/f"), [.write, .create]))
        }
        kernel.advance(by: .seconds(3600))
        var daemon = SimulatedDaemon(kernel: kernel, plan: [try .tree("/srv/")])
        daemon.marksFileSystems = false
        func row() throws -> StatusRow {
            try #require(daemon.engine.status(of: RawPath("/srv/"), calendar: 0))
        }
        var seen: [TreeScan] = []
        while daemon.step() {
            if let scan = try row().scan, scan != seen.last { seen.append(scan) }
        }
        #expect(seen.count > 40)
        for (earlier, later) in zip(seen, seen.dropFirst()) {
            #expect(earlier.directories <= later.directories && earlier.files <= later.files)
        }
        let last = try #require(seen.last)
        #expect(last.directories == 41 && last.left == 1)
        #expect(try row().scan == nil && row().mechanism == "inotify")
        #expect(try row().unreadable == 0)
    }
}
