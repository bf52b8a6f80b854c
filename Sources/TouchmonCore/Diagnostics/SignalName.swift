/// The names of the signals of Linux, signal(7), by their numbers on x86-64 and ARM.
package enum SignalName {
    private static let names = [
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
        "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG",
        "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
    ]

    /// The signal's name, such as `SIGTERM`.
    package static func of(_ signal: Int32) -> String {
        let index = Int(signal) - 1
        return names.indices.contains(index) ? "SIG" + names[index] : "signal \(signal)"
    }
}
