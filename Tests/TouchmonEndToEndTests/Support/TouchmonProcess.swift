import Foundation
import Testing

/// The release binary under test, from the environment: `make test` builds it and says where it is.
enum Binary {
    static let path = ProcessInfo.processInfo.environment["TOUCHMON_BINARY"]
    static let reason: Comment = "needs the release binary: TOUCHMON_BINARY; run `make test`"
    static var isThere: Bool { path != nil }
    static var isRoot: Bool { getuid() == 0 }
    static let rootReason: Comment = "needs root, to run commands as other users"
}

/// A daemon that a test started, with its log line by line.
final class TouchmonProcess {
    let process = Process()
    private let output = LineReader()
    private let pipe = Pipe()
    /// The daemon's state directory; removed with it where the test does not name one.
    let state: String
    private let ownsState: Bool

    /// Starts the binary; `prefix` is a command to start it with, such as `setpriv` and its options.
    init(
        _ arguments: [String], in directory: String? = nil, prefix: [String] = [],
        environment: [String: String]? = nil, state: String? = nil
    ) throws {
        let givenState = state
        let state = givenState ?? "/tmp/touchmon-state-\(UUID().uuidString)"
        self.state = state
        ownsState = givenState == nil
        let binary = try #require(Binary.path)
        let command = prefix + [binary] + Self.withState(arguments, state)
        process.executableURL = URL(
            fileURLWithPath: command[0].hasPrefix("/") ? command[0] : "/usr/bin/env")
        process.arguments =
            command[0].hasPrefix("/") ? Array(command.dropFirst()) : command
        if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
        if let environment { process.environment = environment }
        process.standardInput = FileHandle.nullDevice
        process.standardError = pipe
        process.standardOutput = pipe
        try process.run()
        // A thread of its own, with a descriptor of its own: a readability handler reads on at the end of
        // the file, and its source may outlive the descriptor that it waits for.
        let (output, input) = (
            output, fcntl(pipe.fileHandleForReading.fileDescriptor, F_DUPFD_CLOEXEC, 0)
        )
        Thread.detachNewThread { output.takeAll(of: input) }
    }

    /// Starts a daemon with a JSON log and waits until it is ready.
    static func daemon(
        _ files: [String], options: [String] = [], in directory: String? = nil,
        prefix: [String] = [], state: String? = nil
    ) throws -> TouchmonProcess {
        let daemon = try TouchmonProcess(
            ["run", "--log-format", "json"] + options + files, in: directory, prefix: prefix,
            state: state)
        let isReady = eventually { !daemon.events("ready").isEmpty || !daemon.process.isRunning }
        try #require(isReady && daemon.process.isRunning, "not ready: \(daemon.text)")
        return daemon
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        if ownsState { try? FileManager.default.removeItem(atPath: state) }
    }

    /// Tests run many daemons side by side: each gets a state directory of its own.
    private static func withState(_ arguments: [String], _ state: String) -> [String] {
        let option = ["--state-directory", state]
        switch arguments.first {
        case "run": return ["run"] + option + arguments.dropFirst()
        case "check", "version", "help", "--version", "--help", nil: return arguments
        default: return option + arguments
        }
    }

    var pid: Int32 { process.processIdentifier }

    var isRunning: Bool { process.isRunning }

    /// What it has in memory, code and all.
    var residentKilobytes: Int {
        let line = Self.text(of: pid, "status").split(separator: "\n").first {
            $0.hasPrefix("VmRSS:")
        }
        return line.flatMap { Int($0.split(separator: " ")[1]) } ?? 0
    }

    /// The processes whose parent it is, zombies too.
    var children: [Int32] {
        Self.text(of: pid, "task/\(pid)/children").split(separator: " ").compactMap { Int32($0) }
    }

