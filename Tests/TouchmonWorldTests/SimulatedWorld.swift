import TouchmonCore
import TouchmonTestSupport

/// The simulated kernel performing steps below `/base/scene`.
struct SimulatedWorld: World {
    var kernel: SimulatedKernel
    private var handles: [FileHandle?] = [nil, nil, nil]

    init(policy: FileSystemPolicy) throws {
        kernel = SimulatedKernel(root: policy)
        try kernel.makeDirectory(RawPath("/base"), mode: 0o700)
        try kernel.makeDirectory(RawPath("/base/scene"), mode: 0o700)
    }

    /// Lets the coarse clock tick, as it did in the other world.
    mutating func tick() {
        kernel.advance(by: .milliseconds(4))
    }

    mutating func perform(_ step: Step) -> Int32 {
        kernel.advance(by: .microseconds(1))
        do {
            return try attempt(step)
        } catch {
            return error.code
        }
    }

    mutating func readEvents() -> [UInt8] {
        kernel.readEvents()
    }

    mutating func facts(_ path: String) -> Result<Facts, ErrorNumber> {
        kernel.status(full(path), followSymlinks: false).map(Self.facts)
    }

    mutating func facts(slot: Int) -> Result<Facts, ErrorNumber> {
        guard let handle = handles[slot] else { return .failure(.badHandle) }
        return kernel.status(handle).map(Self.facts)
    }

    func full(_ path: String) -> RawPath { RawPath("/base/scene/" + path) }

    private mutating func attempt(_ step: Step) throws(ErrorNumber) -> Int32 {
        switch step {
        case .open(let slot, let path, let options):
            if handles[slot] == nil {
                handles[slot] = try kernel.open(full(path), options, mode: 0o600)
            }
        case .write(let slot, let count):
            if let handle = handles[slot] { try kernel.write(handle, count: UInt64(count)) }
        case .truncateHandle(let slot, let size):
            if let handle = handles[slot] { try kernel.truncate(handle, to: UInt64(size)) }
        case .close(let slot):
            if let handle = handles[slot] {
                handles[slot] = nil
                try kernel.close(handle)
            }
        case .handleTimes(let slot, let access, let modification):
            if let handle = handles[slot] {
                try kernel.setTimes(handle, access: access, modification: modification)
            }
        case .times(let path, let access, let modification, let follow):
            try kernel.setTimes(
                full(path), access: access, modification: modification, follow: follow)
        case .mode(let path, let mode):
            try kernel.setMode(full(path), to: mode)
        case .owner(let path, let owner, let group, let follow):
            try kernel.setOwner(full(path), owner: owner, group: group, follow: follow)
        case .truncate(let path, let size):
            try kernel.truncate(full(path), to: UInt64(size))
        case .makeDirectory(let path):
            try kernel.makeDirectory(full(path), mode: 0o700)
        case .removeDirectory(let path):
            try kernel.removeDirectory(full(path))
        case .unlink(let path):
            try kernel.unlink(full(path))
        case .rename(let path, let newPath):
            try kernel.rename(full(path), to: full(newPath))
        case .exchange(let path, let otherPath):
            try kernel.exchange(full(path), full(otherPath))
        case .link(let path, let newPath):
            try kernel.link(full(path), to: full(newPath))
        case .symbolicLink(let path, let target):
            try kernel.makeSymbolicLink(full(path), to: RawPath(target))
        case .node(let path, let kind):
            try kernel.makeNode(full(path), kind, mode: 0o600)
        case .addWatch(let path, let mask):
            return try -kernel.addWatch(full(path), mask).get()
        case .removeWatch(let descriptor):
            try kernel.removeWatch(descriptor).get()
        case .mount(let path):
            try kernel.mount(kernel.makeFileSystem(.tmpfs, mode: 0o700), at: full(path))
        case .bind(let source, let path):
            try kernel.bind(full(source), at: full(path))
        case .unmount(let path, let lazy):
            try kernel.unmount(full(path), lazy: lazy)
        }
        return 0
    }

    private static func facts(_ status: FileStatus) -> Facts {
        Facts(
            number: status.identity.device << 32 | status.identity.inode, kind: status.kind,
            size: status.size, mode: status.mode, owner: status.owner, group: status.group,
            links: status.links, modified: status.modified, changed: status.changed)
    }
}
