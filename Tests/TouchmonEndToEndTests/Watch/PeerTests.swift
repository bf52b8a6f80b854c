import Foundation
import Testing

/// The examples of entr(1)'s and watchexec(1)'s manuals with `touchmon watch`: entr's also with entr
/// itself, and watchexec's by what its manual says that they do.
///
/// The programs of the examples are stand-ins that write down that they ran, and with what arguments.
@Suite(.enabled(if: Binary.isThere, Binary.reason))
struct PeerTests {
    static let isEntrThere = (try? Command.run(["sh", "-c", "command -v entr"]).status) == 0

    /// A session: what is begun, and what is done then.
    struct Session: Sendable, CustomTestStringConvertible {
        /// With `watch` in it, in the place of the peer.
        var line: String
        /// The same as it is written for the peer.
        var manual: String
        var files: [String]
        var programs: [String]
        var servers: [String] = []
        var touches: [Touch]
        var isPostponed = false
        var endsByItself = false
        /// Whether a signal ends it before its one run: entr says that all is well, and whoever goes on
        /// with `&&` must not be told so.
        var endsWithSignal = false

        var testDescription: String { manual }
    }

    /// A file that is written, and the last line of the log that follows from it; nil: none does.
    struct Touch: Sendable {
        var file: String
        var line: String?

        init(_ file: String, _ line: String?) { (self.file, self.line) = (file, line) }
    }

