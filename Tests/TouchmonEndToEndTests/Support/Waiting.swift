import Foundation

/// Waits until a condition holds; false when it did not within `seconds`. It is looked at `every` so many
/// microseconds, and less and less often while it does not hold: many wait at the same time, and looking
/// costs what is waited for its time.
func eventually(
    within seconds: Double = 20, every pause: UInt32 = 500, _ condition: () throws -> Bool
) rethrows -> Bool {
    let deadline = ContinuousClock.now + .seconds(seconds)
    var pause = pause
    while ContinuousClock.now < deadline {
        if try condition() { return true }
        // Not a guess at how long something takes: only how often the condition is looked at.
        usleep(pause)
        pause = max(pause, min(pause + pause / 4, 10_000))
    }
    return try condition()
}
