import Foundation
import Glibc
import Testing
import TouchmonSystem

/// What happens on whole file systems, as the running kernel tells it.
@Suite(.enabled(if: getuid() == 0, "needs root: the kernel tells nobody else"))
struct FileSystemEventsTests {
    /// An event that can be kept.
    struct Told: Hashable {
        var events: Fanotify.Events
        var directory: UInt64
        var name: String
    }

    /// A marked file system, and what is told of it.
    final class Marked {
        let place: MountPlace
        let queue: FileSystemEvents

        init(_ kind: MountPlace.Kind) throws {
            place = try MountPlace(kind)
            queue = try FileSystemEvents()
            try queue.mark(CPath(place.point))
        }

        func number(_ name: String) throws -> UInt64 {
            queue.number(of: try DirectoryHandle(inTree: CPath(place(name))))
        }

        func events() throws -> [Told] {
            var events: [Told] = []
            var isMore = true
            while isMore {
                isMore = try queue.read { event in
                    events.append(
                        Told(
                            events: event.events, directory: event.directory,
                            name: String(decoding: event.name, as: UTF8.self)))
                }
            }
            return events
        }

        func told(_ script: String) throws -> [Told] {
            try #require(place.run("cd $m; \(script)") == 0)
            return try events()
        }
    }

    // MARK: Events

