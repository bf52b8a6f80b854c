import Foundation
import Testing
import TouchmonCore

/// The cases of public JSON suites, where `scripts/fetch-json-suites` has put them.
@Suite(
    .enabled(
        if: ProcessInfo.processInfo.environment["TOUCHMON_JSON_SUITES"] != nil,
        "needs the cases: run scripts/fetch-json-suites DIR and set TOUCHMON_JSON_SUITES=DIR"))
struct JSONSuitesTests {
    /// Enough for every case that must be accepted.
    private static let depthLimit = 512

    @Test func `what must be accepted is accepted`() throws {
        for (name, bytes) in try cases("accept", atLeast: 120) {
            #expect(isAccepted(bytes), "\(name)")
        }
    }

    @Test func `what must be rejected is rejected`() throws {
        for (name, bytes) in try cases("reject", atLeast: 200) {
            #expect(!isAccepted(bytes), "\(name)")
        }
    }

    /// Whatever the verdict: no crash, and an error that lies in the text.
    @Test func `what may be either is read or refused with a place`() throws {
        for (name, bytes) in try cases("either", atLeast: 40) {
            do {
                _ = try JSONReader.read(bytes, depthLimit: Self.depthLimit)
            } catch {
                #expect(0...bytes.count ~= error.offset, "\(name)")
            }
        }
    }

    private func isAccepted(_ bytes: [UInt8]) -> Bool {
        (try? JSONReader.read(bytes, depthLimit: Self.depthLimit)) != nil
    }

    private func cases(_ verdict: String, atLeast least: Int) throws -> [(String, [UInt8])] {
        let root = try #require(ProcessInfo.processInfo.environment["TOUCHMON_JSON_SUITES"])
        let directory = URL(filePath: root).appending(path: verdict)
        let files = try FileManager.default.contentsOfDirectory(
            at: directory, includingPropertiesForKeys: nil)
        // An empty directory would prove nothing.
        #expect(files.count >= least)
        return try files.map { ($0.lastPathComponent, Array(try Data(contentsOf: $0))) }
    }
}
