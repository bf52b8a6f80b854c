package import TouchmonCore

/// The files that simulated runs print into, and the daemon's looks at them.
package struct SimulatedOutputs {
    /// A file as a test sees it.
    package struct File: Equatable, Sendable {
        package var bytes: [UInt8] = []
        /// What was taken out of it, in the order in which it was.
        package var holes: [Range<Int64>] = []
        package var isListenedTo = false

        package init() {}

        package var text: String { String(decoding: bytes, as: UTF8.self) }
    }

    package var files: [RunNumber: File] = [:]
    /// Why runs get no files; nil where they do. Without `isKept` nobody asks.
    package var failure: LedgerFailure?
    /// Whether runs are to get files.
    package var isKept = false
    /// Whether the file system has holes.
    package var hasHoles = true
    /// Whether there is somebody who can listen.
    package var canListen = true
    /// Whether the files can be looked at.
    package var canLook = true
    /// How often a file was looked at, and when last.
    package var looks = 0
    package var lastLook = Instant(nanoseconds: 0)
    /// The most bytes that a read returns.
    package var readSize: Int64 = 1 << 40
}

extension SimulatedDaemon {
    /// A run prints something.
    package mutating func print(_ run: UInt64, _ bytes: [UInt8]) {
        let number = RunNumber(run)
        outputs.files[number]?.bytes += bytes
        guard outputs.files[number]?.isListenedTo == true else { return }
        outputs.files[number]?.isListenedTo = false
        if !hasExited { engine.outputChanged(number) }
    }

    package mutating func print(_ run: UInt64, _ text: String) { print(run, Array(text.utf8)) }

    /// A run empties its file.
    package mutating func empty(_ run: UInt64) {
        outputs.files[RunNumber(run)]?.bytes = []
        print(run, [])
    }

    mutating func perform(_ request: OutputRequest) {
        switch request {
        case .look(let run): look(run)
        case .listen(let run):
            outputs.files[run]?.isListenedTo = outputs.canListen
            engine.listensToOutput(run, outputs.canListen, at: clock)
        case .close(let run):
            outputs.files[run]?.isListenedTo = false
        case .remove(let run):
            outputs.files[run] = nil
        }
    }

    private mutating func look(_ run: RunNumber) {
        outputs.looks += 1
        outputs.lastLook = clock
        guard outputs.canLook, let file = outputs.files[run] else {
            return engine.lostOutput(run, isGone: outputs.canLook, at: clock)
        }
        let size = Int64(file.bytes.count)
        guard let part = engine.foundOutput(run, size: size, at: clock) else { return }
        let end = min(part.copied.upperBound, part.copied.lowerBound + outputs.readSize)
        let bytes = Array(file.bytes[Int(part.copied.lowerBound)..<Int(end)])
        if !part.hole.isEmpty { punch(part.hole, in: run) }
        engine.tookOutput(run, bytes, at: clock)
    }

    private mutating func punch(_ hole: Range<Int64>, in run: RunNumber) {
        guard outputs.hasHoles else {
            outputs.files[run]?.bytes.removeSubrange(Int(hole.lowerBound)...)
            return engine.outputWasCutOff(run, at: hole.lowerBound)
        }
        outputs.files[run]?.holes.append(hole)
        for index in hole { outputs.files[run]?.bytes[Int(index)] = 0 }
    }

    /// What the process of a run gets to print into; whether that is a file.
    mutating func openOutput(_ run: RunNumber) -> Bool {
        guard outputs.isKept else { return false }
        if let failure = outputs.failure {
            engine.outputNotKept(failure, at: clock)
            return false
        }
        outputs.files[run] = SimulatedOutputs.File()
        return true
    }
}
