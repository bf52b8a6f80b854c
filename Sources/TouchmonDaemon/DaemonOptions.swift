package import TouchmonCore

extension Daemon {
    /// What the command line says of a daemon.
    package struct Options: Sendable {
        package var drain: Duration
        package var logFormat: LogFormat
        package var logLevel: LogLevel
        /// Where the ledger is kept; nil: in memory alone.
        package var state: RawPath?
        /// Where commands come in; nil: nowhere.
        package var control: RawPath?
        /// How much of the past is kept.
        package var retention: Retention
        /// nil: it serves no terminal.
        package var foreground: Foreground?
        /// Whether runs are only said, and nothing is kept: the state directory is looked at.
        package var isDryRun = false

        package init(
            drain: Duration, logFormat: LogFormat = .text, logLevel: LogLevel = .info,
            state: RawPath?, control: RawPath?, retention: Retention = Retention(),
            foreground: Foreground? = nil
        ) {
            self.drain = drain
            self.logFormat = logFormat
            self.logLevel = logLevel
            self.state = state
            self.control = control
            self.retention = retention
            self.foreground = foreground
        }
    }
}