    /// The process that it made ahead of its next run, once that is complete: it listens to signals.
    func processAhead() throws -> Int32 {
        var process: Int32?
        let isThere = eventually {
            process = children.first {
                Self.text(of: $0, "comm") == "touchmon-next\n"
                    && Self.text(of: $0, "status").contains("SigBlk:\t0000000000000000\n")
            }
            return process != nil
        }
        try #require(isThere, "no process was made ahead")
        return try #require(process)
    }

    private static func text(of process: Int32, _ name: String) -> String {
        (try? String(contentsOfFile: "/proc/\(process)/\(name)", encoding: .utf8)) ?? ""
    }

    /// Whether it sleeps whenever it is looked at: who has work left to do does not. It may be woken
    /// meanwhile, by what others do on the file system. proc(5).
    var isIdle: Bool {
        !eventually(within: 0.003, every: 1000) {
            !Self.text(of: pid, "status").contains("\nState:\tS ")
        }
    }

    /// Everything that it printed so far.
    var text: String { output.lines.joined(separator: "\n") }

    /// The log's events of one name, in order.
    func events(_ name: String) -> [[String: Any]] {
        let mark = "\"event\":\"\(name)\""
        return output.lines.filter { Self.begins($0, with: mark) }.compactMap {
            try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
        }
    }

    func count(_ name: String) -> Int {
        let mark = "\"event\":\"\(name)\""
        return output.lines.count { Self.begins($0, with: mark) }
    }

    /// Whether a line of the log has this after its time and its level. It may be long, and is not searched
    /// as a whole.
    private static func begins(_ line: String, with mark: String) -> Bool {
        String(decoding: line.utf8.prefix(160), as: UTF8.self).contains(mark)
    }

    /// Waits for the number of events; more that come at once count too.
    func wait(for name: String, count: Int, within seconds: Double = 20) -> Bool {
        eventually(within: seconds) { self.count(name) >= count }
    }

    func signal(_ signal: Int32) { kill(pid, signal) }

    /// Has the daemon stand still until SIGCONT, and waits until it does: kill(2) does not. proc(5), stat.
    func suspend() -> Bool {
        signal(SIGSTOP)
        return eventually {
            let status = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
            return status?.split(separator: ")").last?.hasPrefix(" T") == true
        }
    }

    /// Ends it with SIGINT and returns its exit status.
    @discardableResult
    func stop(with signal: Int32 = SIGINT) -> Int32 {
        self.signal(signal)
        return exitStatus()
    }

    /// Ends it without waiting for its runs, and returns its exit status: two signals, which are one if
    /// they come too fast.
    @discardableResult
    func stopAtOnce() -> Int32 {
        signal(SIGTERM)
        _ = wait(for: "draining", count: 1)
        return stop(with: SIGTERM)
    }

    /// Waits until it has ended, and all that it printed was read.
    func exitStatus() -> Int32 {
        process.waitUntilExit()
        _ = eventually(within: 2) { output.isAtEnd }
        return process.terminationStatus
    }
}

/// Collects what comes out of a pipe, from a thread of its own.
private final class LineReader: @unchecked Sendable {
    private let lock = NSLock()
    private var rest = Data()
    private var complete: [String] = []
    private var ended = false

    var lines: [String] { lock.withLock { complete } }
    var isAtEnd: Bool { lock.withLock { ended } }

    /// Reads to the end of a file, and closes it.
    func takeAll(of descriptor: Int32) {
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            take(Data(buffer.prefix(max(0, count))))
            if count <= 0 { break }
        }
        close(descriptor)
    }

    private func take(_ data: Data) {
        lock.withLock {
            if data.isEmpty { ended = true }
            // A line may be long, and comes in pieces: none of them is searched twice.
            let pieces = data.split(
                separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            for (index, piece) in pieces.enumerated() {
                rest += piece
                guard index < pieces.count - 1 else { break }
                complete.append(String(decoding: rest, as: UTF8.self))
                rest = Data()
            }
        }
    }
}
