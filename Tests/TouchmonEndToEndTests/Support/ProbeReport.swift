import Foundation
import Testing

/// What the program ProbeChild said about itself; see Tests/ProbeChild/main.c.
struct ProbeReport {
    var arguments: [[UInt8]] = []
    /// As it was given.
    var rawEnvironment: [[UInt8]] = []
    var environment: [String] { rawEnvironment.map { String(decoding: $0, as: UTF8.self) } }
    var descriptors: [Int: String] = [:]
    var directory = ""
    var stat: [String: String] = [:]
    var status: [String: String] = [:]
    /// Soft and hard limits by their numbers.
    var limits: [Int: String] = [:]
    var scheduling: [String: String] = [:]
    /// What `--try` came to: by `WHAT DIRECTORY`.
    var may: [String: String] = [:]
    /// What `--told` found in the file of the changes, and on standard input.
    var changes: [UInt8] = []
    var input: [UInt8] = []

    init(_ text: String) {
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
            guard words.count >= 2 else { continue }
            let (name, value) = (String(words[1]), words.count > 2 ? String(words[2]) : "")
            switch words[0] {
            case "argument": arguments.append(Self.bytes(value))
            case "environment": rawEnvironment.append(Self.bytes(value))
            case "descriptor": descriptors[Int(name) ?? -1] = value
            case "directory": directory = Self.text(value)
            case "stat": stat[name] = value
            case "status": status[name] = value
            case "limit": limits[Int(name) ?? -1] = value
            case "scheduling": scheduling[name] = value
            case "changes": changes = Self.bytes(value)
            case "input": input = Self.bytes(value)
            case "may":
                let place = value.split(separator: " ")
                may["\(name) \(place[0])"] = place.dropFirst().joined()
            default: Issue.record("ProbeChild said: \(line)")
            }
        }
    }

    /// The bytes of a variable; nil where there is none.
    func variable(_ name: String) -> [UInt8]? {
        let head = Array("\(name)=".utf8)
        return rawEnvironment.first { $0.starts(with: head) }.map { Array($0[head.count...]) }
    }

    private static func text(_ hex: String) -> String {
        String(decoding: bytes(hex), as: UTF8.self)
    }

    private static func bytes(_ hex: String) -> [UInt8] {
        let digits = Array(hex.utf8)
        func value(_ digit: UInt8) -> UInt8 { (digit & 15) + (digit >> 6) * 9 }
        return stride(from: 0, to: digits.count - 1, by: 2).map {
            value(digits[$0]) << 4 | value(digits[$0 + 1])
        }
    }

    /// Copies the program into a directory, to where every user can execute it.
    static func install(in scratch: Scratch) throws -> String {
        try FileManager.default.copyItem(
            atPath: Helper.path("ProbeChild"), toPath: scratch("probe"))
        chmod(scratch("probe"), 0o755)
        return scratch("probe")
    }
}
