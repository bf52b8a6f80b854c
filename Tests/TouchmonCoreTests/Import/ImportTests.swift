import Testing

@testable import TouchmonCore

/// Action files made from others' configurations: each is one that touchmon takes.
@Suite struct ImportTests {
    private static func incron(_ table: String, user: String = "root") -> Import {
        var imported = Import()
        imported.addIncron(Array(table.utf8), file: "t", user: user) {
            ["/", "/tmp", "/home", "/var/log", "/srv/[in]"].contains(
                String(decoding: $0, as: UTF8.self))
        }
        return imported
    }

    private static func systemd(_ unit: String, file: String = "/etc/systemd/system/web.path")
        -> Import
    {
        var imported = Import()
        imported.addSystemd(Array(unit.utf8), file: file)
        return imported
    }

    /// The lines of the action file, each an action; and nothing is wrong with it.
    private static func lines(_ imported: Import) -> [String] {
        let source = SourceText(file: RawPath("import.json"), bytes: imported.json)
        let reading = ActionFileReading(of: [source], relativeTo: RawPath("/"))
        #expect(reading.problems.isEmpty, "\(reading.problems)")
        #expect(reading.actions.count == imported.actions.count)
        return String(decoding: imported.json, as: UTF8.self).split(separator: "\n")
            .dropFirst().dropLast().map { line in
                String(line.drop { $0 == " " }).replacing(/,$/, with: "")
            }
    }

