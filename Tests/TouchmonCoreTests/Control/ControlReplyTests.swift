import Testing

@testable import TouchmonCore

/// What commands make of an answer that says less than they ask for, or something else.
@Suite struct ControlReplyTests {
    private static func reply(_ text: String) throws -> ControlReply {
        try #require(ControlReply(Array(text.utf8)))
    }

    @Test func `a list has the words in it, and nothing else`() throws {
        let reply = try Self.reply(#"{"a":["x",1,null,"y"],"b":"x"}"#)
        #expect(reply.words("a") == ["x", "y"])
        #expect(reply.words("b") == [] && reply.words("c") == [])
    }

    @Test func `a problem that says only what it is`() throws {
        let problem = try #require(try Self.reply(#"{"error":"do it"}"#).problem)
        #expect(problem == ControlProblem(.system, "do it", ""))
        let unknown = try Self.reply(#"{"error":"do it","exit":99,"remedy":"wait"}"#)
        #expect(unknown.problem == ControlProblem(.system, "do it", "wait"))
        #expect(try Self.reply("{}").problem == nil)
    }

    @Test(
        arguments: [
            (#""success","status":0"#, .ended(.exited(status: 0))),
            (#""failure","status":3"#, .ended(.exited(status: 3))),
            (#""failure""#, .ended(.exited(status: 0))),
            (#""signal","signal":"SIGTERM""#, .ended(.signalled(signal: 15))),
            (#""signal","signal":"SIGNOTHING""#, .ended(.signalled(signal: 0))),
            (#""signal""#, .ended(.signalled(signal: 0))),
            (#""unknown""#, .ended(.unknown)), (#""not-started""#, .notStarted),
            (#""interrupted""#, .interrupted), (#""running""#, nil), (#""dancing""#, nil),
        ] as [(String, RunEnding?)])
    func `how a run ended`(text: String, ending: RunEnding?) throws {
        #expect(try Self.reply("{\"outcome\":\(text)}").ending == ending)
    }

    /// What the daemon writes of an ending is what its commands read.
    @Test(
        arguments: [
            nil, .ended(.exited(status: 0)), .ended(.exited(status: 3)),
            .ended(.signalled(signal: 9)), .ended(.unknown), .notStarted, .interrupted,
        ] as [RunEnding?])
    func `how a run ended, as it was written`(ending: RunEnding?) throws {
        var writer = JSONWriter()
        writer.object { $0.ending(ending) }
        #expect(try #require(ControlReply(writer.bytes)).ending == ending)
    }

    @Test func `an obstacle is read as it was written, or not at all`() throws {
        var writer = JSONWriter()
        Obstacle("busy", "run 3").write(to: &writer)
        #expect(try #require(ControlReply(writer.bytes)).obstacle == Obstacle("busy", "run 3"))
        #expect(try Self.reply(#"{"obstacle":"busy"}"#).obstacle == nil)
        #expect(try Self.reply(#"{"text":"run 3"}"#).obstacle == nil)
    }

    @Test func `a touch without a run is one at least, and of somebody if all is said of him`()
        throws
    {
        let time = #""time":"1970-01-01T00:00:02Z""#
        let touch = try Self.reply(
            "{\"nothing\":\"own\",\(time),\"touched_by\":{\"pid\":3,\"uid\":4}}"
        ).unrunTouch
        #expect(
            touch
                == ExplainedTouch(
                    time: 2_000_000_000, toucher: LedgerChange.Run.Toucher(process: 3, user: 4),
                    result: .nothing("own", count: 1)))
        for half in ["{\"pid\":3}", "{\"uid\":4}", "7"] {
            let touch = try Self.reply(
                "{\"nothing\":\"own\",\(time),\"count\":5,\"touched_by\":\(half)}"
            ).unrunTouch
            #expect(touch?.toucher == nil && touch?.result == .nothing("own", count: 5))
        }
        #expect(try Self.reply("{\"nothing\":\"own\"}").unrunTouch == nil)
        #expect(try Self.reply("{\(time)}").unrunTouch == nil)
    }

    /// The daemon knows users by their numbers; commands know names.
    @Test func `a touch without a run is read as it was written`() throws {
        let touch = ExplainedTouch(
            time: 5, toucher: LedgerChange.Run.Toucher(process: 3, user: 0),
            result: .nothing("joined", count: 2))
        var writer = JSONWriter()
        touch.write(to: &writer)
        let reply = try #require(ControlReply(writer.bytes))
        #expect(reply.unrunTouch == touch)
        #expect(reply.object("touched_by")?.word("user") == nil)
    }

    @Test func `root and the daemon's own user may do everything`() {
        #expect(ControlPeer(user: 0, daemon: 1000).isOwner)
        #expect(ControlPeer(user: 1000, daemon: 1000).isOwner)
        #expect(!ControlPeer(user: 1001, daemon: 1000).isOwner)
        #expect(!ControlPeer(user: 1000, daemon: 0).isOwner)
        #expect(ControlPeer(user: 1001, daemon: 0).user == 1001)
    }
}
