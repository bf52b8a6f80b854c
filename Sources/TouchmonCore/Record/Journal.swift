/// The journal as a whole: a header, and the records since the last save.
///
/// The header says which save the records follow (its generation), on which boot of the machine
/// their processes and moments are to be understood, and what the monotonic clock was then on the
/// calendar.
package struct Journal: Equatable, Sendable {
    package struct Header: Equatable, Sendable {
        package var generation: UInt64
        /// /proc/sys/kernel/random/boot_id.
        package var boot: [UInt8]
        /// The realtime clock minus the monotonic one, in nanoseconds.
        package var calendar: Int64

        package init(generation: UInt64, boot: [UInt8], calendar: Int64) {
            self.generation = generation
            self.boot = boot
            self.calendar = calendar
        }

        /// The header as it is written.
        package var bytes: [UInt8] {
            ByteWriter.bytes(capacity: Self.magic.count + 18 + boot.count) { writer in
                writer.raw(Self.magic)
                writer.number(generation)
                writer.number(calendar)
                writer.string(boot)
            }
        }

        private static let magic = Array("touchmon journal 1\n".utf8)

        fileprivate init?(_ reader: inout ByteReader) {
            guard let magic = reader.raw(Self.magic.count), magic.elementsEqual(Self.magic),
                let generation = reader.number(UInt64.self),
                let calendar = reader.number(Int64.self), let boot = reader.string()
            else { return nil }
            self.init(generation: generation, boot: boot, calendar: calendar)
        }
    }

    package var header: Header
    package var records: [JournalRecord] = []

    /// Reads the journal's bytes; nil where they have no header that this version wrote. The first
    /// `saved` bytes are in the database already, if they are of the generation that it saved.
    init?(_ bytes: [UInt8], savedGeneration: UInt64, savedLength: Int) {
        var reader = ByteReader(bytes[0...])
        guard let header = Header(&reader), header.generation >= savedGeneration else {
            return nil
        }
        self.header = header
        if header.generation == savedGeneration {
            let position = bytes.count - reader.rest
            guard reader.raw(max(0, savedLength - position)) != nil else { return }
        }
        while let record = JournalRecord(&reader) { records.append(record) }
    }
}
