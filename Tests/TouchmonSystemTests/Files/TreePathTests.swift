import Foundation
import Glibc
import Testing
import TouchmonSystem

/// What is opened by a path that leads through no symbolic link.
@Suite struct TreePathTests {
    private static let path = 0x20_0000 as Int32  // O_PATH

    /// The inode of what is opened, or the name of the error.
    private static func opened(_ path: String, _ flags: Int32 = path) -> String {
        do throws(SystemFailure) {
            let file = try OwnedDescriptor(inTree: CPath(path), flags: flags)
            #expect(fcntl(file.raw, F_GETFD) == FD_CLOEXEC)
            return "\(try FileMetadata(of: file).inode)"
        } catch {
            return error.errno.name
        }
    }

    private static func inode(_ path: String) throws -> String {
        "\(try FileMetadata(at: CPath(path), follow: false).inode)"
    }

    /// Holds on every kernel.
    private static func verify() throws {
        let directory = try TemporaryDirectory()
        try #require(run("mkdir", "-p", directory("a/b/c"), directory("other")) == 0)
        try directory.file("a/b/c/file")
        symlink("b", directory("a/link"))
        symlink("file", directory("a/b/c/link"))
        symlink("/", directory("root"))
        for name in ["", "a", "a/b/c", "a/b/c/file"] {
            #expect(try opened(directory(name)) == inode(directory(name)))
        }
        // A link at the end is itself, and is not opened.
        #expect(try opened(directory("a/b/c/link")) == inode(directory("a/b/c/link")))
        #expect(opened(directory("a/b/c/link"), O_RDONLY) == "ELOOP")
        #expect(["ELOOP", "ENOTDIR"].contains(opened(directory("a/link"), O_RDONLY | O_DIRECTORY)))
        #expect(["ELOOP", "ENOTDIR"].contains(opened(directory("a/link"), path | O_DIRECTORY)))
        // On the way it is the end.
        for name in ["a/link/c/file", "a/link/c", "root/etc/passwd", "root\(directory.path)"] {
            #expect(["ELOOP", "ENOTDIR"].contains(opened(directory(name))), "\(name)")
        }
        #expect(opened(directory("missing")) == "ENOENT")
        #expect(opened(directory("a/missing/c")) == "ENOENT")
        #expect(opened(directory("a/b/c/file/x")) == "ENOTDIR")
        #expect(opened(directory(String(repeating: "x", count: 256))) == "ENAMETOOLONG")
        #expect(opened(directory(String(repeating: "x", count: 5000))) == "ENAMETOOLONG")
        #expect(try opened("/") == inode("/"))
        #expect(try opened("/", O_RDONLY | O_DIRECTORY) == inode("/"))
        try verifyLong(directory)
    }

    private static func verifyLong(_ directory: TemporaryDirectory) throws {
        let name = String(repeating: "n", count: 250)
        mkdir(directory("long"), 0o755)
        defer { _ = try? run("rm", "-rf", directory("long")) }
        // At and around PATH_MAX, and far beyond.
        for length in [4094, 4095, 4096, 4097, 8191, 8192, 8193, 20000] {
            var names = Array(repeating: name, count: (length - directory("long").utf8.count) / 251)
            let left = length - directory("long").utf8.count - names.count * 251
            if left > 1 { names.append(String(repeating: "e", count: left - 1)) }
            let path = try makeDeep(directory("long"), names)
            #expect(path.utf8.count >= length - 1)
            #expect(Int(opened(path)) != nil && Int(opened(path, O_RDONLY)) != nil)
            #expect(opened(path) != opened((path as NSString).deletingLastPathComponent))
            #expect(opened(path + "/missing") == "ENOENT")
            try #require(run("rm", "-rf", directory("long")) == 0)
            mkdir(directory("long"), 0o755)
        }
        // A link deep in it.
        let deep = try makeDeep(directory("long"), Array(repeating: name, count: 20))
        let place = try OwnedDescriptor(inTree: CPath(deep), flags: O_RDONLY | O_DIRECTORY)
        symlinkat("/", place.raw, "link")
        #expect(["ELOOP", "ENOTDIR"].contains(opened(deep + "/link/etc")))
        let next = try makeDeep(deep, Array(repeating: name, count: 20))
        let link = deep + "/link/" + next.dropFirst(deep.utf8.count)
        #expect(["ELOOP", "ENOTDIR"].contains(opened(link)))
    }

    @Test func `no symbolic link is passed, and no path is too long`() throws {
        try Self.verify()
    }

    @Test(arguments: [ENOSYS, EPERM])
    func `so it is where the kernel has no openat2`(error: Int32) async {
        await #expect(processExitsWith: .success) { [error] in
            try forbidOpenat2(error)
            try Self.verify()
        }
    }

    /// A directory and a link take turns; what is opened is the directory's file, or nothing.
    @Test func `a link that comes and goes leads nowhere`() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            for name in ["in", "out"] { mkdir(directory(name), 0o755) }
            try directory.file("in/file")
            try directory.file("out/file")
            symlink("out", directory("link"))
            let expected = try Self.inode(directory("in/file"))
            let (inner, link, aside) = (directory("in"), directory("link"), directory("aside"))
            let done = directory("done")
            Thread.detachNewThread {
                for _ in 0..<20_000 {
                    rename(inner, aside)
                    rename(link, inner)
                    rename(inner, link)
                    rename(aside, inner)
                }
                mkdir(done, 0o755)
            }
            var answers: [String: Int] = [:]
            while access(done, F_OK) != 0 {
                for _ in 0..<100 { answers[Self.opened(directory("in/file")), default: 0] += 1 }
            }
            #expect(Set(answers.keys).isSubset(of: [expected, "ENOENT", "ELOOP"]), "\(answers)")
            #expect(answers[expected] != nil && answers["ELOOP"] != nil, "\(answers)")
        }
    }
}
