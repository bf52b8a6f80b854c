internal import CTouchmon
internal import Glibc

/// The memory of one child until it leaves the daemon's: a guard page, its stack, and a copy of all
/// that it needs.
///
/// The child uses this memory while the daemon goes on, for as long as its user can make it last. So
/// a slot is filled again only when the kernel said that the child left.
final class SpawnSlot {
    private static let guardSize = 65536  // at least a page on every architecture
    private static let stackSize = 65536

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
        _ = try systemCall("guard the stack of a child") {
            mprotect(base, Self.guardSize, PROT_NONE)
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

    /// Copies `spec` into the slot; false when it is too small.
    func fill(_ spec: SpawnSpec, _ standard: StandardDescriptors) -> Bool {
        let area = UnsafeMutableRawBufferPointer(
            rebasing: UnsafeMutableRawBufferPointer(start: base, count: size)[
                (Self.guardSize + Self.stackSize + MemoryLayout<tm_child>.stride)...])
        guard Self.bytesNeeded(spec) <= area.count else { return false }
        var packer = SpawnPacker(area: area)
        var filled = tm_child()
        let groups = packer.numbers(spec.identity.groups.sorted())
        filled.groups = UnsafePointer(groups)
        filled.found_groups = packer.numbers(
            Array(repeating: 0, count: spec.identity.groups.count + 1))
        filled.group_count = spec.identity.groups.count
        filled.candidates = packer.strings(spec.candidates)
        filled.argv = packer.strings(spec.arguments)
        filled.envp = packer.strings(spec.environment, and: spec.variables)
        if let directory = spec.directory {
            filled.directory = UnsafePointer(packer.string(directory))
        }
        if let record = spec.record, standard.journal >= 0 {
            filled.record = packer.bytes(record.bytes)
            filled.record_size = record.bytes.count
            filled.record_process = record.processOffset
            filled.record_time = record.timeOffset
            filled.journal = standard.journal
        }
        filled.user = spec.identity.user
        filled.group = spec.identity.group
        filled.umask = UInt32(spec.umask)
        filled.standard = standard.raw
        filled.change_identity = spec.changesIdentity ? 1 : 0
        child.pointee = filled
        return true
    }

    /// The capacity that `spec` takes.
    static func capacity(for spec: SpawnSpec) -> Int {
        MemoryLayout<tm_child>.stride + bytesNeeded(spec)
    }

    private static func bytesNeeded(_ spec: SpawnSpec) -> Int {
        let lists = [spec.candidates, spec.arguments, spec.environment]
        let pointer = MemoryLayout<UnsafeRawPointer>.stride
        let strings = lists.joined().reduce(0) { $0 + $1.count + 1 + pointer }
        let ends = (lists.count + spec.variables.count { $0 == 0 }) * pointer + spec.variables.count
        let groups = (2 * spec.identity.groups.count + 1) * MemoryLayout<UInt32>.stride
        return strings + ends + groups + (spec.directory?.count ?? 0) + 1 + 4 * pointer
            + (spec.record?.bytes.count ?? 0)
    }
}

/// Lays out values one after the other in an area that is known to be large enough.
private struct SpawnPacker {
    var area: UnsafeMutableRawBufferPointer
    private var offset = 0

    init(area: UnsafeMutableRawBufferPointer) {
        self.area = area
    }

    private mutating func reserve<Value>(_ count: Int, of type: Value.Type)
        -> UnsafeMutableBufferPointer<Value>
    {
        let alignment = MemoryLayout<Value>.alignment
        let start = (offset + alignment - 1) / alignment * alignment
        offset = start + count * MemoryLayout<Value>.stride
        let bytes = UnsafeMutableRawBufferPointer(rebasing: area[start..<offset])
        return bytes.bindMemory(to: type)
    }

    mutating func numbers(_ values: [UInt32]) -> UnsafeMutablePointer<UInt32>? {
        let place = reserve(values.count, of: UInt32.self)
        _ = place.initialize(from: values)
        return place.baseAddress
    }

    mutating func string(_ bytes: [UInt8]) -> UnsafeMutablePointer<CChar>? {
        precondition(!bytes.contains(0), "a string for a child contains NUL")
        let place = reserve(bytes.count + 1, of: CChar.self)
        UnsafeMutableRawBufferPointer(place).copyBytes(from: bytes)
        place[bytes.count] = 0
        return place.baseAddress
    }

    mutating func bytes(_ bytes: [UInt8]) -> UnsafeMutablePointer<CChar>? {
        let place = reserve(bytes.count, of: CChar.self)
        UnsafeMutableRawBufferPointer(place).copyBytes(from: bytes)
        return place.baseAddress
    }

    /// A list of strings as execve(2) takes it: pointers, the last one NULL. `block` holds more of
    /// them, each with its NUL.
    mutating func strings(
        _ list: [[UInt8]], and block: [UInt8] = []
    ) -> UnsafePointer<UnsafeMutablePointer<CChar>?>? {
        let count = list.count + block.count { $0 == 0 }
        let pointers = reserve(count + 1, of: UnsafeMutablePointer<CChar>?.self)
        for (index, bytes) in list.enumerated() {
            pointers.initializeElement(at: index, to: string(bytes))
        }
        let copy = reserve(block.count, of: CChar.self)
        UnsafeMutableRawBufferPointer(copy).copyBytes(from: block)
        var start = 0
        for index in list.count..<count {
            pointers.initializeElement(at: index, to: copy.baseAddress.map { $0 + start })
            while block[start] != 0 { start += 1 }
            start += 1
        }
        pointers.initializeElement(at: count, to: nil)
        return UnsafePointer(pointers.baseAddress)
    }
}
