internal import CTouchmon
internal import Glibc

/// The memory of one child until it leaves the daemon's: a guard page, its stack, and a copy of all
/// that it needs.
///
/// The child uses this memory while the daemon goes on, for as long as its user can make it last. So
/// a slot is filled again only when the kernel said that the child left.
final class SpawnSlot {
    private static let guardSize = 65536  // at least a page on every architecture
    // A little more than whole pages: the little that a child needs lies in the page of its slot.
    private static let stackSize = 65536 + 2048

    private let base: UnsafeMutableRawPointer
    private let size: Int
    let child: UnsafeMutablePointer<tm_child>
    /// Whether somebody still wants to read the child's report.
    var isClaimed = false

    /// Room for `capacity` bytes of child. mmap(2), mprotect(2).
    init(capacity: Int) throws(SystemFailure) {
        size = Self.guardSize + Self.stackSize + capacity
        let size = size
        // mmap fails with -1, which no mapping can be.
        let address = try systemCall("reserve memory for a child") {
            Int(
                bitPattern: mmap(
                    nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
        }
        guard let base = UnsafeMutableRawPointer(bitPattern: address) else {
            preconditionFailure("mmap mapped page zero")
        }
        do {
            _ = try systemCall("guard the stack of a child") {
                mprotect(base, Self.guardSize, PROT_NONE)
            }
        } catch {
            munmap(base, size)
            throw error
        }
        self.base = base
        child = (base + Self.guardSize + Self.stackSize).bindMemory(to: tm_child.self, capacity: 1)
        child.initialize(to: tm_child())
    }

    // A child that is still here keeps its memory: it would otherwise run in whatever comes next.
    deinit {
        if !hasChild { munmap(base, size) }
    }

    /// Whether a child still runs in this memory.
    var hasChild: Bool { tm_is_alive(child) != 0 }

    /// The end of the stack, which grows down from `child` to the guard page.
    var stackTop: UnsafeMutableRawPointer { base + Self.guardSize + Self.stackSize }

    /// Notes what a child that is made ahead has to know.
    func prepare(_ standard: StandardDescriptors) {
        child.pointee.standard = standard.raw
        child.pointee.journal = standard.journal
        child.pointee.spare = standard.spare
        child.pointee.cgroup = standard.group
    }

    /// Copies `spec` into the slot, whose child may be waiting for it; false when it is too small.
    func fill(_ spec: borrowing SpawnSpec, _ standard: StandardDescriptors) -> Bool {
        let start = Self.guardSize + Self.stackSize + MemoryLayout<tm_child>.stride
        guard Self.bytesNeeded(spec) <= size - start else { return false }
        var packer = SpawnPacker(next: base + start)
        child.pointee.groups = UnsafePointer(packer.numbers(spec.identity.groups, more: 0))
        child.pointee.found_groups = packer.numbers([], more: spec.identity.groups.count + 1)
        child.pointee.group_count = spec.identity.groups.count
        child.pointee.candidates = packer.list(spec.candidates)
        child.pointee.argv = packer.list(spec.arguments)
        child.pointee.envp = packer.list(spec.environment, and: spec.variables)
        child.pointee.directory = nil
        if let directory = spec.directory {
            child.pointee.directory = UnsafePointer(packer.string(directory))
        }
        child.pointee.record_size = 0
        child.pointee.journal = standard.journal
        child.pointee.cgroup = standard.group
        if let record = spec.record, standard.journal >= 0 {
            child.pointee.record = packer.bytes(record.bytes)
            child.pointee.record_size = record.bytes.count
            child.pointee.record_process = record.processOffset
            child.pointee.record_time = record.timeOffset
        }
        child.pointee.has_settings = 0
        if let settings = spec.settings { fill(settings, &packer) }
        child.pointee.user = spec.identity.user
        child.pointee.group = spec.identity.group
        child.pointee.umask = UInt32(spec.umask)
        child.pointee.standard = standard.raw
        child.pointee.change_identity = spec.changesIdentity ? 1 : 0
        return true
    }

    private func fill(_ settings: SpawnSettings, _ packer: inout SpawnPacker) {
        child.pointee.has_settings = 1
        child.pointee.settings_as_user = settings.asUser ? 1 : 0
        child.pointee.has_nice = settings.nice == nil ? 0 : 1
        child.pointee.nice = settings.nice ?? 0
        child.pointee.io_class = settings.ioPriority?.kind.rawValue ?? 0
        child.pointee.io_level = settings.ioPriority?.level ?? 0
        child.pointee.no_new_privileges = settings.noNewPrivileges ? 1 : 0
        child.pointee.limits = packer.values(
            settings.limits.map { tm_limit(resource: $0.resource.rawValue, value: $0.value) })
        child.pointee.limit_count = settings.limits.count
        child.pointee.allowed = packer.values(
            settings.sandbox.map {
                tm_allowed(path: packer.string($0.path), access: $0.access.rawValue)
            })
        child.pointee.allowed_count = settings.sandbox.count
    }

    /// The capacity that `spec` takes.
    static func capacity(for spec: borrowing SpawnSpec) -> Int {
        MemoryLayout<tm_child>.stride + bytesNeeded(spec)
    }

    private static func bytesNeeded(_ spec: borrowing SpawnSpec) -> Int {
        let pointer = MemoryLayout<UnsafeRawPointer>.stride
        // That which is more of the environment is as many strings as it has bytes, at the most.
        let pointers =
            spec.candidates.count + spec.arguments.count + spec.environment.count + 3
            + spec.variables.count
        let strings =
            spec.candidates.bytes.count + spec.arguments.bytes.count
            + spec.environment.bytes.count + spec.variables.count
        let numbers = (2 * spec.identity.groups.count + 1) * MemoryLayout<UInt32>.stride
        let rest = (spec.directory?.count ?? 0) + 1 + (spec.record?.bytes.count ?? 0)
        let settings = spec.settings.map(Self.bytesNeeded) ?? 0
        return pointers * pointer + strings + numbers + rest + settings + 10 * pointer
    }
}

extension SpawnSlot {
    fileprivate static func bytesNeeded(_ settings: SpawnSettings) -> Int {
        settings.limits.count * MemoryLayout<tm_limit>.stride
            + settings.sandbox.count * MemoryLayout<tm_allowed>.stride
            + settings.sandbox.reduce(0) { $0 + $1.path.count + 1 }
    }
}

/// Lays out values one after the other in memory that is known to be large enough.
private struct SpawnPacker {
    private(set) var next: UnsafeMutableRawPointer

    private mutating func reserve<Value>(_ count: Int, of type: Value.Type)
        -> UnsafeMutablePointer<Value>
    {
        let place = next.alignedUp(for: type)
        next = place + count * MemoryLayout<Value>.stride
        return place.bindMemory(to: type, capacity: count)
    }

    mutating func numbers(_ values: [UInt32], more: Int) -> UnsafeMutablePointer<UInt32> {
        let place = reserve(values.count + more, of: UInt32.self)
        values.withUnsafeBufferPointer { values in
            guard let source = values.baseAddress else { return }
            place.initialize(from: source, count: values.count)
        }
        (place + values.count).initialize(repeating: 0, count: more)
        return place
    }

    mutating func values<Value>(_ values: [Value]) -> UnsafePointer<Value> {
        let place = reserve(values.count, of: Value.self)
        values.withUnsafeBufferPointer { values in
            guard let source = values.baseAddress else { return }
            place.initialize(from: source, count: values.count)
        }
        return UnsafePointer(place)
    }

    mutating func string(_ bytes: [UInt8]) -> UnsafeMutablePointer<CChar> {
        precondition(!bytes.contains(0), "a string for a child contains NUL")
        let place = self.bytes(bytes)
        reserve(1, of: CChar.self).initialize(to: 0)
        return place
    }

    mutating func bytes(_ bytes: [UInt8]) -> UnsafeMutablePointer<CChar> {
        let place = reserve(bytes.count, of: CChar.self)
        bytes.withUnsafeBytes { source in
            guard let address = source.baseAddress else { return }
            memcpy(place, address, source.count)
        }
        return place
    }

    /// A list of strings as execve(2) takes it: pointers, the last one NULL. `block` holds more of
    /// them.
    mutating func list(
        _ list: SpawnStrings, and block: [UInt8] = []
    ) -> UnsafePointer<UnsafeMutablePointer<CChar>?> {
        let first = bytes(list.bytes)
        let second = bytes(block)
        let end = second + block.count
        // The strings are contiguous; the pointers follow them.
        let pointers = next.alignedUp(for: UnsafeMutablePointer<CChar>?.self)
            .assumingMemoryBound(to: UnsafeMutablePointer<CChar>?.self)
        var (string, count) = (first, 0)
        while string < end {
            (pointers + count).initialize(to: string)
            count += 1
            string += strlen(string) + 1
        }
        (pointers + count).initialize(to: nil)
        next = UnsafeMutableRawPointer(pointers + count + 1)
        return UnsafePointer(pointers)
    }
}
