/// Lets so many in at a time, in the order in which they came.
package actor Gate {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    package init(places: Int) { free = places }

    /// Waits for a place, and has it until the work is done or has failed.
    package nonisolated func pass<Result: Sendable>(
        _ work: @Sendable () async throws -> Result
    ) async throws -> Result {
        await enter()
        do {
            let result = try await work()
            await leave()
            return result
        } catch {
            await leave()
            throw error
        }
    }

    private func enter() async {
        guard free == 0 else {
            free -= 1
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    private func leave() {
        // Who comes next has the place that is given up.
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
