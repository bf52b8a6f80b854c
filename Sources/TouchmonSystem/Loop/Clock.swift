internal import Glibc

/// The kernel's clocks in nanoseconds, clock_gettime(2).
package enum Clock {
    /// Since an arbitrary moment; never goes back, and stands still while the machine sleeps.
    package static func monotonic() -> Int64 { read(CLOCK_MONOTONIC) }

    /// Since 1970, UTC; whoever sets the clock moves it.
    package static func realtime() -> Int64 { read(CLOCK_REALTIME) }

    /// Since the machine was started; goes on while it sleeps.
    package static func boot() -> Int64 { read(CLOCK_BOOTTIME) }

    /// Does nothing for so many nanoseconds, or less when a signal comes. nanosleep(2).
    package static func sleep(_ nanoseconds: Int64) {
        var time = timespec(
            tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
        nanosleep(&time, nil)
    }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        let result = clock_gettime(clock, &time)
        precondition(result == 0, "the kernel has no such clock")
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
