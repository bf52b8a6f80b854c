import Foundation

/// Signs certificates for a test.
struct Authority {
    let scratch: Scratch
    let name: String

    var certificate: String { "\(scratch.path)/\(name).pem" }

    init(_ name: String, _ scratch: Scratch) async throws {
        self.name = name
        self.scratch = scratch
        try await Self.openssl(
            scratch,
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-keyout", "\(scratch.path)/\(name).key", "-out", "\(scratch.path)/\(name).pem",
                "-subj", "/CN=\(name)",
            ])
    }

    /// `names` is as in `DNS:localhost,IP:127.0.0.1`; with `days` below zero it has expired.
    func sign(_ name: String, _ names: String, days: Int = 2) async throws -> (String, String) {
        let start = "\(scratch.path)/\(name)"
        try scratch.file("\(name).ext", "subjectAltName=\(names)\n")
        try await Self.openssl(
            scratch,
            [
                "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-keyout", "\(start).key", "-out", "\(start).csr", "-subj", "/CN=\(name)",
            ])
        try await Self.openssl(
            scratch,
            [
                "x509", "-req", "-in", "\(start).csr", "-CA", certificate, "-CAkey",
                "\(scratch.path)/\(self.name).key", "-set_serial", "\(Int.random(in: 1...1 << 40))",
                "-out", "\(start).pem", "-days", "\(days)", "-extfile", "\(start).ext",
            ])
        return ("\(start).pem", "\(start).key")
    }

    private static func openssl(_ scratch: Scratch, _ arguments: [String]) async throws {
        let program = try RunningProgram(
            "/usr/bin/openssl", arguments, scratch: scratch, name: "openssl")
        guard try await program.status() == 0 else { throw Failure(program.standardError) }
    }
}
