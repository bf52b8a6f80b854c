/// The names of the signals of Linux, signal(7), by their numbers on x86-64 and ARM.
package enum SignalName {
    /// Each without `SIG`.
    private static let names = [
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
        "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG",
        "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
    ]

    /// The number of the signal that is named, with or without `SIG`; nil where there is none.
    package static func number(of name: [UInt8]) -> Int32? {
        let text = String(decoding: name, as: UTF8.self)
        return names.firstIndex { text == $0 || text == "SIG" + $0 }.map { Int32($0) + 1 }
    }

    /// The signal's name without `SIG`, such as `TERM`; its number where it has no name.
    package static func short(_ signal: Int32) -> String {
        let index = Int(signal) - 1
        return names.indices.contains(index) ? names[index] : "\(signal)"
    }

    /// The signal's name, such as `SIGTERM`.
    package static func of(_ signal: Int32) -> String {
        let index = Int(signal) - 1
        return names.indices.contains(index) ? "SIG" + names[index] : "signal \(signal)"
    }
}
