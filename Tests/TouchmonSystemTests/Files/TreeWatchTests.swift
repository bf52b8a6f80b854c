import Foundation
import Glibc
import Testing
import TouchmonSystem

/// Directories that are watched through their descriptors, each test in a process of its own: the
/// working directory is the process's.
@Suite struct TreeWatchTests {
    private static let create = UInt32(IN_CREATE)

    /// The names that events tell, with the watch before each.
    private static func told(_ queue: borrowing Inotify) throws -> [String] {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 8)
        defer { buffer.deallocate() }
        let count = try queue.read(into: buffer)
        var (told, offset) = ([String](), 0)
        while offset < count {
            let length = Int(buffer.load(fromByteOffset: offset + 12, as: UInt32.self))
            let name = buffer[(offset + 16)..<(offset + 16 + length)].prefix { $0 != 0 }
            let watch = buffer.load(fromByteOffset: offset, as: Int32.self)
            told.append("\(watch) \(String(decoding: name, as: UTF8.self))")
            offset += 16 + length
        }
        return told
    }

    private static func names(_ listing: consuming TreeListing) throws -> Set<String> {
        var names: Set<String> = []
        while try listing.next(
            withStatus: false,
            { entry in
                names.insert(String(decoding: entry.name, as: UTF8.self))
            })
        {}
        return names
    }

    @Test func `the directory that was opened is watched and listed, wherever it is`() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            for name in ["a", "b"] { mkdir(directory(name), 0o755) }
            try directory.file("a/old")
            try directory.file("b/other")
            let before = FileManager.default.currentDirectoryPath
            let queue = try Inotify()
            var watch = TreeWatch()
            let listing = try TreeListing(CPath(directory("a")))
            rename(directory("a"), directory("c"))
            symlink("b", directory("a"))
            let number = try watch.add(
                listing, to: queue, mask: Self.create | UInt32(IN_ONLYDIR) | UInt32(IN_DONT_FOLLOW))
            watch.goBack()
            #expect(FileManager.default.currentDirectoryPath == before)
            try directory.file("c/new")
            try directory.file("b/unheard")
            #expect(
                try FileMetadata(of: listing.directory) == FileMetadata(at: CPath(directory("c"))))
            #expect(try Self.names(listing) == ["old", "new"])
            #expect(try Self.told(queue) == ["\(number) new"])
            // The same directory, so the same watch.
            let again = try TreeListing(CPath(directory("c")))
            #expect(try watch.add(again, to: queue, mask: Self.create) == number)
        }
    }

    @Test func `the deepest of a path longer than PATH_MAX is watched and listed`() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            defer { _ = try? run("rm", "-rf", directory.path) }
            let names = Array(repeating: String(repeating: "n", count: 250), count: 30)
            let listing = try TreeListing(CPath(makeDeep(directory.path, names)))
            let queue = try Inotify()
            var watch = TreeWatch()
            let number = try watch.add(listing, to: queue, mask: Self.create)
            mkdirat(listing.directory.raw, "below", 0o755)
            #expect(try Self.names(listing) == ["below"])
            #expect(try Self.told(queue) == ["\(number) below"])
        }
    }

    @Test(.enabled(if: getuid() == 0, "needs root: it becomes an ordinary user"))
    func `a directory that may be listed but not entered is watched`() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            mkdir(directory("a"), 0o744)
            chmod(directory("a"), 0o744)
            let queue = try Inotify()
            var watch = TreeWatch()
            try #require(seteuid(#require(TestUsers.alice).user) == 0)
            let listing = try TreeListing(CPath(directory("a")))
            let number = try watch.add(
                listing, to: queue, mask: Self.create | UInt32(IN_DONT_FOLLOW))
            try #require(seteuid(0) == 0)
            try directory.file("a/new")
            #expect(try Self.told(queue) == ["\(number) new"])
        }
    }

    @Test(.enabled(if: getuid() == 0, "needs root: it becomes an ordinary user"))
    func `where there is no way back the working directory is not left`() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            for name in ["home", "a"] { mkdir(directory(name), 0o755) }
            try #require(chdir(directory("home")) == 0)
            let queue = try Inotify()
            var watch = TreeWatch()
            chmod(directory("home"), 0o700)
            try #require(seteuid(#require(TestUsers.alice).user) == 0)
            let listing = try TreeListing(CPath(directory("a")))
            let number = try watch.add(listing, to: queue, mask: Self.create)
            try #require(seteuid(0) == 0)
            #expect(FileManager.default.currentDirectoryPath == directory("home"))
            try directory.file("a/new")
            #expect(try Self.told(queue) == ["\(number) new"])
            try #require(chdir("/") == 0)
        }
    }

    @Test func `what can't be watched is told`() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            let before = FileManager.default.currentDirectoryPath
            let listing = try TreeListing(CPath(directory.path))
            let failure = SystemFailure(operation: "watch a directory", errno: .invalidArgument)
            // No event is asked for.
            var watch = TreeWatch()
            do throws(SystemFailure) {
                _ = try watch.add(listing, to: Inotify(), mask: 0)
                Issue.record("a watch of nothing")
            } catch {
                #expect(error == failure)
            }
            watch.goBack()
            #expect(FileManager.default.currentDirectoryPath == before)
        }
    }
}
