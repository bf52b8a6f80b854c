internal import TouchmonCore
internal import TouchmonSystem

/// Some of what a run has printed: where it begins in the run's file, and how long that is.
struct OutputPiece {
    var start: Int64
    var size: Int64
    var bytes: [UInt8]
}

/// The files that runs print into.
///
/// The file of the run that comes next is made ahead, with its process, when there is time.
final class OutputFiles {
    private struct Ahead: ~Copyable {
        let run: RunNumber
        let file: OwnedDescriptor

        func offer(as standard: inout StandardDescriptors, isSpare: Bool) {
            if isSpare { standard.setSpare(file) } else { standard.setOutput(file) }
        }

        consuming func taken() -> OwnedDescriptor { file }
    }

    /// nil where it could not be opened yet.
    private var directory: OutputDirectory?
    private var ahead: Ahead?
    /// The file of the last run, which has it by now: it is closed when there is time.
    private var given: OwnedDescriptor?

    /// Opens the directory, unless it is open.
    func open(in state: borrowing StateDirectory) throws(SystemFailure) {
        if directory == nil { directory = try OutputDirectory(in: state) }
    }

    /// The files that there are. `calendar` is the realtime clock minus the monotonic one.
    func found(calendar: Int64) throws(SystemFailure) -> [KeptOutput] {
        var found: [KeptOutput] = []
        for run in try directory?.runs() ?? [] {
            // One that is gone meanwhile is no loss.
            guard let file = try? directory?.size(run) else { continue }
            found.append(
                KeptOutput(
                    run: RunNumber(run), bytes: file.bytes,
                    ended: Instant(nanoseconds: file.modified - calendar)))
        }
        return found
    }

    /// Makes the file of a run that will come, and adds it to what a process made ahead keeps; nil
    /// stands for a run that needs none.
    func makeAhead(
        _ run: RunNumber?, in state: borrowing StateDirectory,
        for standard: inout StandardDescriptors
    ) throws(SystemFailure) {
        given = nil
        if ahead?.run != run { dismissAhead() }
        guard let run else { return }
        try make(run, in: state)
        _ = ahead?.offer(as: &standard, isSpare: true)
    }

    private func make(
        _ run: RunNumber, in state: borrowing StateDirectory
    ) throws(SystemFailure) {
        guard ahead?.run != run else { return }
        dismissAhead()
        try open(in: state)
        guard let file = try directory?.make(run.value) else { return }
        ahead = Ahead(run: run, file: file)
    }

    /// Lets a run print into its file. `isGiven` tells when its process has it.
    func lend(
        _ run: RunNumber, in state: borrowing StateDirectory, to standard: inout StandardDescriptors
    ) throws(SystemFailure) {
        try make(run, in: state)
        _ = ahead?.offer(as: &standard, isSpare: false)
    }

    /// A process has the file that was lent to it.
    func isGiven() {
        guard let taken = ahead.take() else { return }
        given = taken.taken()
    }

    /// Removes the file of a run that did not come.
    func dismissAhead() {
        guard let run = ahead?.run else { return }
        ahead = nil
        remove(run)
    }

    /// Removes the file of a run. One that can't be removed is in nobody's way.
    func remove(_ run: RunNumber) {
        try? directory?.remove(run.value)
    }

    /// Where to listen to the file of a run; nil where there is none.
    func path(of run: RunNumber) -> CPath? { directory?.path(of: run.value) }

    /// What a run has printed from a place on, what was left out passed over; nil where there is no file.
    func read(_ run: RunNumber, from offset: Int64, atMost count: Int) -> OutputPiece? {
        guard let file = try? directory?.open(run.value),
            let start = try? file.data(from: min(offset, file.size))
        else { return nil }
        let end = min(start + Int64(count), file.size)
        guard let bytes = try? file.read(start..<max(start, end)) else { return nil }
        return OutputPiece(start: start, size: file.size, bytes: bytes)
    }

    /// Looks at the file of a run, and tells the engine what it found. Throws where it can't be looked
    /// at, of which the engine is told as well.
    func look(_ run: RunNumber, _ engine: inout Engine, at now: Instant) throws(SystemFailure) {
        do {
            guard let file = try directory?.open(run.value) else {
                return engine.lostOutput(run, isGone: true, at: now)
            }
            guard let part = engine.foundOutput(run, size: file.size, at: now) else { return }
            let bytes = try file.read(part.copied)
            if !part.hole.isEmpty, try !file.punch(part.hole) {
                try file.cutOff(at: part.hole.lowerBound)
                engine.outputWasCutOff(run, at: part.hole.lowerBound)
            }
            engine.tookOutput(run, bytes, at: now)
        } catch {
            let isGone = error.errno == .noSuchFile
            engine.lostOutput(run, isGone: isGone, at: now)
            if !isGone { throw error }
        }
    }
}
