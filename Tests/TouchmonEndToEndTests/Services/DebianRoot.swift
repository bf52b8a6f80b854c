import Foundation
import Testing

/// The root of a small Debian system, a copy for one test; `scripts/debian-root` makes the one that is
/// copied.
final class DebianRoot {
    enum Suite: String, Sendable, CaseIterable {
        /// With systemd 252, which does not know `Type=notify-reload`, and with systemd 257.
        case bookworm, trixie

        var systemd: Int { self == .bookworm ? 252 : 257 }
    }

    static let isPossible =
        Binary.isThere && Binary.isRoot && isThere("debootstrap") && GroupPlace.isThere
    static let reason: Comment =
        "needs root, the release binary, debootstrap and control groups of version 2"

    /// Whether a program is here.
    static func isThere(_ program: String) -> Bool {
        (try? Command.run(["sh", "-c", "command -v \(program)"]))?.status == 0
    }

    let scratch: Scratch
    var path: String { scratch("root") }

    init(_ suite: Suite = .bookworm) throws {
        scratch = try Scratch()
        let made = try Command.run([Repository.path("scripts/debian-root"), suite.rawValue])
        try #require(made.status == 0, "\(made.output)")
        let root = String(made.output.split(separator: "\n").last ?? "")
        let copied = try Command.run(["cp", "-a", "--reflink=auto", root, path])
        try #require(copied.status == 0, "\(copied.output)")
    }

    /// Runs a script as root, in the root but not started: with its own /proc, and no more.
    @discardableResult
    func chroot(_ script: String) throws -> Command {
        let inside = try scratch.write("root/root/script", script)
        defer { unlink(inside) }
        return try Command.run([
            "unshare", "--mount", "--pid", "--fork", "--kill-child", "--uts", "--ipc", "sh", "-c",
            "mount -t proc proc \(path)/proc && mount --bind /dev \(path)/dev"
                + " && exec env -i PATH=\(Self.programs) DEBIAN_FRONTEND=noninteractive LC_ALL=C"
                + " chroot \(path) bash /root/script",
        ])
    }

    static let programs = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// Every file there is, with what it is: for comparing before and after.
    func listing(without directories: [String]) throws -> Set<String> {
        let prunes = directories.map { "-path ./\($0) -prune -o" }.joined(separator: " ")
        let found = try Command.run(
            ["sh", "-c", "find . \(prunes) -printf '%P %y %m %u %g %l\\n'"], in: path)
        return Set(found.output.split(separator: "\n").map(String.init))
    }
}

/// The files of the project.
enum Repository {
    static func path(_ name: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../../\(name)").standardized.path
    }
}
