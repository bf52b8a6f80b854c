import Foundation
import Glibc
import Testing
import TouchmonSystem

/// Looks at files of trees.
@Suite struct TreeLooksTests {
    /// Holds on every kernel.
    private static func verify() throws {
        let directory = try TemporaryDirectory()
        try #require(run("mkdir", "-p", directory("a/b"), directory("c")) == 0)
        for name in ["a/f", "a/g", "a/b/f", "c/f"] { try directory.file(name, name) }
        symlink("a", directory("link"))
        symlink("f", directory("a/link"))
        var looks = TreeLooks()
        // In every order, so that the directory that is open is right, and wrong.
        let names = [
            "a/f", "a/g", "a/b/f", "a/b", "a", "c/f", "a/f", "a/link", "link", "c", "a/b/f",
        ]
        for name in names + names.reversed() {
            let expected = try FileMetadata(at: CPath(directory(name)), follow: false)
            #expect(try looks.metadata(of: CPath(directory(name))) == expected)
            #expect(try looks.metadata(of: CPath(directory(name)), isFresh: true) == expected)
        }
        #expect(try looks.metadata(of: CPath("/")) == FileMetadata(at: CPath("/")))
        #expect(try looks.metadata(of: CPath("/tmp")) == FileMetadata(at: CPath("/tmp")))
        for (name, errors) in [
            ("a/missing", [ENOENT]), ("missing/f", [ENOENT]), ("a/f/x", [ENOTDIR]),
            ("link/f", [ELOOP, ENOTDIR]), ("link/b/f", [ELOOP, ENOTDIR]),
        ] {
            for _ in 1...2 {
                do {
                    _ = try looks.metadata(of: CPath(directory(name)))
                    Issue.record("\(name) is there")
                } catch {
                    #expect(errors.contains(error.errno.code), "\(name) \(error)")
                    #expect(error.subject == directory(name).bytes)
                }
            }
        }
    }

    @Test func `the status is the entry's own, in whatever order it is asked for`() throws {
        try Self.verify()
    }

    @Test func `so it is where the kernel has no openat2`() async {
        await #expect(processExitsWith: .success) {
            try forbidOpenat2(ENOSYS)
            try Self.verify()
        }
    }

    @Test func `a path may be longer than PATH_MAX`() throws {
        let directory = try TemporaryDirectory()
        defer { _ = try? run("rm", "-rf", directory.path) }
        let names = Array(repeating: String(repeating: "n", count: 250), count: 30)
        let deep = try makeDeep(directory.path, names)
        var looks = TreeLooks()
        let metadata = try looks.metadata(of: CPath(deep))
        #expect(metadata.kind == .directory)
        let opened = try OwnedDescriptor(inTree: CPath(deep), flags: O_RDONLY)
        #expect(try FileMetadata(of: opened) == metadata)
        symlinkat("nowhere", opened.raw, "soft")
        #expect(try looks.metadata(of: CPath(deep + "/soft")).kind == .symbolicLink)
    }

    @Test func `what the path leads to is known after it was forgotten`() throws {
        let directory = try TemporaryDirectory()
        for name in ["a", "b"] {
            mkdir(directory(name), 0o755)
            try directory.file("\(name)/f")
        }
        var looks = TreeLooks()
        let first = try looks.metadata(of: CPath(directory("a/f")))
        let second = try looks.metadata(of: CPath(directory("b/f")))
        #expect(try looks.metadata(of: CPath(directory("a/f"))) == first)
        rename(directory("a"), directory("c"))
        rename(directory("b"), directory("a"))
        looks.forget()
        #expect(try looks.metadata(of: CPath(directory("a/f"))).inode == second.inode)
        #expect(try looks.metadata(of: CPath(directory("c/f"))).inode == first.inode)
    }

    @Test func `what was forgotten is closed`() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            // Only what leads below it: the testing library opens and closes others meanwhile.
            let count = {
                try Directory.names(of: CPath("/proc/self/fd")).count { name in
                    let target = try? readLink(CPath("/proc/self/fd/".bytes + name))
                    return target?.starts(with: directory.path.bytes) == true
                }
            }
            var looks = TreeLooks()
            #expect(try count() == 0)
            for name in ["a", "b"] {
                mkdir(directory(name), 0o755)
                try directory.file("\(name)/f")
                _ = try looks.metadata(of: CPath(directory("\(name)/f")))
                #expect(try count() == 1)
            }
            #expect(throws: SystemFailure.self) {
                try looks.metadata(of: CPath(directory("missing/f")))
            }
            looks.forget()
            #expect(try count() == 0)
        }
    }

    @Test func `a writer is seen, and no link leads to one`() throws {
        let directory = try TemporaryDirectory()
        mkdir(directory("a"), 0o755)
        let path = try directory.file("a/file")
        symlink("a", directory("way"))
        symlink("file", directory("a/link"))
        mkfifo(directory("fifo"), 0o600)
        try waitForWriters(of: path)
        #expect(WriterProbe.probe(inTree: CPath(path)) == .no)
        let writer = open(path, O_WRONLY | O_CLOEXEC)
        #expect(WriterProbe.probe(inTree: CPath(path)) == .yes)
        for name in ["way/file", "a/link", "fifo", "a", "missing"] {
            #expect(WriterProbe.probe(inTree: CPath(directory(name))) == .unknown, "\(name)")
        }
        close(writer)
    }
}
