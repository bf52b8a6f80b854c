import Foundation
import Glibc
import Testing
import TouchmonSystem

/// Where files are changed and who did it is told, and what has to be so wherever that is.
enum FanotifyPlace {
    /// Everything that is in the queue.
    static func events(_ queue: inout Fanotify) throws -> [Fanotify.Event] {
        var events: [Fanotify.Event] = []
        while try queue.read({ events.append($0) }) {}
        return events
    }

    static func append(to path: String) throws {
        let file = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
        try #require(file >= 0 && write(file, "x", 1) == 1)
        close(file)
    }

    /// How many descriptors of processes this process has.
    static var openPidfds: Int {
        let names = (try? Directory.names(of: CPath("/proc/self/fd"))) ?? []
        return names.count {
            let target = try? readLink(CPath("/proc/self/fd/".bytes + $0))
            return target.map { String(decoding: $0, as: UTF8.self).contains("pidfd") } ?? false
        }
    }

    /// Field Pid of /proc/self/fdinfo, pidfd_open(2).
    static func process(behind pidfd: Int32) -> Int32? {
        let text = try? String(contentsOfFile: "/proc/self/fdinfo/\(pidfd)", encoding: .utf8)
        return text?.split(separator: "\n").first { $0.hasPrefix("Pid:") }
            .flatMap { Int32($0.dropFirst(4).trimmingCharacters(in: .whitespaces)) }
    }

    /// What is mounted from now on only this thread and its children see, and it goes with them.
    static func hideMounts() throws {
        let unshare = try function("unshare", as: (@convention(c) (Int32) -> Int32).self)
        // CLONE_NEWNS, unshare(2).
        try #require(unshare(0x2_0000) == 0)
        try #require(run("mount", "--make-rprivate", "/") == 0)
    }

    /// Mounts an overlay at `merged` with a file `low` in its lower layer; false, and says so, where
    /// the running kernel has no overlay or tells nothing of it, before Linux 6.8.
    static func mountOverlay(on directory: TemporaryDirectory) throws -> Bool {
        try #require(run("mount", "-t", "tmpfs", "none", directory.path) == 0)
        for name in ["lower", "upper", "work", "merged"] { mkdir(directory(name), 0o755) }
        try directory.file("lower/low", "content")
        let layers =
            "lowerdir=\(directory("lower")),upperdir=\(directory("upper")),workdir=\(directory("work"))"
        guard try run("mount", "-t", "overlay", "none", "-o", layers, directory("merged")) == 0
        else {
            print("NOT TESTED: the running kernel has no overlay")
            return false
        }
        let queue = try Fanotify()
        do {
            try queue.mark(CPath(directory("merged/low")), .file)
        } catch {
            print("NOT TESTED: the running kernel does not tell who touches on an overlay")
            return false
        }
        return true
    }

    /// Ways to come to a file with the names `file` and `hard`.
    private static let ways: [(name: String, open: @Sendable (TemporaryDirectory) -> Int32)] = [
        ("its name", { open($0("file"), O_WRONLY | O_CLOEXEC) }),
        ("a hard link", { open($0("hard"), O_WRONLY | O_CLOEXEC) }),
        (
            "a symbolic link",
            { directory in
                symlink("file", directory("soft"))
                return open(directory("soft"), O_WRONLY | O_CLOEXEC)
            }
        ),
        (
            "a name that it got later",
            { directory in
                rename(directory("file"), directory("other"))
                return open(directory("other"), O_WRONLY | O_CLOEXEC)
            }
        ),
        (
            "a descriptor, without a name any more",
            { directory in
                let file = open(directory("hard"), O_WRONLY | O_CLOEXEC)
                for name in ["file", "other", "hard"] { unlink(directory(name)) }
                return file
            }
        ),
    ]

    /// However a file is changed, its events tell the number that its path had.
    static func verifyFile(under parent: String) throws {
        let directory = try TemporaryDirectory(under: parent)
        let path = CPath(try directory.file("file", "content"))
        link(directory("file"), directory("hard"))
        var queue = try Fanotify()
        try queue.mark(path, .file)
        let number = queue.number(of: path)
        #expect(number != 0)
        #expect(queue.number(of: CPath(directory("hard"))) == number)
        let fileSystem = try FileSystemType(of: path).number
        #expect(queue.number(of: path, fileSystem: fileSystem) == number)
        for way in ways {
            let file = way.open(directory)
            try #require(file >= 0, "\(way.name)")
            // Links come and go: that is of the file as well.
            #expect(try events(&queue).allSatisfy { $0.file == number && $0.isOfAttributes })
            try #require(write(file, "x", 1) == 1)
            close(file)
            let written = try events(&queue)
            #expect(!written.isEmpty && written.allSatisfy { $0.file == number }, "\(way.name)")
            let all = written.reduce(Fanotify.Events()) { $0.union($1.events) }
            #expect(all.isSuperset(of: [.modify, .closeAfterWriting]), "\(way.name)")
        }
    }

    /// Whatever happens to an entry, the directory's events tell its number, and the file's.
    static func verifyNames(under parent: String) throws {
        let directory = try TemporaryDirectory(under: parent)
        let place = CPath(directory.path)
        var queue = try Fanotify()
        try queue.mark(place, .names)
        func name(_ name: String) -> UInt64 { queue.number(of: place, name: name.bytes) }
        func number(_ name: String) -> UInt64 { queue.number(of: CPath(directory(name))) }
        func told(_ body: () throws -> Void) throws -> [(Fanotify.Events, UInt64, UInt64)] {
            try body()
            return try events(&queue).map { ($0.events, $0.name, $0.file) }
        }
        func expect(
            _ told: [(Fanotify.Events, UInt64, UInt64)],
            _ expected: [(Fanotify.Events, UInt64, UInt64)],
            _ location: SourceLocation = #_sourceLocation
        ) {
            let isSame = told.elementsEqual(expected) { $0 == $1 }
            #expect(isSame, "\(told) \(expected)", sourceLocation: location)
        }

        let made = try told { try directory.file("file") }
        let file = number("file")
        expect(made, [(.create, name("file"), file)])
        expect(
            try told { link(directory("file"), directory("hard")) }, [(.create, name("hard"), file)]
        )
        expect(
            try told { rename(directory("file"), directory("a name with blanks and ü")) },
            [
                (.movedFrom, name("file"), file),
                (.movedTo, name("a name with blanks and ü"), file),
            ])
        let soft = try told { symlink("hard", directory("soft")) }
        #expect(soft.map(\.0) == [.create] && soft.map(\.1) == [name("soft")])
        #expect(soft.allSatisfy { $0.2 != file }, "the link is a file of its own")
        expect(try told { unlink(directory("hard")) }, [(.delete, name("hard"), file)])
        let below = try told { mkdir(directory("below"), 0o755) }
        expect(below, [([.create, .onDirectory], name("below"), number("below"))])
        // What is in it is told by its own mark.
        expect(try told { try directory.file("below/file") }, [])
    }
}
