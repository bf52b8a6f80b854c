import Foundation
import Glibc
import Testing
import TouchmonSystem

/// Who touched what, as the running kernel tells it.
@Suite(.enabled(if: getuid() == 0, "needs root: the kernel tells nobody else who touches"))
struct FanotifyTests {
    // MARK: Numbers

    @Test(arguments: ["/tmp", "/dev/shm"])
    func `events tell the number that a path has`(parent: String) throws {
        try FanotifyPlace.verifyFile(under: parent)
        try FanotifyPlace.verifyNames(under: parent)
    }

    @Test func `events tell the number that a path has, on an overlay`() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            try FanotifyPlace.hideMounts()
            guard try FanotifyPlace.mountOverlay(on: directory) else { return }
            try FanotifyPlace.verifyFile(under: directory("merged"))
            try FanotifyPlace.verifyNames(under: directory("merged"))
            try #require(run("umount", "-l", directory.path) == 0)
        }
    }

    @Test func `a file of a lower layer keeps its number when it is copied up`() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            try FanotifyPlace.hideMounts()
            guard try FanotifyPlace.mountOverlay(on: directory) else { return }
            let path = CPath(directory("merged/low"))
            var queue = try Fanotify()
            try queue.mark(path, .file)
            let number = queue.number(of: path)
            for _ in 1...2 {
                try FanotifyPlace.append(to: directory("merged/low"))
                let events = try FanotifyPlace.events(&queue)
                #expect(!events.isEmpty && events.allSatisfy { $0.file == number })
                #expect(queue.number(of: path) == number)
            }
            try #require(run("umount", "-l", directory.path) == 0)
        }
    }

    @Test func `other files, names and file systems have other numbers`() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            try FanotifyPlace.hideMounts()
            let queue = try Fanotify()
            var numbers: [UInt64] = []
            // Alike in everything: the first file of each has one inode number.
            for name in ["one", "two"] {
                mkdir(directory(name), 0o755)
                try #require(run("mount", "-t", "tmpfs", "none", directory(name)) == 0)
                for file in 1...100 {
                    let path = CPath(try directory.file("\(name)/\(file)"))
                    numbers.append(queue.number(of: path))
                }
                let place = CPath(directory(name))
                numbers.append(queue.number(of: place))
                let names =
                    (1...100).map { "\($0)".bytes }
                    + (1...40).map { [UInt8](repeating: 97, count: $0) }
                    + [[], [1], [1, 1], [0xFF], "file".bytes, "fil".bytes, "File".bytes]
                numbers += names.map { queue.number(of: place, name: $0) }
            }
            #expect(Set(numbers).count == numbers.count)
            #expect(!numbers.contains(0))
            // Nor does anybody know what they are elsewhere.
            let other = try Fanotify()
            #expect(
                other.number(of: CPath(directory("one/1")))
                    != queue.number(of: CPath(directory("one/1"))))
            for name in ["one", "two"] { try #require(run("umount", "-l", directory(name)) == 0) }
        }
    }

    /// File systems give the inode's number to the next file; the number is another one all the same.
    @Test(arguments: ["/tmp", "/dev/shm"])
    func `a file that is made anew has another number`(parent: String) throws {
        let directory = try TemporaryDirectory(under: parent)
        let queue = try Fanotify()
        let path = CPath(directory("file"))
        var numbers: Set<UInt64> = []
        for _ in 1...50 {
            try directory.file("file")
            numbers.insert(queue.number(of: path))
            unlink(directory("file"))
        }
        #expect(numbers.count == 50)
        #expect(queue.number(of: path) == 0, "nothing is there")
        #expect(queue.number(of: path, name: "name".bytes) == 0)
    }

    // MARK: Marks

    @Test(arguments: ["/tmp", "/dev/shm"])
    func `a mark goes with its file, not with its name`(parent: String) throws {
        let directory = try TemporaryDirectory(under: parent)
        let path = try directory.file("file")
        var queue = try Fanotify()
        try queue.mark(CPath(path), .file)
        let number = queue.number(of: CPath(path))
        rename(path, directory("away"))
        try directory.file("file", "another")
        _ = try FanotifyPlace.events(&queue)
        try FanotifyPlace.append(to: path)
        #expect(try FanotifyPlace.events(&queue).isEmpty)
        try FanotifyPlace.append(to: directory("away"))
        let events = try FanotifyPlace.events(&queue)
        #expect(!events.isEmpty && events.allSatisfy { $0.file == number })
        // The file goes, and the mark with it.
        rename(path, directory("away"))
        _ = try FanotifyPlace.events(&queue)
        try FanotifyPlace.append(to: directory("away"))
        #expect(try FanotifyPlace.events(&queue).isEmpty)
    }

    @Test func `events are added to a mark`() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.file("file")
        var queue = try Fanotify()
        try queue.mark(CPath(path), .attributes)
        try FanotifyPlace.append(to: path)
        #expect(try FanotifyPlace.events(&queue).isEmpty)
        try queue.mark(CPath(path), .closeAfterWriting)
        chmod(path, 0o600)
        #expect(try FanotifyPlace.events(&queue).map(\.events) == [.attributes])
        try FanotifyPlace.append(to: path)
        #expect(try FanotifyPlace.events(&queue).map(\.events) == [.closeAfterWriting])
    }

    @Test func `the mark of a symbolic link is the link's own`() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.file("file")
        symlink("file", directory("link"))
        var queue = try Fanotify()
        try queue.mark(CPath(directory("link")), .file)
        try FanotifyPlace.append(to: path)
        #expect(try FanotifyPlace.events(&queue).isEmpty)
        #expect(lchown(directory("link"), 0, 0) == 0)
        let events = try FanotifyPlace.events(&queue)
        #expect(events.map(\.events) == [.attributes])
        // A path's number is that of the file at the end of its links.
        #expect(queue.number(of: CPath(directory("link"))) == queue.number(of: CPath(path)))
        #expect(events.allSatisfy { $0.file != queue.number(of: CPath(path)) })
    }

    @Test func `what can't be marked is told`() throws {
        let directory = try TemporaryDirectory()
        let queue = try Fanotify()
        let missing = SystemFailure(
            operation: "watch who touches", errno: .noSuchFile,
            subject: directory("missing").bytes)
        #expect(throws: missing) { try queue.mark(CPath(directory("missing")), .file) }
        let file = try directory.file("file")
        let noDirectory = SystemFailure(
            operation: "watch who touches", errno: .notADirectory, subject: file.bytes)
        #expect(throws: noDirectory) { try queue.mark(CPath(file), .names) }
    }

    @Test func `attributes alone are told from changes`() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.file("file")
        var queue = try Fanotify()
        try queue.mark(CPath(path), .file)
        try queue.mark(CPath(directory.path), [.attributes, .onDirectory])
        chmod(path, 0o600)
        chmod(directory.path, 0o700)
        #expect(try FanotifyPlace.events(&queue).map(\.isOfAttributes) == [true, true])
        // What waits together becomes one, which is more than attributes.
        chmod(path, 0o644)
        try FanotifyPlace.append(to: path)
        let events = try FanotifyPlace.events(&queue)
        #expect(events.map(\.isOfAttributes) == [false])
        #expect(events.map(\.events) == [[.modify, .attributes, .closeAfterWriting]])
    }

    // MARK: Processes

    @Test func `the process is who did it, and the descriptor refers to it`() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.file("file")
        var queue = try Fanotify()
        try queue.mark(CPath(path), .closeAfterWriting)
        // Of a process with threads, it is the process.
        try FanotifyPlace.append(to: path)
        #expect(try FanotifyPlace.events(&queue).map(\.process) == [getpid()])

        let shell = try WaitingProcess("echo x >> '\(path)'")
        var seen = 0
        while try queue.read({ event in
            seen += 1
            #expect(event.process == shell.pid)
            #expect(FanotifyPlace.process(behind: event.pidfd) == shell.pid)
        }) {}
        #expect(seen == 1)
    }

    @Test func `of a process that is gone there is its number only`() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.file("file")
        var queue = try Fanotify()
        try queue.mark(CPath(path), .closeAfterWriting)
        let shell = try WaitingProcess("echo x >> '\(path)'")
        shell.end()
        let events = try FanotifyPlace.events(&queue)
        #expect(events.map(\.process) == [shell.pid])
        #expect(events.allSatisfy { $0.pidfd < 0 && $0.file == queue.number(of: CPath(path)) })
    }

    // MARK: Reading

    @Test func `many events come in few reads, in their order, each once`() throws {
        let directory = try TemporaryDirectory()
        let place = CPath(directory.path)
        var queue = try Fanotify()
        try queue.mark(place, .names)
        let names = (0..<1000).map { "\($0)" + String(repeating: "x", count: $0 % 200) }
        for name in names { try #require(symlink("nowhere", directory(name)) == 0) }
        var told: [UInt64] = []
        var reads = 0
        while try queue.read({ told.append($0.name) }) { reads += 1 }
        #expect(told == names.map { queue.number(of: place, name: $0.bytes) })
        #expect(reads > 1 && reads < 100)
        var isEmpty = true
        #expect(try !queue.read { _ in isEmpty = false })
        #expect(isEmpty)
    }

    @Test func `descriptors of processes are closed when they are let go, and in time`() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            let before = FanotifyPlace.openPidfds
            do {
                var queue = try Fanotify()
                try queue.mark(CPath(directory.path), .names)
                for name in 1...10 { symlink("nowhere", directory("\(name)")) }
                #expect(try FanotifyPlace.events(&queue).count == 10)
                #expect(FanotifyPlace.openPidfds == before + 10)
                queue.letGo()
                #expect(FanotifyPlace.openPidfds == before)
                queue.letGo()
                // Nobody lets go, and it does not run out of them.
                var most = 0
                for name in 11...5000 { symlink("nowhere", directory("\(name)")) }
                var count = 0
                while try queue.read({ _ in count += 1 }) {
                    most = max(most, FanotifyPlace.openPidfds)
                }
                #expect(count == 4990)
                #expect(most < 1000)
                symlink("nowhere", directory("last"))
                #expect(try FanotifyPlace.events(&queue).count == 1)
                #expect(FanotifyPlace.openPidfds > before)
            }
            #expect(FanotifyPlace.openPidfds == before, "they go with the queue")
        }
    }

    @Test func `an ordinary user is told that it is not permitted`() async {
        await #expect(processExitsWith: .success) {
            try become(#require(TestUsers.alice))
            let failure = SystemFailure(
                operation: "open a queue of who touches", errno: .notPermitted)
            #expect(throws: failure) { _ = try Fanotify() }
        }
    }
}
