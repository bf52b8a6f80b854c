import Testing
import TouchmonCore
import TouchmonTestSupport

/// What cannot be compared with the running kernel: times, numbers, limits and faults.
@Suite struct SimulatedKernelTests {
    private let file = RawPath("/f")

    /// The modification time of the file after each of two writes, with a look before the second.
    private func writesTwice(on policy: FileSystemPolicy, looking: Bool) throws -> [FileTime] {
        var kernel = SimulatedKernel(root: policy)
        kernel.advance(by: .microseconds(100))
        let handle = try kernel.open(file, [.write, .create])
        try kernel.write(handle, count: 1)
        var copy = kernel
        let first = try copy.status(file).get().modified
        if looking { _ = kernel.status(file) }
        kernel.advance(by: .microseconds(100))
        try kernel.write(handle, count: 1)
        return [first, try kernel.status(file).get().modified]
    }

    @Test func `a multigrain time moves within a tick once it was asked for`() throws {
        let times = try writesTwice(on: .ext4, looking: true)
        #expect(times[0] < times[1])
    }

    @Test(arguments: [FileSystemPolicy.ext4, .tmpfs])
    func `a multigrain time that nobody asked for stays within a tick`(
        policy: FileSystemPolicy
    ) throws {
        let times = try writesTwice(on: policy, looking: false)
        #expect(times[0] == times[1])
    }

    @Test(arguments: [FileSystemPolicy.ext4BeforeMultigrain, .ext2, .vfat])
    func `a coarse time stays within a tick although it was asked for`(
        policy: FileSystemPolicy
    ) throws {
        let times = try writesTwice(on: policy, looking: true)
        #expect(times[0] == times[1])
    }

    @Test func `no later time is before a full-resolution one`() throws {
        var kernel = SimulatedKernel(root: .ext4)
        kernel.advance(by: .microseconds(100))
        let handle = try kernel.open(file, [.write, .create])
        _ = kernel.status(file)
        try kernel.write(handle, count: 1)
        _ = try kernel.open(RawPath("/g"), [.write, .create])
        let (first, second) = (
            try kernel.status(file).get(), try kernel.status(RawPath("/g")).get()
        )
        #expect(first.modified <= second.modified)
    }

    @Test func `times follow a clock that is set back`() throws {
        var kernel = SimulatedKernel(root: .ext4, now: FileTime(seconds: 1000, nanoseconds: 5000))
        let handle = try kernel.open(file, [.write, .create])
        for _ in 0..<2 {
            _ = kernel.status(file)
            try kernel.write(handle, count: 1)
        }
        kernel.setClock(to: FileTime(seconds: 900, nanoseconds: 1000))
        try kernel.write(handle, count: 1)
        let modified = try kernel.status(file).get().modified
        #expect(modified >= FileTime(seconds: 899) && modified < FileTime(seconds: 901))
    }

    @Test func `explicit times are cut to what the disk holds`() throws {
        var kernel = SimulatedKernel(root: .vfat)
        _ = try kernel.open(file, [.write, .create])
        let time = FileTime(seconds: 1001, nanoseconds: 5)
        try kernel.setTimes(file, access: .now, modification: .set(time))
        #expect(try kernel.status(file).get().modified == FileTime(seconds: 1000))
        #expect(try kernel.status(file).get().identity.birth == nil)
    }

    @Test func `ext4 gives a freed inode number to the next file and tmpfs does not`() throws {
        for (policy, reuses) in [(FileSystemPolicy.ext4, true), (.tmpfs, false)] {
            var kernel = SimulatedKernel(root: policy)
            try kernel.makeNode(file, .regular)
            let first = try kernel.status(file).get().identity.inode
            let handle = try kernel.open(file, .read)
            try kernel.unlink(file)
            try kernel.makeNode(file, .regular)
            #expect(try kernel.status(file).get().identity.inode != first)
            try kernel.close(handle)
            try kernel.makeNode(RawPath("/g"), .regular)
            #expect((try kernel.status(RawPath("/g")).get().identity.inode == first) == reuses)
        }
    }

    @Test func `a copy is a fork of history`() throws {
        var kernel = SimulatedKernel()
        _ = try kernel.addWatch(RawPath("/"), .create).get()
        var fork = kernel
        try fork.makeNode(file, .regular)
        #expect(kernel.readEvents() == [])
        #expect(kernel.status(file) == .failure(.noSuchFile))
        #expect(fork.readEvents() != [])
    }

