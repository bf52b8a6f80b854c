import TouchmonTestSupport

/// What is left in a directory after the power went: all that was synced, and of the rest whatever
/// the disk happened to write.
///
/// A file's sizes change in order, as a journaling file system keeps them; the bytes come in any order
/// and in pieces. What was not written in time reads as zeros where the file had grown, and as it was
/// where it had not. Names come and go in order; a file that was synced has its name.
struct CrashImage {
    /// How much of what was not synced reaches the disk.
    enum Luck: CaseIterable { case nothing, everything, pieces, torn }

    private struct File {
        var durable: [UInt8] = []
        var pending: [DiskOperation.Kind] = []
        /// What the kernel has of it.
        var current: [UInt8] = []
    }

    private enum NameChange {
        case create(String, file: Int)
        case remove(String)
    }

    private var files: [File] = []
    private var names: [String: Int] = [:]
    private var durableNames: [String: Int] = [:]
    private var pendingNames: [NameChange] = []

    /// Begins with files that have been on the disk for long.
    init(_ durable: [String: [UInt8]] = [:]) {
        for (name, bytes) in durable {
            names[name] = files.count
            files.append(File(durable: bytes, pending: [], current: bytes))
        }
        durableNames = names
    }

    /// Takes the next thing that happened.
    mutating func apply(_ operation: DiskOperation) {
        let name = operation.name
        switch operation.kind {
        case .create:
            guard names[name] == nil else { return }
            names[name] = files.count
            pendingNames.append(.create(name, file: files.count))
            files.append(File())
        case .remove:
            guard names.removeValue(forKey: name) != nil else { return }
            pendingNames.append(.remove(name))
        case .sync:
            // What lies in a directory is synced with the directory, or with what it is the name of.
            pendingNames = pendingNames.filter { change in
                guard name.isEmpty || Self.isCreation(change, of: name) else { return true }
                switch change {
                case .create(let name, let file): durableNames[name] = file
                case .remove(let name): durableNames[name] = nil
                }
                return false
            }
            guard let file = names[name] else { return }
            files[file].durable = files[file].current
            files[file].pending = []
        case .write(let offset, let bytes):
            guard let file = names[name] else { return }
            let place = offset ?? files[file].current.count
            files[file].pending.append(.write(offset: place, bytes))
            files[file].current.write(bytes[...], at: place)
        case .truncate(let length):
            guard let file = names[name] else { return }
            files[file].pending.append(.truncate(length))
            files[file].current.resize(to: length)
        }
    }

    private static func isCreation(_ change: NameChange, of name: String) -> Bool {
        if case .create(name, _) = change { true } else { false }
    }

    /// What is found when the power is back.
    func content(_ luck: Luck, seed: UInt64) -> [String: [UInt8]] {
        var random = SplitMix64(seed: seed)
        var names = durableNames
        let kept: Int =
            switch luck {
            case .nothing: 0
            case .everything: pendingNames.count
            case .pieces, .torn: Int.random(in: 0...pendingNames.count, using: &random)
            }
        for change in pendingNames.prefix(kept) {
            switch change {
            case .create(let name, let file): names[name] = file
            case .remove(let name): names[name] = nil
            }
        }
        var content: [String: [UInt8]] = [:]
        for (name, file) in names.sorted(by: { $0.key < $1.key }) {
            content[name] = Self.content(of: files[file], luck, &random)
        }
        return content
    }

    private static func content(
        of file: File, _ luck: Luck, _ random: inout SplitMix64
    ) -> [UInt8] {
        if luck == .everything { return file.current }
        var bytes = file.durable
        // So many changes of the size were written; the last of them perhaps in part.
        let count = file.pending.count
        let sized: Int =
            switch luck {
            case .nothing, .everything: 0
            case .pieces, .torn: Int.random(in: 0...count, using: &random)
            }
        // One chance for all pieces of a file: nearly all of them are lost, or nearly none, or half.
        let odds = [1, 8, 15][Int.random(in: 0..<3, using: &random)]
        var isOtherwise = false
        for (index, change) in file.pending.enumerated() {
            switch change {
            case .truncate(let length):
                guard index < sized else {
                    isOtherwise = true
                    continue
                }
                bytes.resize(to: length)
            case .write(let place, let data) where !isOtherwise:
                // The place of what was appended was found when it happened.
                let offset = place ?? bytes.count
                if index < sized {
                    var end = offset + data.count
                    if luck == .torn, index == sized - 1, end > bytes.count {
                        end -= Int.random(
                            in: 0...min(data.count, end - bytes.count), using: &random)
                    }
                    bytes.resize(to: max(bytes.count, end))
                }
                let piece = luck == .torn ? 512 : 4096
                var start = offset
                while start < offset + data.count {
                    let end = min(offset + data.count, (start / piece + 1) * piece)
                    let isKept = luck != .nothing && Int.random(in: 0..<16, using: &random) < odds
                    if isKept, start < bytes.count {
                        let part = start - offset..<min(end, bytes.count) - offset
                        bytes.write(data[part], at: start)
                    }
                    start = end
                }
            default: break
            }
        }
        return bytes
    }
}

extension [UInt8] {
    fileprivate mutating func resize(to length: Int) {
        if length < count { removeLast(count - length) }
        if length > count { append(contentsOf: repeatElement(0, count: length - count)) }
    }

    fileprivate mutating func write(_ bytes: ArraySlice<UInt8>, at place: Int) {
        resize(to: Swift.max(count, place + bytes.count))
        replaceSubrange(place..<place + bytes.count, with: bytes)
    }
}
