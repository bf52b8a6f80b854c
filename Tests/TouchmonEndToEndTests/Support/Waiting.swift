import Foundation

/// Waits until a condition holds; false when it did not within `seconds`. It is looked at `every` so many
/// microseconds: less often where to look costs more than what is waited for.
func eventually(
    within seconds: Double = 20, every pause: UInt32 = 500, _ condition: () throws -> Bool
) rethrows -> Bool {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < deadline {
        if try condition() { return true }
        // Not a guess at how long something takes: only how often the condition is looked at.
        usleep(pause)
    }
    return try condition()
}
