import Foundation
import Testing

@testable import TouchmonSystem

@Suite struct FileSystemTypeTests {
    @Test func `proc, sysfs and tmpfs have their numbers`() throws {
        #expect(try FileSystemType(of: CPath("/proc/self/stat")).magic == 0x9FA0)
        #expect(try FileSystemType(of: CPath("/sys")).magic == 0x6265_6572)
        #expect(try FileSystemType(of: CPath("/dev/shm")).magic == 0x0102_1994)
    }

    @Test func `a symbolic link lies on a file system of its own`() throws {
        let directory = try TemporaryDirectory(under: "/dev/shm")
        let link = directory.path + "/link"
        #expect(symlink("/proc/self/stat", link) == 0)
        #expect(try FileSystemType(of: CPath(link)).magic == 0x9FA0)
        #expect(try FileSystemType(of: CPath(link), follow: false).magic == 0x0102_1994)
    }

    @Test func `nothing there is a failure`() {
        #expect(throws: SystemFailure.self) {
            try FileSystemType(of: CPath("/proc/self/nowhere"))
        }
    }

    @Test func `a fresh look sees what a look sees`() throws {
        for path in ["/proc/self/stat", "/dev/shm", "/"] {
            let fresh = try FileMetadata(at: CPath(path), isFresh: true)
            #expect(try FileMetadata(at: CPath(path)).kind == fresh.kind)
        }
    }
}
