import Foundation
import Testing

/// Packages of the program under test, each made once.
enum Packages {
    private static let directory: String = {
        let directory = "/var/tmp/touchmon-tests/packages-\(getpid())"
        try? FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
        atexit { _ = try? FileManager.default.removeItem(atPath: Packages.directory) }
        return directory
    }()

    /// Manual and completions, which packages have.
    private static let pages: Command? = try? make(["man", "completions"])

    /// Runs make with the program under test, which is not built again.
    static func make(_ arguments: [String]) throws -> Command {
        try Command.run(
            alone + ["make", "-s", "-o", "build", "binary=\(try #require(Binary.path))"]
                + arguments,
            in: Repository.path("."))
    }

    /// Tests run in several processes, and what they pack is in one place.
    private static let alone = ["flock", Repository.path(".build/packages.lock")]

    private static let lock = NSLock()
    nonisolated(unsafe) private static var made: [String: String] = [:]

    /// A Debian package; `systemd` is the version whose units it has, by itself this system's.
    static func deb(version: String? = nil, systemd: Int? = nil) throws -> String {
        try #require(pages?.status == 0, "\(pages?.output ?? "")")
        let place = "\(version ?? "")-\(systemd.map(String.init) ?? "")"
        return try lock.withLock {
            if let package = made[place] { return package }
            var environment: [String: String] = [:]
            environment["VERSION"] = version
            environment["TOUCHMON_SYSTEMD"] = systemd.map(String.init)
            let package = try pack("package-deb", in: place, environment)
            made[place] = package
            return package
        }
    }

    /// Runs a packing script, and returns the path of the package.
    static func pack(
        _ script: String, _ binary: String? = nil, in place: String,
        _ environment: [String: String] = [:], prefix: [String] = []
    ) throws -> String {
        let directory = "\(directory)/\(place)"
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
        let program = try binary ?? #require(Binary.path)
        let packed = try Command.run(
            alone + prefix + [Repository.path("scripts/\(script)"), program, directory],
            environment: environment)
        try #require(packed.status == 0, "\(packed.output)")
        return try String(#require(packed.output.split(separator: "\n").last))
    }

    /// The program that needs no library but glibc's, linked of what the program under test was.
    static func portable() throws -> String {
        let made = try make(["portable"])
        try #require(made.status == 0, "\(made.output)")
        return Repository.path(".build/portable/touchmon")
    }

    static func tarball() throws -> String {
        try #require(pages?.status == 0)
        return try pack("package-tarball", portable(), in: "tarball")
    }
}
