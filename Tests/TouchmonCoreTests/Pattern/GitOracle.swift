import Foundation
import Glibc

/// A directory with `.gitignore`s, and paths in it.
struct IgnoreCase {
    /// What each directory's file says; the directory itself for an empty path.
    var files: [[UInt8]: [UInt8]]
    /// Directories below it. What is not one is a file.
    var directories: Set<[UInt8]>
    var paths: [[UInt8]]
}

/// git's own verdicts: `git check-ignore`.
enum GitOracle {
    static let isThere =
        (try? Reference.output(of: "/usr/bin/git", ["--version"], input: Data())) != nil
    static let absence = "needs git: scripts/install-dependencies test"

    /// For each case, which of its paths are ignored. One process answers for all.
    static func verdicts(on cases: [IgnoreCase]) throws -> [[Bool]] {
        // Tens of thousands of entries: in memory where there is such a place.
        let memory = "/dev/shm"
        let parent =
            access(memory, W_OK | X_OK) == 0
            ? URL(filePath: memory) : FileManager.default.temporaryDirectory
        let place = parent.appending(path: "touchmon-ignore-\(UUID().uuidString)")
        defer { _ = try? Reference.output(of: "/bin/rm", ["-rf", place.path], input: Data()) }
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        let environment = [
            "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "HOME": place.path,
        ]
        _ = try Reference.output(
            of: "/usr/bin/git", ["init", "-q", "."], in: place, environment: environment,
            input: Data())
        var input: [UInt8] = []
        for (number, one) in cases.enumerated() {
            let base = Array("\(place.path)/\(number)".utf8)
            try make(base, of: one)
            for path in one.paths { input += "\(number)/".utf8 + path + [0] }
        }
        // Its status says whether any path is ignored.
        let answer = try Reference.output(
            of: "/usr/bin/git", ["check-ignore", "--no-index", "-v", "-n", "--stdin", "-z"],
            in: place, environment: environment, input: Data(input), mayFail: true)
        let fields = answer.split(separator: 0, omittingEmptySubsequences: false).dropLast()
        var next = fields.startIndex
        return cases.map { one in
            one.paths.compactMap { _ in
                // Where the pattern stands, its line, the pattern, and the path.
                guard next + 3 < fields.endIndex else { return nil }
                defer { next += 4 }
                return !fields[next].isEmpty && fields[next + 2].first != UInt8(ascii: "!")
            }
        }
    }

    private static func make(_ base: [UInt8], of one: IgnoreCase) throws {
        try directory(base)
        for path in one.directories.sorted(by: { $0.count < $1.count }) {
            try directory(base + [UInt8(ascii: "/")] + path)
        }
        for (path, contents) in one.files {
            let directory = path.isEmpty ? base : base + [UInt8(ascii: "/")] + path
            let name = directory + Array("/.gitignore".utf8)
            let file = name.map { CChar(bitPattern: $0) } + [0]
            let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else { throw Failed(call: "open", number: errno) }
            defer { close(descriptor) }
            guard write(descriptor, contents, contents.count) == contents.count else {
                throw Failed(call: "write", number: errno)
            }
        }
    }

    private static func directory(_ path: [UInt8]) throws {
        let name = path.map { CChar(bitPattern: $0) } + [0]
        guard mkdir(name, 0o755) == 0 else { throw Failed(call: "mkdir", number: errno) }
    }

    private struct Failed: Error {
        var call: String
        var number: Int32
    }
}
