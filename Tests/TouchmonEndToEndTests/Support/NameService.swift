import Foundation
import Testing

/// Users and groups that are in no /etc/passwd: in a mount namespace of their own the machine asks the
/// module of libnss-extrausers as well, nsswitch.conf(5).
final class NameService {
    static let module = "/usr/lib/libnss_extrausers.so.2"
    static var isThere: Bool { FileManager.default.fileExists(atPath: module) }
    static let reason: Comment = "needs the Debian package libnss-extrausers"

    /// Known there and nowhere else; its groups have other numbers than the user.
    static let user = "tm-remote"
    static let group = "tm-remote-crew"
    static let supplementary = "tm-remote-watch"

    let scratch: Scratch
    private let holder = Process()
    private let pipe = Pipe()

    /// `databases` is what is asked for users and for groups.
    init(_ databases: String = "files extrausers") throws {
        scratch = try Scratch()
        try FileManager.default.createDirectory(
            atPath: scratch("extrausers"), withIntermediateDirectories: false)
        try scratch.write(
            "extrausers/passwd", "\(Self.user):x:71001:72001:Re Mote,,,:/remote/home:/bin/remote\n")
        // Also a member of groups that lie elsewhere in the file, and not of the last one.
        try scratch.write(
            "extrausers/group",
            """
            tm-remote-second:x:72005:tm-nobody,\(Self.user)
            tm-remote:x:72001:
            tm-remote-third:x:72003:\(Self.user)
            \(Self.group):x:72010:
            \(Self.supplementary):x:72011:tm-nobody

            """)
        try scratch.write("nsswitch.conf", "passwd: \(databases)\ngroup: \(databases)\n")
        holder.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        holder.arguments = [
            "unshare", "-m", "--propagation", "private", "sh", "-ec",
            "mount --bind \(scratch("extrausers")) /var/lib/extrausers; "
                + "mount --bind \(scratch("nsswitch.conf")) /etc/nsswitch.conf; "
                + "echo; exec sleep 900",
        ]
        holder.standardInput = FileHandle.nullDevice
        holder.standardOutput = pipe
        try holder.run()
        let isReady = try pipe.fileHandleForReading.read(upToCount: 1)?.isEmpty == false
        try #require(isReady, "unable to mount over /etc/nsswitch.conf")
    }

    deinit {
        kill(holder.processIdentifier, SIGKILL)
        holder.waitUntilExit()
    }

    /// To be put before a command that is to know them.
    var prefix: [String] { ["nsenter", "-m", "-t", String(holder.processIdentifier)] }

    /// What a command there prints, a word each.
    func words(_ command: String...) throws -> [String] {
        let result = try Command.run(prefix + command)
        try #require(result.status == 0, "\(command): \(result.output)")
        return result.output.split { $0 == " " || $0 == "\n" }.map(String.init)
    }

    /// A database of the module that can't be asked: its file is a link that leads to itself, which the
    /// module takes for no answer.
    func breakDatabase(_ name: String) throws {
        try FileManager.default.removeItem(atPath: scratch("extrausers/\(name)"))
        try FileManager.default.createSymbolicLink(
            atPath: scratch("extrausers/\(name)"), withDestinationPath: name)
    }
}
