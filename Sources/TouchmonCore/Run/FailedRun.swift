/// A run that failed and is not repeated, as the command that is told of it learns: `on_failure`.
package struct FailedRun: Hashable, Sendable {
    package var number: RunNumber
    /// Which try it was, from 1.
    package var attempt: Int
    package var ending: RunEnding

    package init(number: RunNumber, attempt: Int, ending: RunEnding) {
        self.number = number
        self.attempt = attempt
        self.ending = ending
    }

    /// What the command's environment says of it. Of a run that executed nothing there is neither a
    /// status nor a signal.
    func addVariables(_ add: (StaticString, (inout ByteWriter) -> Void) -> Void) {
        add("TOUCHMON_RUN=") { $0.decimal(number.value) }
        add("TOUCHMON_ATTEMPT=") { $0.decimal(UInt64(attempt)) }
        switch ending {
        case .ended(.exited(let status)):
            add("TOUCHMON_STATUS=") { $0.decimal(UInt64(status)) }
        case .ended(.signalled(let signal)):
            add("TOUCHMON_SIGNAL=") { $0.raw(SignalName.short(signal)) }
        case .ended(.unknown), .notStarted, .interrupted: break
        }
    }

    /// As the ledger keeps it.
    package var bytes: [UInt8] {
        ByteWriter.bytes(capacity: 17) { writer in
            writer.number(number.value)
            writer.number(UInt32(attempt))
            writer.number(ending.code)
            writer.number(ending.value)
        }
    }

    package init?(bytes: [UInt8]) {
        var reader = ByteReader(bytes[0...])
        guard let number = reader.number(UInt64.self), let attempt = reader.number(UInt32.self),
            let code = reader.number(UInt8.self), let value = reader.number(Int32.self),
            let ending = RunEnding(code: code, value: value)
        else { return nil }
        self.init(number: RunNumber(number), attempt: Int(attempt), ending: ending)
    }
}