    @Test func `events have the kernel's layout`() throws {
        var kernel = SimulatedKernel()
        #expect(try kernel.addWatch(RawPath("/"), .create).get() == 1)
        try kernel.makeDirectory(RawPath("/0123456789abcdef"))
        #expect(
            kernel.readEvents()
                == [1, 0, 0, 0, 0, 1, 0, 0x40, 0, 0, 0, 0, 32, 0, 0, 0]
                + Array("0123456789abcdef".utf8)
                + Array(repeating: 0, count: 16))
    }

    @Test func `a small buffer takes whole events and leaves the rest`() throws {
        var kernel = SimulatedKernel()
        _ = kernel.addWatch(RawPath("/"), .create)
        for name in ["/a", "/b", "/c"] { try kernel.makeNode(RawPath(name), .regular) }
        let all = { (kernel: SimulatedKernel) in
            var kernel = kernel
            return kernel.readEvents()
        }(kernel)
        #expect(kernel.readEvents(maximumBytes: 65) == Array(all[..<64]))
        #expect(kernel.readEvents(maximumBytes: 65) == Array(all[64...]))
        #expect(kernel.readEvents() == [])
    }

    @Test func `a watch beyond the limit is refused until another ends`() throws {
        var kernel = SimulatedKernel()
        kernel.watchLimit = 1
        try kernel.makeDirectory(RawPath("/d"))
        let first = try kernel.addWatch(RawPath("/"), .create).get()
        #expect(kernel.addWatch(RawPath("/d"), .create) == .failure(.noSpace))
        #expect(kernel.addWatch(RawPath("/"), .delete) == .success(first))
        _ = kernel.removeWatch(first)
        #expect(try kernel.addWatch(RawPath("/d"), .create).get() > first)
    }

    @Test func `a planned fault strikes the call it names`() throws {
        var kernel = SimulatedKernel()
        kernel.faults.fail(.status, ordinal: 2, with: .permissionDenied)
        kernel.faults.fail(.addWatch, .forever, with: .noMemory)
        let root = RawPath("/")
        #expect((try? kernel.status(root).get()) != nil)
        #expect(kernel.status(root) == .failure(.permissionDenied))
        #expect((try? kernel.status(root).get()) != nil)
        #expect(kernel.addWatch(root, .create) == .failure(.noMemory))
        #expect(kernel.addWatch(root, .create) == .failure(.noMemory))
        kernel.faults.clear()
        #expect(kernel.addWatch(root, .create) == .success(1))
    }

    @Test func `a daemon that comes back has no watches`() throws {
        var kernel = SimulatedKernel()
        _ = kernel.addWatch(RawPath("/"), .create)
        try kernel.makeNode(file, .regular)
        kernel.restartInotify()
        try kernel.makeNode(RawPath("/g"), .regular)
        #expect(kernel.readEvents() == [])
        #expect(kernel.addWatch(RawPath("/"), .create) == .success(1))
    }

    @Test func `the mount table follows mounts and says that it changed`() throws {
        var kernel = SimulatedKernel()
        try kernel.makeDirectory(RawPath("/m"))
        let disk = kernel.makeFileSystem(.ext4)
        #expect(kernel.takeMountTableChange() == false)
        try kernel.mount(disk, at: RawPath("/m"))
        try kernel.makeDirectory(RawPath("/m/d"))
        try kernel.bind(RawPath("/m/d"), at: RawPath("/m/d"))
        #expect(kernel.takeMountTableChange() == true)
        #expect(kernel.takeMountTableChange() == false)
        #expect(kernel.mountTable.map(\.point) == ["/", "/m", "/m/d"].map(RawPath.init))
        try kernel.unmount(RawPath("/m"), lazy: true)
        #expect(kernel.takeMountTableChange() == true)
        #expect(kernel.mountTable.map(\.point) == [RawPath("/")])
    }

    @Test func `a disk that is mounted again holds what it held`() throws {
        var kernel = SimulatedKernel()
        try kernel.makeDirectory(RawPath("/m"))
        let disk = kernel.makeFileSystem(.ext4)
        try kernel.mount(disk, at: RawPath("/m"))
        try kernel.makeNode(RawPath("/m/f"), .regular)
        let before = try kernel.status(RawPath("/m/f")).get()
        try kernel.unmount(RawPath("/m"))
        #expect(kernel.status(RawPath("/m/f")) == .failure(.noSuchFile))
        try kernel.mount(disk, at: RawPath("/m"))
        #expect(try kernel.status(RawPath("/m/f")).get() == before)
    }
}
