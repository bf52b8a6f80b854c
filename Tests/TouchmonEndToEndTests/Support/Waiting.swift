import Foundation

/// Waits until a condition holds; false when it did not within `seconds`.
func eventually(within seconds: Double = 20, _ condition: () throws -> Bool) rethrows -> Bool {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < deadline {
        if try condition() { return true }
        // Not a guess at how long something takes: only how often the condition is looked at.
        usleep(500)
    }
    return try condition()
}
