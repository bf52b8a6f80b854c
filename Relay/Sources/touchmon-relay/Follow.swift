internal import ArgumentParser
internal import Glibc
internal import RelayCore
internal import RelayEtcd
internal import RelayHost
internal import UnixSignals

struct Follow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Carry touches to files, and report what became of them.",
        discussion: """
            Each touch of KEY replaces the file DIR/KEY at once, with the value; touchmon, which watches it, \
            runs its action. Without KEY all are followed; KEY/ means all that begin so.

            A host that comes for the first time takes note of what was touched before, without running it. \
            From then on it runs the latest touch of each key, also of the time when it was away.
            """)

    @Argument(
        help: ArgumentHelp("Keys, or the beginning of keys with a / behind it.", valueName: "key"))
    var selected: [String] = []

    @Option(help: ArgumentHelp("Where the files are.", valueName: "dir"))
    var into: String

    @Option(
        help: ArgumentHelp(
            "What this host is called in the fleet (its host name).", valueName: "name"))
    var host: String?

    @Flag(help: "One host of all that follow the key runs a touch; if it dies, another does.")
    var elect = false

    @Option(
        help: ArgumentHelp(
            "So many hosts run a touch at the same time; the same on all.", valueName: "n"))
    var maxParallel: Int?

    @Option(
        help: ArgumentHelp(
            "With more failed hosts than this no other begins; the same on all.", valueName: "n"))
    var maxFailures: Int?

    @Flag(help: "As a host that is new, run what was touched before.")
    var fromTheBeginning = false

    @Option(help: ArgumentHelp("The touchmon that reports runs.", valueName: "program"))
    var touchmon = "touchmon"

    @Option(help: ArgumentHelp("The state directory of touchmon's daemon.", valueName: "dir"))
    var daemonState: String?

    @Option(help: ArgumentHelp("The name of touchmon's daemon.", valueName: "name"))
    var daemonName: String?

    @Flag(help: "Write the files and report no runs: there is no touchmon here.")
    var onlyWrite = false

    @Option(
        help: ArgumentHelp(
            "How long others take this host for alive after its last word.", valueName: "duration"))
    var leaseTime = DurationArgument(.seconds(10))

    @Option(help: ArgumentHelp("How many keys are followed at most.", valueName: "n"))
    var maxKeys = 1000

    @Option(
        help: ArgumentHelp(
            "What is kept for a restart (/var/lib/touchmon-relay, or $XDG_STATE_HOME/touchmon-relay).",
            valueName: "dir"))
    var stateDirectory: String?

    @Option(help: ArgumentHelp("How the log is written: text or json.", valueName: "format"))
    var logFormat: LogRecord.Format = .text

    @Option(
        help: ArgumentHelp(
            "Write metrics there, for node_exporter's textfile collector.", valueName: "file"))
    var metricsFile: String?

    @OptionGroup var etcd: EtcdArguments

    func validate() throws {
        if elect && (maxParallel != nil || maxFailures != nil) {
            throw ValidationError(
                "--elect lets one host run: it excludes --max-parallel and --max-failures.")
        }
        if let maxParallel, maxParallel < 1 {
            throw ValidationError("--max-parallel is at least 1.")
        }
        if let maxFailures, maxFailures < 0 {
            throw ValidationError("--max-failures is at least 0.")
        }
        if maxFailures != nil && maxParallel == nil {
            throw ValidationError(
                "--max-failures needs --max-parallel: all begin at once otherwise.")
        }
        if maxKeys < 1 { throw ValidationError("--max-keys is at least 1.") }
        if leaseTime.duration < .seconds(2) {
            throw ValidationError("--lease-time is at least 2s.")
        }
    }

    func run() async throws {
        let log = RelayLog(logFormat)
        let client = try etcd.etcd()
        let options = try options()
        let directory: TouchDirectory
        do { directory = try TouchDirectory(into) } catch {
            throw RelayProblem(
                .system, "use \(into)", "\(error)", "Make the directory and give it to this user.")
        }
        let state = try StateDirectory(stateDirectory ?? Self.defaultStateDirectory)
        let follower = Follower(
            FollowerContext(
                etcd: client, options: options, directory: directory,
                records: try TouchRecords(state, limit: maxKeys), log: log,
                metrics: MetricsFile(metricsFile)),
            ready: {
                log.write(LogRecord(.info, "ready", "following touches"))
                NotifySocket.send("READY=1\nSTATUS=following touches")
            })
        try await untilSignal(follower)
        NotifySocket.send("STOPPING=1")
        log.write(LogRecord(.info, "ended", "ended; runs that are under way go on"))
        await client.close()
    }

    /// SIGTERM and SIGINT end it.
    private func untilSignal(_ follower: Follower) async throws {
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await follower.run() }
                group.addTask { for await _ in signals { return } }
                try await group.next()
                group.cancelAll()
                try await group.waitForAll()
            }
        } catch let failure as EtcdFailure {
            throw failure.problem("follow touches")
        } catch let failure as SystemFailure {
            throw RelayProblem(
                .system, "follow touches", "\(failure)", "Make room, or mend the disk.")
        }
    }

    private func options() throws -> FollowerOptions {
        let selection: KeySelection
        do { selection = try KeySelection(selected) } catch {
            throw RelayProblem(
                .usage, "follow these keys", error.rawValue,
                "A key is such as web/deploy: parts of A-Z a-z 0-9 . _ - with / between them.")
        }
        var options = FollowerOptions(keys: etcd.keys, selection: selection, host: try hostName())
        options.elects = elect
        options.rolling = maxParallel.map {
            RollingPolicy(maxParallel: $0, maxFailures: maxFailures)
        }
        options.fromBeginning = fromTheBeginning
        options.leaseSeconds = leaseTime.duration.components.seconds
        options.maxKeys = maxKeys
        if !onlyWrite {
            var arguments: [String] = []
            if let daemonState { arguments += ["--state-directory", daemonState] }
            if let daemonName { arguments += ["--name", daemonName] }
            options.program = FollowedProgram(program: touchmon, arguments: arguments)
        }
        return options
    }

    private func hostName() throws -> HostName {
        var buffer = [UInt8](repeating: 0, count: 256)
        let own = buffer.withUnsafeMutableBytes { bytes -> String in
            guard let base = bytes.baseAddress?.assumingMemoryBound(to: CChar.self) else {
                return ""
            }
            gethostname(base, bytes.count - 1)
            return String(cString: base)
        }
        do { return try HostName(host ?? own) } catch {
            throw RelayProblem(
                .usage, "use \(FleetTable.printable(host ?? own, longest: 80)) as the host's name",
                error.rawValue, "Name it with --host, in characters of A-Z a-z 0-9 . _ and -.")
        }
    }

    private static var defaultStateDirectory: String {
        let system = "/var/lib/touchmon-relay"
        if geteuid() == 0 || access(system, W_OK) == 0 { return system }
        if let state = getenv("XDG_STATE_HOME") {
            return String(cString: state) + "/touchmon-relay"
        }
        let home = getenv("HOME").map { String(cString: $0) } ?? "."
        return home + "/.local/state/touchmon-relay"
    }
}

extension LogRecord.Format: ExpressibleByArgument {}