    @Test(arguments: [MountPlace.Kind.ext4, .tmpfs, .xfs, .btrfs])
    func `all that happens is told by directory and name`(kind: MountPlace.Kind) async {
        await #expect(processExitsWith: .success) { [kind] in
            let marked = try Marked(kind)
            let root = try marked.number("")
            #expect(
                try marked.told("mkdir d") == [
                    Told(events: [.create, .onDirectory], directory: root, name: "d")
                ])
            let below = try marked.number("d")
            #expect(below != root && below != 0)
            let all: [(script: String, told: [Told])] = [
                (
                    "echo x > d/f",
                    [
                        Told(
                            events: [.create, .modify, .closeAfterWriting], directory: below,
                            name: "f")
                    ]
                ),
                (
                    "echo x >> d/f",
                    [
                        Told(events: [.modify, .closeAfterWriting], directory: below, name: "f")
                    ]
                ),
                ("chmod 600 d/f", [Told(events: .attributes, directory: below, name: "f")]),
                (
                    "chmod 700 d",
                    [
                        Told(events: [.attributes, .onDirectory], directory: below, name: ".")
                    ]
                ),
                (
                    "mv d/f g",
                    [
                        Told(events: .movedFrom, directory: below, name: "f"),
                        Told(events: .movedTo, directory: root, name: "g"),
                    ]
                ),
                ("ln g d/h", [Told(events: .create, directory: below, name: "h")]),
                ("ln -s g d/soft", [Told(events: .create, directory: below, name: "soft")]),
                ("cat g; ls d", []),
                (
                    "mv d e",
                    [
                        Told(events: [.movedFrom, .onDirectory], directory: root, name: "d"),
                        Told(events: [.movedTo, .onDirectory], directory: root, name: "e"),
                    ]
                ),
                // The directory is the one that it was.
                ("rm e/h", [Told(events: .delete, directory: below, name: "h")]),
                (
                    "rm e/soft; rmdir e",
                    [
                        Told(events: .delete, directory: below, name: "soft"),
                        Told(events: [.delete, .onDirectory], directory: root, name: "e"),
                    ]
                ),
            ]
            for (script, told) in all {
                let found = try marked.told(script)
                #expect(Set(found) == Set(told) && found.count == told.count, "\(script): \(found)")
            }
        }
    }

    @Test func `a directory that was made a moment ago is heard, however deep`() async {
        await #expect(processExitsWith: .success) {
            let marked = try Marked(.ext4)
            let told = try marked.told("mkdir -p a/b/c/d; touch a/b/c/d/f")
            let numbers = try ["", "a", "a/b", "a/b/c", "a/b/c/d"].map { try marked.number($0) }
            #expect(told.map(\.directory) == numbers)
            #expect(told.map(\.name) == ["a", "b", "c", "d", "f"])
        }
    }

    @Test(arguments: [MountPlace.Kind.ext4, .tmpfs, .xfs, .btrfs])
    func `a directory is left out with what is in it, and not what leaves it or is below`(
        kind: MountPlace.Kind
    ) async {
        await #expect(processExitsWith: .success) { [kind] in
            let marked = try Marked(kind)
            _ = try marked.told("mkdir d d/e o; touch d/f")
            let (e, o) = (try marked.number("d/e"), try marked.number("o"))
            let mount = try TreeListing(CPath(marked.place.point))
            try marked.queue.ignore(
                DirectoryHandle(inTree: CPath(marked.place("d"))), onMountAt: mount.directory)
            #expect(try marked.told("echo x > d/f; touch d; mkdir d/n; rmdir d/n; rm d/f").isEmpty)
            #expect(try marked.told("touch d/e/x").map(\.directory) == [e])
            let moved = try marked.told("touch d/g; mv d/g o/g; echo x > o/g")
            #expect(Set(moved.map(\.directory)) == [o] && Set(moved.map(\.name)) == ["g"])
            // It is the directory that is left out, whatever it is called.
            #expect(try marked.told("mv d o/d").filter { $0.directory == o }.map(\.name) == ["d"])
            #expect(try marked.told("echo x > o/d/f").isEmpty)
            try marked.queue.ignoreNothing()
            #expect(try marked.told("echo x > o/d/f").map(\.name) == ["f"])
            try marked.queue.ignore(
                DirectoryHandle(inTree: CPath(marked.place("o"))), onMountAt: mount.directory)
            let gone = try DirectoryHandle(inTree: CPath(marked.place("o/d/e")))
            _ = try marked.told("rm -r o/d/e")
            #expect {
                try marked.queue.ignore(gone, onMountAt: mount.directory)
            } throws: {
                ($0 as? SystemFailure)?.errno == .stale
            }
        }
    }

    @Test func `hostile names come as they are`() async {
        await #expect(processExitsWith: .success) {
            let marked = try Marked(.tmpfs)
            let names: [[UInt8]] = [
                "\n".bytes, " ".bytes, "..x".bytes, [0xFF, 0xFE], [1], ";touch x".bytes,
                [UInt8](repeating: 0x78, count: 255), [UInt8](repeating: 0xC3, count: 255),
            ]
            for name in names {
                let path = CPath(marked.place.point.bytes + [0x2F] + name)
                #expect(
                    path.bytes.map(CChar.init(bitPattern:)).withUnsafeBufferPointer {
                        mkdir(Array($0) + [0], 0o755)
                    } == 0)
            }
            var found: [[UInt8]] = []
            _ = try marked.queue.read { found.append(Array($0.name)) }
            #expect(found == names)
        }
    }

    @Test func `a file with several names is told by the one that was used`() async {
        await #expect(processExitsWith: .success) {
            let marked = try Marked(.ext4)
            _ = try marked.told("mkdir one two; touch one/f; ln one/f two/g")
            let (one, two) = (try marked.number("one"), try marked.number("two"))
            for (path, directory, name) in [("one/f", one, "f"), ("two/g", two, "g")] {
                #expect(
                    try marked.told("echo x >> \(path)") == [
                        Told(
                            events: [.modify, .closeAfterWriting], directory: directory, name: name)
                    ])
            }
        }
    }

    @Test func `the handle of an event is that of its directory`() async {
        await #expect(processExitsWith: .success) {
            let marked = try Marked(.ext4)
            mkdir(marked.place("d"), 0o755)
            mkdir(marked.place("d/e"), 0o755)
            var handles: [DirectoryHandle?] = []
            _ = try marked.queue.read { event in
                #expect(event.process == getpid())
                #expect(event.handle.map { marked.queue.number(of: $0) } == event.directory)
                handles.append(event.handle)
            }
            #expect(
                try handles
                    == ["", "d"].map {
                        try DirectoryHandle(inTree: CPath(marked.place($0)))
                    })
            // Nor does anybody know what the numbers are elsewhere.
            let other = try FileSystemEvents()
            #expect(try other.number(of: #require(handles[0])) != marked.number(""))
        }
    }

    @Test func `the process is told, also when it is gone`() async {
        await #expect(processExitsWith: .success) {
            let marked = try Marked(.tmpfs)
            let shell = try WaitingProcess("echo x > '\(marked.place("f"))'")
            shell.end()
            var processes: [Int32] = []
            _ = try marked.queue.read { processes.append($0.process) }
            #expect(processes == [shell.pid])
        }
    }

    // MARK: The queue

    @Test func `one read tells that the queue is empty, or that it is not`() async {
        await #expect(processExitsWith: .success) {
            let marked = try Marked(.tmpfs)
            func read() throws -> (count: Int, isMore: Bool) {
                var count = 0
                let isMore = try marked.queue.read { _ in count += 1 }
                return (count, isMore)
            }
            #expect(try read() == (0, false))
            mkdir(marked.place("d"), 0o755)
            #expect(try read() == (1, false))
            #expect(try read() == (0, false))
            let names = (0..<5000).map { "\($0)" + String(repeating: "x", count: $0 % 200) }
            for name in names { try #require(symlink("nowhere", marked.place(name)) == 0) }
            var (reads, found) = (0, [String]())
            var isMore = true
            while isMore {
                isMore = try marked.queue.read {
                    found.append(String(decoding: $0.name, as: UTF8.self))
                }
                reads += 1
            }
            #expect(found == names)
            #expect(reads > 1 && reads < 50)
            #expect(try read() == (0, false))
        }
    }

    @Test func `that the queue was full is told`() async {
        await #expect(processExitsWith: .success) {
            let marked = try Marked(.tmpfs)
            let limit = try #require(
                Int(
                    String(
                        contentsOfFile: "/proc/sys/fs/fanotify/max_queued_events", encoding: .utf8
                    )
                    .trimmingCharacters(in: .whitespacesAndNewlines)))
            guard limit < 100_000 else {
                print("NOT TESTED: the queue is too long here to be filled")
                return
            }
            for name in 0..<(limit + 100) { symlink("nowhere", marked.place("\(name)")) }
            let told = try marked.events()
            let lost = told.filter { $0.events.contains(.overflow) }
            #expect(lost == [Told(events: .overflow, directory: 0, name: "")])
            #expect(told.count <= limit + 1)
            // And it goes on.
            let root = try marked.number("")
            #expect(
                try marked.told("mkdir after") == [
                    Told(events: [.create, .onDirectory], directory: root, name: "after")
                ])
        }
    }

    // MARK: Marks

    @Test func `one queue tells of several file systems, and of nothing else`() async {
        await #expect(processExitsWith: .success) {
            let marked = try Marked(.tmpfs)
            try #require(marked.place.run("mkdir $s/other; mount -t tmpfs tmpfs $s/other") == 0)
            _ = try marked.events()
            #expect(try marked.told("mkdir $s/other/d").isEmpty)
            try marked.queue.mark(CPath("\(marked.place.beside)/other"))
            let other = marked.queue.number(
                of: try DirectoryHandle(inTree: CPath("\(marked.place.beside)/other")))
            let both = try marked.told("touch $s/other/f; touch f; touch $s/beside")
            #expect(both.map(\.name) == ["f", "f"])
            #expect(both.map(\.directory) == [other, try marked.number("")])
            try marked.queue.unmark(CPath(marked.place.point))
            #expect(try marked.told("touch $s/other/g g").map(\.name) == ["g"])
            let failure = SystemFailure(
                operation: "end the watch of the file system", errno: .noSuchFile,
                subject: marked.place.point.bytes)
            #expect(throws: failure) { try marked.queue.unmark(CPath(marked.place.point)) }
        }
    }

    @Test func `a file system is heard through all of its mounts, and none is kept busy`() async {
        await #expect(processExitsWith: .success) {
            let marked = try Marked(.ext4)
            _ = try marked.told("mkdir d $s/bind; mount --bind $m/d $s/bind")
            let below = try marked.number("d")
            #expect(
                try marked.told("mkdir $s/bind/x") == [
                    Told(events: [.create, .onDirectory], directory: below, name: "x")
                ])
            #expect(try marked.place.run("umount $s/bind; umount $m") == 0)
        }
    }

    @Test(arguments: [
        (MountPlace.Kind.overlay, "", EOPNOTSUPP), (.fuse, "", ENODEV),
        (.btrfs, "btrfs subvolume create $m/sub", EXDEV),
    ])
    func `what can't be marked is told`(
        kind: MountPlace.Kind, script: String, error: Int32
    ) async {
        await #expect(processExitsWith: .success) { [kind, script, error] in
            let place = try MountPlace(kind)
            try #require(place.run(script) == 0)
            let path = script.isEmpty ? place.point : place("sub")
            let failure = SystemFailure(
                operation: "watch the file system", errno: Errno(error), subject: path.bytes)
            let queue = try FileSystemEvents()
            #expect(throws: failure) { try queue.mark(CPath(path)) }
            let missing = SystemFailure(
                operation: "watch the file system", errno: .noSuchFile,
                subject: place("missing").bytes)
            #expect(throws: missing) { try queue.mark(CPath(place("missing"))) }
        }
    }

    @Test func `an ordinary user is told that it is not permitted`() async {
        await #expect(processExitsWith: .success) {
            try become(#require(TestUsers.alice))
            let failure = SystemFailure(
                operation: "watch the file system", errno: .notPermitted, subject: "/tmp".bytes)
            // Before Linux 5.13 there is no queue for him.
            #expect(throws: SystemFailure.self) { try FileSystemEvents().mark(CPath("/tmp")) }
            if let queue = try? FileSystemEvents() {
                #expect(throws: failure) { try queue.mark(CPath("/tmp")) }
            }
        }
    }
}
