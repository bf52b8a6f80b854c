import Foundation

/// The programs that are built beside the tests.
enum Helper {
    /// The path of one, by its target's name.
    static func path(_ name: String) throws -> String {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent(name)
            .path
    }
}
