import Foundation
import Testing

/// A directory with files in which commands are run that watch it, and what these ran: each run writes a
/// line outside of it.
final class WatchPlace {
    let scratch: Scratch
    /// Where everything happens.
    let directory: String
    /// First in the PATH of what is begun here: programs that stand for others.
    private let programs: String

    init(_ files: [String] = []) throws {
        scratch = try Scratch()
        directory = scratch("work")
        programs = scratch("bin")
        for path in [directory, programs] { mkdir(path, 0o755) }
        for file in files { try write(file) }
        // Says which files a run was for, by their paths from here.
        try program(
            "record",
            """
            paths = sorted(json.loads(line)["path"] for line in sys.stdin)
            log(" ".join(os.path.relpath(path, "\(directory)") for path in paths))
            """)
    }

    /// Makes a program in Python, which can write a line with `log`.
    func program(_ name: String, _ text: String) throws {
        let beginning = """
            #!/usr/bin/python3
            import json, os, signal, sys, time
            def log(line):
                with open("\(scratch("log"))", "a") as file: print(line, file=file)

            """
        try (beginning + text + "\n")
            .write(toFile: "\(programs)/\(name)", atomically: false, encoding: .utf8)
        chmod("\(programs)/\(name)", 0o755)
    }

    /// Makes a program that is known by its name and its arguments, and ends with a status; or with
    /// SIGTERM, and says so, if it serves until then.
    func stub(_ name: String, serves: Bool = false, status: Int = 0) throws {
        let serving = """
            def end(*_):
                log("end")
                os._exit(0)
            signal.signal(signal.SIGTERM, end)

            """
        try program(
            name,
            """
            \(serves ? serving : "")words = [os.path.relpath(word, "\(directory)")
                if word.startswith("/") else word for word in sys.argv[1:]]
            if "TOUCHMON_CHANGES" in os.environ:
                with open("\(scratch("changes"))", "a") as file: file.write(sys.stdin.read())
            log(" ".join(["\(name)"] + words))
            while \(serves ? "True" : "False"): signal.pause()
            sys.exit(\(status))
            """)
    }

    /// Begins a line of the shell, in which `watch` stands for `touchmon watch`. A signal is for its last
    /// command, if that has `exec` before it.
    func begin(_ line: String, prefix: [String] = []) throws -> RunningCommand {
        let binary = try #require(Binary.path)
        let text = """
            cd '\(directory)' && PATH='\(programs)':$PATH && SHELL=/bin/bash && export SHELL
            \(line.replacingOccurrences(of: "watch ", with: "'\(binary)' watch "))
            """
        return try RunningCommand(prefix + ["bash", "-c", text], in: scratch)
    }

    /// Runs a line of the shell to its end.
    @discardableResult
    func shell(_ line: String) throws -> Command {
        let command = try Command.run(["bash", "-c", line], in: directory)
        try #require(command.status == 0, "\(line): \(command.output)")
        return command
    }

    func write(_ file: String, _ text: String = "x\n") throws {
        let path = "\(directory)/\(file)"
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try text.write(toFile: path, atomically: false, encoding: .utf8)
    }

    /// What the runs wrote, in their order.
    var log: [String] {
        let text = (try? String(contentsOfFile: scratch("log"), encoding: .utf8)) ?? ""
        return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            .map(String.init)
    }

    /// What the runs of stand-ins were told of touches, as lines of JSON.
    var changes: String {
        (try? String(contentsOfFile: scratch("changes"), encoding: .utf8)) ?? ""
    }

    /// Waits for so many lines.
    func wait(for count: Int) -> Bool { eventually { log.count >= count } }

    /// Writes files and expects a run for exactly these, and no other run before it.
    func expectRun(for files: [String], after change: (() throws -> Void)? = nil) throws {
        let before = log.count
        if let change {
            try change()
        } else {
            for file in files { try write(file) }
        }
        #expect(wait(for: before + 1))
        // Whatever else it led to has come before this.
        try write("zz-after")
        #expect(wait(for: before + 2))
        #expect(
            Array(log.dropFirst(before)) == [files.sorted().joined(separator: " "), "zz-after"])
    }
}
