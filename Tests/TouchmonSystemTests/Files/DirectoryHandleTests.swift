import Foundation
import Glibc
import Testing
import TouchmonSystem

/// From a directory's handle to its path, on the running kernel.
@Suite(.enabled(if: getuid() == 0, "needs root: nobody else may open a handle"))
struct DirectoryHandleTests {
    private static func opened(_ path: String) throws -> OwnedDescriptor {
        try OwnedDescriptor(inTree: CPath(path), flags: O_RDONLY | O_DIRECTORY)
    }

    /// The path by which the directory that was at `path` is reached on the mount at `point`.
    private static func path(
        of handle: DirectoryHandle, _ point: String
    ) throws -> String? {
        try handle.path(onMountAt: opened(point)).map { String(decoding: $0, as: UTF8.self) }
    }

    private static func handle(_ path: String) throws -> DirectoryHandle {
        try DirectoryHandle(inTree: CPath(path))
    }

    @Test(arguments: [MountPlace.Kind.ext4, .tmpfs, .xfs, .btrfs])
    func `a directory is found wherever it was moved to, until it is gone`(
        kind: MountPlace.Kind
    ) async {
        await #expect(processExitsWith: .success) { [kind] in
            let place = try MountPlace(kind)
            try #require(place.run("mkdir -p $m/a/b/c $m/d") == 0)
            for name in ["a", "a/b", "a/b/c", "d"] {
                #expect(try Self.path(of: Self.handle(place(name)), place.point) == place(name))
            }
            #expect(try Self.path(of: Self.handle(place.point), place.point) == place.point)
            let handle = try Self.handle(place("a/b/c"))
            try #require(place.run("mv $m/a/b $m/d/e") == 0)
            #expect(try Self.path(of: handle, place.point) == place("d/e/c"))
            #expect(try Self.handle(place("d/e/c")) == handle)
            // Removed, and made anew: another one, also where it gets the same inode.
            try #require(place.run("rmdir $m/d/e/c; mkdir $m/d/e/c") == 0)
            #expect(try Self.path(of: handle, place.point) == nil)
            #expect(try Self.handle(place("d/e/c")) != handle)
        }
    }

    @Test func `a name may be anything`() async {
        await #expect(processExitsWith: .success) {
            let place = try MountPlace(.ext4)
            for name: [UInt8] in [
                "\n".bytes, "a b".bytes, [0xFF], "x (deleted)".bytes, "//deleted".bytes.suffix(7),
                [UInt8](repeating: 0xC3, count: 255),
            ] {
                let path = CPath(place.point.bytes + [0x2F] + name)
                try #require(
                    path.bytes.withUnsafeBufferPointer {
                        mkdir($0.map(CChar.init(bitPattern:)) + [0], 0o755)
                    } == 0)
                let handle = try DirectoryHandle(inTree: path)
                #expect(try handle.path(onMountAt: Self.opened(place.point)) == path.bytes)
            }
        }
    }

    @Test func `the kernel's word for what was removed is not taken for a name`() async {
        await #expect(processExitsWith: .success) {
            let place = try MountPlace(.ext4)
            try #require(place.run("mkdir $m/x \"$m/x (deleted)\"") == 0)
            let handle = try Self.handle(place("x"))
            // As long as it is open the handle leads to it.
            let kept = try Self.opened(place("x"))
            try #require(place.run("rmdir $m/x") == 0)
            #expect(try Self.path(of: handle, place.point) == nil)
            #expect(kept.raw > 2)
        }
    }

    @Test func `what is not mounted there is not found, or elsewhere`() async {
        await #expect(processExitsWith: .success) {
            let place = try MountPlace(.ext4)
            let bind = "\(place.beside)/bind"
            let out = "touchmon-test-\(UUID().uuidString)"
            try #require(
                place.run("mkdir -p $m/in/a $m/\(out)/a $s/bind; mount --bind $m/in $s/bind") == 0)
            let (inner, outer) = (
                try Self.handle(place("in/a")), try Self.handle(place("\(out)/a"))
            )
            #expect(try Self.path(of: inner, bind) == "\(bind)/a")
            #expect(try Self.path(of: inner, place.point) == place("in/a"))
            #expect(try Self.path(of: outer, bind) == nil)
            // The kernel's text begins at the root of the file system: another may be there.
            try #require(run("mkdir", "-p", "/\(out)/a") == 0)
            defer { _ = try? run("rm", "-r", "/\(out)") }
            #expect(try Self.path(of: outer, bind) == nil)
        }
    }

    @Test func `what something else is mounted over is not found`() async {
        await #expect(processExitsWith: .success) {
            let place = try MountPlace(.ext4)
            try #require(place.run("mkdir -p $m/a/b $m/c") == 0)
            let (hidden, other) = (try Self.handle(place("a/b")), try Self.handle(place("c")))
            try #require(place.run("mount -t tmpfs tmpfs $m/a; mkdir $m/a/b") == 0)
            #expect(try Self.path(of: hidden, place.point) == nil)
            #expect(try Self.path(of: other, place.point) == place("c"))
            let mounted = try Self.handle(place("a/b"))
            #expect(try Self.path(of: mounted, place("a")) == place("a/b"))
            // Nor is it another file system's directory.
            #expect(try Self.path(of: mounted, place.point) == nil)
            #expect(try Self.path(of: other, place("a")) == nil)
            try #require(place.run("umount $m/a") == 0)
            #expect(try Self.path(of: hidden, place.point) == place("a/b"))
        }
    }

    @Test(arguments: [(255, 24), (1, 3000), (100, 60)])
    func `a path may be longer than the kernel can say`(length: Int, count: Int) async {
        await #expect(processExitsWith: .success) { [length, count] in
            let place = try MountPlace(.tmpfs)
            let name = String(repeating: "x", count: length)
            let path = try makeDeep(place.point, Array(repeating: name, count: count))
            #expect(path.utf8.count > 6000)
            let handle = try Self.handle(path)
            #expect(try Self.path(of: handle, place.point) == path)
            // Others of the same length beside it.
            for other in ["a", "z"] { mkdir(place(other), 0o755) }
            try #require(rename(place(name), place("moved")) == 0)
            let moved = place("moved") + path.dropFirst(place(name).count)
            #expect(try Self.path(of: handle, place.point) == moved)
        }
    }

    /// The names on the way are found also where file systems are mounted below PATH_MAX.
    @Test func `a long path may lead through mounts`() async {
        await #expect(processExitsWith: .success) {
            let place = try MountPlace(.tmpfs)
            let names = Array(repeating: String(repeating: "y", count: 200), count: 15)
            let half = try makeDeep(place.point, names)
            let rest = Array(repeating: String(repeating: "z", count: 200), count: 10)
            let point = try makeDeep(half, rest)
            // mount(2) takes no such path, and mount(8) no other.
            let directory = try Self.opened(point)
            try #require(fchdir(directory.raw) == 0)
            try #require(Glibc.mount("tmpfs", ".", "tmpfs", 0, nil) == 0)
            try #require(chdir("/") == 0)
            let path = try makeDeep(point, ["a", "b"])
            #expect(path.utf8.count > 5000)
            #expect(try Self.path(of: Self.handle(path), point) == path)
            #expect(try Self.path(of: Self.handle(point), point) == point)
        }
    }

    @Test func `an ordinary user may open no handle`() async {
        await #expect(processExitsWith: .success) {
            try become(#require(TestUsers.alice))
            let failure = SystemFailure(
                operation: "open a directory by its handle", errno: .notPermitted)
            #expect(throws: failure) { try Self.path(of: Self.handle("/tmp"), "/tmp") }
        }
    }
}
