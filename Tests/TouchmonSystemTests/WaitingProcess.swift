import Foundation
import Testing
import TouchmonSystem

/// A process that has done something, and is there for as long as a test wants it to be.
final class WaitingProcess {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    /// What it printed when it had done that.
    let line: String

    /// A shell. `prefix` is a command to start it with, such as `setsid`.
    convenience init(_ script: String = ":", prefix: [String] = []) throws {
        try self.init(program: prefix + ["sh", "-c", "\(script); echo; read line; exit 7"])
    }

    /// Tells its effective user, in Python: a shell gives up what a program was given beyond its caller's.
    convenience init(identity prefix: [String], python: String = "/usr/bin/python3") throws {
        let script = "import os, sys; print(os.geteuid(), flush=True); sys.stdin.read()"
        try self.init(program: prefix + [python, "-IS", "-c", script])
    }

    private init(program: [String]) throws {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = program
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        var text = Data()
        while text.last != UInt8(ascii: "\n") {
            let more = output.fileHandleForReading.readData(ofLength: 1)
            if more.isEmpty { break }
            text += more
        }
        try #require(text.last == UInt8(ascii: "\n"), "\(program) has ended")
        line = String(decoding: text.dropLast(), as: UTF8.self)
    }

    deinit {
        end()
    }

    var pid: Int32 { process.processIdentifier }

    /// The process with a descriptor of it, which is still good when it has ended.
    func opened() throws -> OtherProcess {
        try #require(try OtherProcess(pid, witnessed: .max))
    }

    /// Lets it end, with the status 7 of a shell, and waits until it was reaped.
    func end() {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}

/// A child that nobody reaps but the test.
struct UnreapedChild {
    let pid: Int32

    /// posix_spawnp(3).
    private typealias Spawn =
        @convention(c) (
            UnsafeMutablePointer<pid_t>, UnsafePointer<CChar>, OpaquePointer?, OpaquePointer?,
            UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?,
            UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        ) -> Int32

    /// Runs a program, found in PATH.
    init(_ arguments: [String]) throws {
        var pid: pid_t = 0
        var strings = arguments.map { strdup($0) } + [nil]
        defer { for string in strings { free(string) } }
        // The Glibc module does not have it.
        let symbol = try #require(dlsym(nil, "posix_spawnp"))
        let spawn = unsafeBitCast(symbol, to: Spawn.self)
        let result = arguments[0].withCString { program in
            strings.withUnsafeMutableBufferPointer {
                spawn(&pid, program, nil, nil, $0.baseAddress, environ)
            }
        }
        try #require(result == 0)
        self.pid = pid
    }

    func opened() throws -> OtherProcess {
        try #require(try OtherProcess(pid, witnessed: .max))
    }

    /// Waits until it executes the program of this name.
    func waitFor(_ program: String) throws {
        try #require(
            eventually {
                (try? String(contentsOfFile: "/proc/\(pid)/comm", encoding: .utf8))
                    == "\(program)\n"
            })
    }

    /// Kills it, and leaves it unreaped.
    func kill() throws {
        Glibc.kill(pid, SIGKILL)
        var info = siginfo_t()
        try #require(waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) == 0)
    }

    func reap() throws {
        try #require(waitpid(pid, nil, 0) == pid)
    }
}
