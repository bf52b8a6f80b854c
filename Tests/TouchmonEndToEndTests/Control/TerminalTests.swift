import Foundation
import Testing

/// Commands as somebody at a terminal sees them.
@Suite(.enabled(if: Binary.isThere, Binary.reason))
struct TerminalTests {
    private static func begin(
        _ arguments: [String], _ place: ControlledDaemon, columns: Int = 80, rows: Int = 24,
        _ variables: String = "TERM=xterm"
    ) throws -> RunningCommand {
        try AtTerminal.begin(
            arguments.prefix(1) + ["--state-directory", place.state] + arguments.dropFirst(),
            in: place.scratch, columns: columns, rows: rows, variables)
    }

    private static func daemon() throws -> ControlledDaemon {
        let place = try ControlledDaemon([
            "good": ["argv": ["true"]], "bad": ["argv": ["false"]],
            "with-a-name-that-does-not-fit-into-the-line-of-a-terminal-of-eighty-columns-at-all": [
                "argv": ["true"]
            ],
        ])
        for (index, name) in ["good", "bad"].enumerated() {
            place.touch(name)
            #expect(place.daemon.wait(for: "run_ended", count: index + 1))
        }
        return place
    }

    @Test(arguments: [80, 200])
    func `a table fits the terminal, and says with colours how runs ended`(columns: Int) throws {
        let place = try Self.daemon()
        for command in ["status", "history"] {
            let shown = try Self.begin([command], place, columns: columns)
            #expect(shown.status() == 0, "\(shown.output)")
            #expect(shown.output.contains("\u{1B}[32msuccess"), "\(shown.output)")
            #expect(shown.output.contains("\u{1B}[31mstatus 1"))
            let lines = AtTerminal.plain(shown.output)
            #expect(lines.count == (command == "status" ? 4 : 3), "\(lines)")
            #expect(lines.allSatisfy { $0.count <= columns }, "\(lines)")
        }
        for variables in ["TERM=xterm NO_COLOR=1", "TERM=dumb"] {
            let bare = try Self.begin(["status"], place, columns: columns, variables)
            #expect(bare.status() == 0 && !bare.output.contains("\u{1B}"))
        }
        #expect(try !place.command(["status"]).output.contains("\u{1B}"))
        #expect(place.daemon.stop() == 0)
    }

    @Test func `status --watch shows in place what becomes of it`() throws {
        let scratch = try Scratch()
        let gate = try Gate(scratch("gate"))
        let place = try ControlledDaemon(
            ["stamp": ["argv": ["sh", "-c", "read line < \(scratch("gate"))"]]], at: scratch)
        let shown = try Self.begin(["status", "--watch"], place)
        #expect(eventually { shown.output.contains("idle") })
        place.touch("stamp")
        #expect(eventually { shown.output.contains("running 1") })
        gate.open()
        #expect(eventually { shown.output.contains("success") })
        // Every time from the first line on, and it is cleared once.
        #expect(shown.output.components(separatedBy: "\u{1B}[2J").count == 2)
        #expect(shown.output.components(separatedBy: "\u{1B}[H").count > 3)
        #expect(place.daemon.stop() == 0)
        #expect(shown.status() == 69, "\(shown.output)")
        for arguments in [["status", "--watch"], ["status", "--watch", "--json"]] {
            #expect(try place.command(arguments).status == 64)
        }
    }

    @Test func `more actions than lines are counted`() throws {
        let place = try Self.daemon()
        let shown = try Self.begin(["status", "--watch"], place, rows: 4)
        #expect(eventually { shown.output.contains("… and 2 more") }, "\(shown.output)")
        #expect(place.daemon.stop() == 0)
        #expect(shown.status() == 69)
    }

    @Test func `history --follow tells each end once, in their order`() throws {
        let scratch = try Scratch()
        let gate = try Gate(scratch("gate"))
        let place = try ControlledDaemon(
            [
                "slow": ["argv": ["sh", "-c", "read line < \(scratch("gate")); exit 3"]],
                "quick": ["argv": ["true"]],
            ], at: scratch)
        let followers = try [
            place.begin(["history", "--follow", "--json"]),
            place.begin(["history", "--follow", "--json", "--failed"]),
            place.begin(["history", "--follow"]),
        ]
        func runs(_ index: Int) -> [Int] {
            followers[index].output.split(separator: "\n").compactMap { line in
                let object = try? JSONSerialization.jsonObject(with: Data(line.utf8))
                return (object as? [String: Any])?["run"] as? Int
            }
        }
        place.touch("slow")
        #expect(place.daemon.wait(for: "run_started", count: 1))
        place.touch("quick")
        #expect(eventually { runs(0) == [2] }, "\(followers[0].output)")
        gate.open()
        #expect(eventually { runs(0) == [2, 1] }, "\(followers[0].output)")
        #expect(eventually { runs(1) == [1] }, "\(followers[1].output)")
        place.touch("quick")
        #expect(eventually { runs(0) == [2, 1, 3] })
        #expect(eventually { followers[2].output.split(separator: "\n").count == 4 })
        let lines = followers[2].output.split(separator: "\n")
        #expect(lines[0].hasPrefix("RUN") && lines[2].contains("status 3"))
        #expect(runs(1) == [1])
        for follower in followers {
            follower.signal(SIGINT)
            #expect(follower.status() != nil)
        }
        #expect(place.daemon.stop() == 0)
    }
}