    /// The examples of incrontab(5).
    @Test func `the examples of incron's manual`() {
        let imported = Self.incron(
            """
            # these are tables' lines
            /tmp IN_ALL_EVENTS abcd $@/$# $%
            /usr/bin IN_ACCESS,IN_NO_LOOP abcd $#
            /home IN_CREATE /usr/local/bin/abcd $#
            /var/log 12 abcd $@/$#
            """)
        #expect(
            Self.lines(imported) == [
                #""/tmp/": {"argv":["sh","-c","exec \"abcd\" \"$TOUCHMON_PATH\" \"\""],"user":"root","on":["touch","create","delete","move","attribute","modify"],"recursive":true,"each":"file"}"#,
                #""/home/": {"argv":["sh","-c","exec \"/usr/local/bin/abcd\" \"${TOUCHMON_PATH##*/}\""],"user":"root","on":["create"],"recursive":true,"each":"file"}"#,
                #""/var/log/": {"argv":["abcd","{path}"],"user":"root","on":["touch","attribute"],"recursive":true,"each":"file"}"#,
            ])
        #expect(
            imported.notes.filter { $0.contains("t:3") } == [
                "t:3: `IN_ACCESS` has no counterpart: nothing is run for it",
                "t:3: left out: none of its events is one that touchmon runs for",
            ])
        #expect(imported.notes.contains { $0.hasPrefix("t:2: `$%`") })
    }

    @Test func `a file, words with spaces, and what must not be taken for a pattern`() {
        let imported = Self.incron(
            #"""
            /etc/a\ b IN_CLOSE_WRITE /opt/my\ tool $$HOME $@ it's
            /srv/[in] IN_MOVED_TO,IN_NO_LOOP,recursive=false mv $@/$# /out
            /etc/a\ b IN_MODIFY second
            relative IN_MODIFY x
            /too short
            /odd IN_STRANGE x
            """#, user: "alice")
        #expect(
            Self.lines(imported) == [
                #""/etc/a b": {"argv":["/opt/my tool","$HOME","/etc/a b","it's"],"user":"alice"}"#,
                #""/srv/\\[in\\]/": {"argv":["mv","{path}","/out"],"user":"alice","on":["move"],"each":"file","own_changes":"ignore"}"#,
            ])
        #expect(imported.notes.contains { $0.contains("t:3: `/etc/a b` has an action already") })
        #expect(imported.notes.contains("t:4: left out: the path is not absolute"))
        #expect(
            imported.notes.contains("t:5: left out: a path, events and a command are missing"))
        #expect(imported.notes.contains { $0.hasPrefix("t:6: `IN_STRANGE`") })
    }

    /// What a shell must not take for its own stays what it is.
    @Test func `a command that gets a shell is quoted`() {
        let imported = Self.incron("/tmp IN_CREATE echo `id` \"$$(id)\" $# ;rm\n")
        #expect(
            Self.lines(imported) == [
                #""/tmp/": {"argv":["sh","-c","exec \"echo\" \"\\`id\\`\" \"\\\"\\$(id)\\\"\" \"${TOUCHMON_PATH##*/}\" \";rm\""],"user":"root","on":["create"],"recursive":true,"each":"file"}"#
            ])
    }

    @Test func `paths and masks in all the ways in which incron takes them`() {
        let imported = Self.incron(
            """
            /home/ IN_DELETE,recursive=true,dotdirs=false run \("")
            / IN_DELETE_SELF,IN_ONLYDIR run
            /etc/b 512 run\t
            /etc/c 1 run
            """)
        #expect(
            Self.lines(imported) == [
                #""/home/": {"argv":["run"],"user":"root","on":["delete"],"recursive":true,"each":"file"}"#,
                #""/": {"argv":["run"],"user":"root","on":["delete"],"recursive":true,"each":"file"}"#,
                #""/etc/b": {"argv":["run"],"user":"root","on":["delete"]}"#,
            ])
        #expect(
            imported.notes.filter { $0.hasPrefix("t:4") } == [
                "t:4: `1` has no counterpart: nothing is run for it",
                "t:4: left out: none of its events is one that touchmon runs for",
            ])
    }

    @Test func `a dollar that stands for nothing stays one`() {
        let imported = Self.incron(
            """
            /etc/a IN_MODIFY run a$ $@$ $$
            /etc/b IN_MODIFY run $x $@ $# $&
            """)
        #expect(
            Self.lines(imported) == [
                #""/etc/a": {"argv":["run","a$","/etc/a$","$"],"user":"root","on":["modify"]}"#,
                #""/etc/b": {"argv":["sh","-c","exec \"run\" \"\\$x\" \"/etc/b\" \"\" \"\""],"user":"root","on":["modify"]}"#,
            ])
        #expect(imported.notes.contains { $0.hasPrefix("t:2: `$&`") })
    }

    @Test func `path units of systemd`() {
        let imported = Self.systemd(
            """
            [Unit]
            Description=Reload the web server
            ; a comment
            [Path]
            PathChanged=/etc/web.conf
            PathModified=/var/log/web
            PathExists = /run/\\
            # between
              go
            DirectoryNotEmpty=/var/spool/web
            PathExistsGlob=/tmp/*.go
            Unit=web-reload.service
            TriggerLimitIntervalSec=5s
            TriggerLimitBurst=3
            MakeDirectory=yes
            [Install]
            WantedBy=multi-user.target
            """)
        let rate = #""rate_limit":{"runs":3,"per":"5000ms"}"#
        let start = #"{"argv":["systemctl","start","web-reload.service"],"user":"root","on":"#
        #expect(
            Self.lines(imported) == [
                "\"/etc/web.conf\": \(start)[\"touch\",\"create\",\"delete\",\"move\"],\(rate)}",
                "\"/var/log/web\": \(start)[\"touch\",\"create\",\"delete\",\"move\",\"modify\"],"
                    + "\(rate)}",
                "\"/run/ go\": \(start)[\"exists\"],\(rate)}",
                "\"/var/spool/web\": \(start)[\"not_empty\"],\(rate)}",
            ])
        #expect(imported.notes.map { $0.split(separator: ":")[1] } == ["11", "15"])
    }

    @Test(
        arguments: [
            ("7", 7000), ("7 sec", 7000), ("250ms", 250), ("2min", 120_000), ("2 m", 120_000),
            ("3h", 10_800_000), ("1 hour", 3_600_000), ("2 weeks", nil), ("soon", nil),
        ] as [(String, Int?)])
    func `how long as systemd writes it`(text: String, milliseconds: Int?) {
        let imported = Self.systemd(
            "[Path]\nPathExists=/a\nTriggerLimitIntervalSec=\(text)\n")
        #expect(
            Self.lines(imported).map { $0.contains("\"rate_limit\"") } == [milliseconds != nil])
        if let milliseconds {
            #expect(Self.lines(imported)[0].contains("\"per\":\"\(milliseconds)ms\""))
            #expect(imported.notes == [])
        } else {
            #expect(
                imported.notes == [
                    "/etc/systemd/system/web.path:3: `TriggerLimitIntervalSec` is left out: no "
                        + "time that is understood"
                ])
        }
    }

    @Test func `what has no counterpart is said, and what is no number is not taken`() {
        let imported = Self.systemd(
            "[Path]\nPathExists=/run/%i\nTriggerLimitBurst=many\nStrange=1\n", file: "web")
        #expect(
            Self.lines(imported) == [
                #""/run/%i": {"argv":["systemctl","start","web.service"],"user":"root","on":["exists"],"rate_limit":{"runs":200,"per":"2000ms"}}"#
            ])
        #expect(
            imported.notes.sorted() == [
                "web:2: specifiers (`%`) are not replaced: write what they stand for",
                "web:4: `Strange` is left out",
            ])
    }

    @Test func `a unit says which service by its name, and forgets what an empty setting forgets`()
    {
        let imported = Self.systemd("[Path]\nPathChanged=/a\nPathChanged=\nPathChanged=/b\n")
        #expect(imported.actions.map(\.argv.last) == [Array("web.service".utf8)])
        #expect(imported.actions.map(\.key) == [Array("/b".utf8)])
        let empty = Self.systemd("[Path]\nPathChanged=relative\n")
        #expect(String(decoding: empty.json, as: UTF8.self) == "{}\n")
        #expect(empty.notes.count == 1)
        #expect(Self.systemd("").notes.count == 1)
    }
}