    /// Plays a session, and returns what its commands wrote, each line once: a peer that has to be touched
    /// several times until it hears may answer more than once. First, how it ended.
    private static func play(
        _ line: String, _ session: Session, _ check: (WatchPlace) throws -> Void = { _ in }
    ) throws -> [String] {
        let place = try WatchPlace(session.files)
        for name in session.programs { try place.stub(name) }
        for name in session.servers { try place.stub(name, serves: true) }
        try? FileManager.default.copyItem(
            atPath: place.scratch("bin/httpd"), toPath: "\(place.directory)/httpd")
        let command = try place.begin(line)
        if !session.isPostponed {
            #expect(place.wait(for: 1), "\(line): \(command.errors)")
        }
        for touch in session.touches {
            let before = place.log.count
            guard let expected = touch.line else {
                try place.write(touch.file)
                continue
            }
            #expect(
                try eventually {
                    try place.write(touch.file, "\(UUID().uuidString)\n")
                    return eventually(within: 0.5) {
                        place.log.count > before && place.log.last == expected
                    }
                }, "\(line): \(touch.file): \(place.log) \(command.errors)")
        }
        if !session.endsByItself { command.signal(SIGINT) }
        let status = try #require(command.status(), "\(line)")
        try check(place)
        return place.log.reduce(into: ["status \(status)"]) { lines, line in
            if !lines.contains(line) { lines.append(line) }
        }
    }

    // MARK: entr(1), EXAMPLES

    @Test(.enabled(if: isEntrThere, "needs entr"), arguments: entr)
    func `an example of entr's manual comes to the same with watch`(session: Session) throws {
        // Without a terminal entr has to be told so; watch knows the option.
        let theirs = try Self.play(session.manual, session)
        let ours = try Self.play(session.line, session)
        #expect(ours.dropFirst() == theirs.dropFirst())
        #expect(theirs.first == "status 0" && theirs.count > 1)
        #expect(ours.first == (session.endsWithSignal ? "status 130" : "status 0"))
    }

    private static let entr: [Session] = [
        Session(
            line: "find src/ > ../list && exec watch -ns -- 'make | sed 20q' < ../list",
            manual: "find src/ > ../list && exec entr -ns 'make | sed 20q' < ../list",
            files: ["src/a.c", "src/x/b.c"], programs: ["make"],
            touches: [Touch("src/x/b.c", "make"), Touch("other", nil), Touch("src/a.c", "make")]),
        Session(
            line: "ls *.js > ../list && exec watch -nr -- node app.js < ../list",
            manual: "ls *.js > ../list && exec entr -nr node app.js < ../list",
            files: ["app.js", "lib.js"],
            programs: [], servers: ["node"],
            touches: [Touch("lib.js", "node app.js"), Touch("app.js", "node app.js")]),
        Session(
            line: "echo my.sql > ../list && exec watch -ncp -- psql -f /_ < ../list",
            manual: "echo my.sql > ../list && exec entr -ncp psql -f /_ < ../list",
            files: ["my.sql"],
            programs: ["psql"],
            touches: [Touch("my.sql", "psql -f my.sql")], isPostponed: true),
        Session(
            line: "trap 'kill $!; exit 0' INT; while sleep 0.1; do "
                + "ls src/*.rb | exec watch -nd -- make 'all' & wait; done",
            manual: "trap 'kill $!; exit 0' INT; while sleep 0.1; do "
                + "ls src/*.rb | exec entr -nd make 'all' & wait; done",
            files: ["src/a.rb", "src/b.rb"], programs: ["make"],
            touches: [Touch("src/a.rb", "make all"), Touch("src/new.rb", "make all")]),
        Session(
            line: "ls * > ../list && exec watch -nrz -- ./httpd < ../list",
            manual: "ls * > ../list && exec entr -nrz ./httpd < ../list", files: ["a.conf"],
            programs: ["httpd"],
            touches: [], endsByItself: true),
        Session(
            line: "ls * > ../list && exec watch -nrz -- ./httpd < ../list",
            manual: "ls * > ../list && exec entr -nrz ./httpd < ../list", files: ["a.conf"],
            programs: [],
            servers: ["httpd"], touches: [Touch("a.conf", "httpd")], endsWithSignal: true),
    ]

    // MARK: watchexec(1)

    /// What the manual says of an example is what the session expects.
    @Test(arguments: watchexec)
    func `an example of watchexec's manual does what that says with watch`(session: Session) throws
    {
        let lines = try Self.play(session.line, session) { place in
            for touch in session.touches {
                #expect(place.changes.contains("/\(touch.file)\"") == (touch.line != nil))
            }
        }
        #expect(lines.first == "status 0")
    }

    private static func example(
        _ manual: String, _ line: String, _ program: String, serves: Bool = false,
        counting: [String], others: [String] = [], _ expected: String
    ) -> Session {
        Session(
            line: "exec watch \(line)", manual: manual,
            files: [
                "src/main.rs", "lib/a.rs", "app.js", "server.py", "Gemfile", "target/x",
            ],
            programs: serves ? [] : [program], servers: serves ? [program] : [],
            touches: others.map { Touch($0, nil) } + counting.map { Touch($0, expected) })
    }

    private static let watchexec: [Session] = [
        example(
            "watchexec make", "-- make", "make", counting: ["src/main.rs", "new/dir/a"], "make"),
        example(
            "watchexec -e html,css,js make", "-e html,css,js -- make", "make",
            counting: ["app.js", "new.css"], others: ["src/main.rs"], "make"),
        example(
            "watchexec --exts js,css,html make", "--exts js,css,html -- make", "make",
            counting: ["app.js"], others: ["src/main.rs"], "make"),
        example(
            "watchexec -c make test", "-c -- make test", "make", counting: ["src/main.rs"],
            "make test"),
        example(
            "watchexec -r node app.js", "-r -- node app.js", "node", serves: true,
            counting: ["app.js"], "node app.js"),
        example(
            "watchexec -e py -r python server.py", "-e py -r -- python server.py", "python",
            serves: true, counting: ["server.py"], others: ["app.js"], "python server.py"),
        example(
            "watchexec -w lib -w src make", "-w lib -w src -- make", "make",
            counting: ["lib/a.rs", "src/main.rs"], others: ["app.js"], "make"),
        example(
            "watchexec -w Gemfile bundle install", "-w Gemfile -- bundle install", "bundle",
            counting: ["Gemfile"], others: ["app.js"], "bundle install"),
        example(
            "watchexec -w src -- rsync -a src dest", "-w src -- rsync -a src dest", "rsync",
            counting: ["src/main.rs"], others: ["lib/a.rs"], "rsync -a src dest"),
        example(
            "watchexec -i \"target/**\" make test", "-i \"target/**\" -- make test", "make",
            counting: ["src/main.rs"], others: ["target/x"], "make test"),
        example(
            "watchexec -n -- zsh -x -o shwordsplit scr", "-n -- zsh -x -o shwordsplit scr", "zsh",
            counting: ["src/main.rs"], "zsh -x -o shwordsplit scr"),
        example(
            "watchexec 'date; make'", "-s -- 'date; make'", "make", counting: ["src/main.rs"],
            "make"),
        example(
            "watchexec -r --stop-signal SIGKILL my_server",
            "-r --stop-signal SIGKILL -- my_server", "my_server", serves: true,
            counting: ["src/main.rs"], "my_server"),
        example(
            "watchexec --fs-events create -- s3 sync", "--fs-events create -- s3 sync", "s3",
            counting: ["brand-new"], others: ["app.js"], "s3 sync"),
    ]
}
