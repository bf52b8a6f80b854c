import Foundation
import Testing

/// Users that are not in /etc/passwd, but wherever nsswitch.conf(5) says: what `getent` and `id` say
/// there is what runs get.
@Suite(
    .enabled(if: Binary.isThere, Binary.reason),
    .enabled(if: Binary.isRoot, Binary.rootReason),
    .enabled(if: NameService.isThere, NameService.reason))
struct NameServiceTests {
    /// What a run of ProbeChild said of itself; the action is run by a daemon that knows the users.
    private static func report(
        _ service: NameService, _ keys: [String: Any]
    ) throws -> (report: ProbeReport, daemon: TouchmonProcess) {
        let program = try ProbeReport.install(in: service.scratch)
        let stamp = try service.scratch.write("stamp")
        let file = try service.scratch.actions([
            stamp: keys.merging(["argv": [program]]) { $1 }
        ])
        let daemon = try TouchmonProcess.daemon([file], prefix: service.prefix)
        try Command.run(["touch", stamp])
        try #require(daemon.wait(for: "run_ended", count: 1), "\(daemon.text)")
        let text = try String(contentsOfFile: daemon.output(of: 1), encoding: .utf8)
        return (ProbeReport(text), daemon)
    }

    private static func fourTimes(_ id: String) -> String {
        Array(repeating: id, count: 4).joined(separator: " ")
    }

    @Test func `a run has the user, the groups and the home that getent and id tell`() throws {
        let service = try NameService()
        let line = try service.words("getent", "passwd", NameService.user)
        let account = line.joined(separator: " ")
            .split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let (user, group) = (account[2], account[3])
        let groups = try service.words("id", "-G", NameService.user)
        #expect(user == "71001" && group == "72001")
        #expect(Set(groups) == ["72001", "72003", "72005"])
        for name: Any in [NameService.user, 71001, "71001"] {
            let (report, daemon) = try Self.report(service, ["user": name])
            #expect(report.status["Uid"] == Self.fourTimes(user))
            #expect(report.status["Gid"] == Self.fourTimes(group))
            let sorted = groups.compactMap { Int($0) }.sorted().map(String.init)
            #expect(report.status["Groups"] == sorted.joined(separator: " "))
            let environment = [
                "HOME=\(account[5])", "LOGNAME=\(account[0])", "SHELL=\(account[6])",
                "USER=\(account[0])",
            ]
            #expect(Set(environment).isSubset(of: Set(report.environment)))
            #expect(daemon.events("run_started").first?["user"] as? String == NameService.user)
            #expect(daemon.stop() == 0)
            try FileManager.default.removeItem(atPath: service.scratch("probe"))
        }
    }

    @Test func `group and supplementary groups are found there as well`() throws {
        let service = try NameService()
        let (report, daemon) = try Self.report(
            service,
            [
                "user": NameService.user, "group": NameService.group,
                "supplementary_groups": [NameService.supplementary, "tm-remote-second"],
            ])
        #expect(report.status["Uid"] == Self.fourTimes("71001"))
        #expect(report.status["Gid"] == Self.fourTimes("72010"))
        #expect(report.status["Groups"] == "72005 72011")
        #expect(daemon.stop() == 0)
    }

    @Test func `a user of the machine has groups that are known there only`() throws {
        let service = try NameService()
        let bob = Users.bob
        let file = service.scratch("extrausers/group")
        let text = try String(contentsOfFile: file, encoding: .utf8)
        try "\(text)tm-remote-bob:x:72020:\(bob.name)\n".write(
            toFile: file, atomically: false, encoding: .utf8)
        let (report, daemon) = try Self.report(service, ["user": bob.name])
        #expect(report.status["Uid"] == Self.fourTimes("\(bob.id)"))
        #expect(
            report.status["Groups"]
                == (bob.groups + [72020]).map(String.init).joined(separator: " "))
        #expect(daemon.stop() == 0)
    }

    /// Actions with everything that has to be looked up.
    private static func actions(_ service: NameService) throws -> String {
        try service.scratch.write(
            "actions.json",
            """
            {
                "stamp": {
                    "argv": ["true"],
                    "user": "tm-remote",
                    "group": "tm-remote-crew"
                },
                "other": {
                    "argv": ["true"],
                    "user": "root",
                    "touched_by": {"users": ["tm-remote"], "groups": ["tm-remote-third"]}
                }
            }

            """)
    }

    @Test func `check knows them there, and elsewhere says that they are not`() throws {
        let service = try NameService()
        let file = try Self.actions(service)
        #expect(
            try Answer.of(["check", file], prefix: service.prefix)
                == Answer(status: 0, output: "2 actions, no problems\n", errors: ""))
        let errors = """
            \(file):4:17: error: there is no user `tm-remote`
                "user": "tm-remote",
                        ^
              create the user, or name one that `getent passwd` lists
            \(file):2:5: error: there is no group `tm-remote-crew`
                "stamp": {
                ^
              create the group, or name one that `getent group` lists
            \(file):7:5: error: there is no user `tm-remote`
                "other": {
                ^
              create the user, or name one that `getent passwd` lists
            \(file):7:5: error: there is no group `tm-remote-third`
                "other": {
                ^
              create the group, or name one that `getent group` lists

            """
        #expect(
            try Answer.of(["check", file]) == Answer(status: 65, output: "", errors: errors))
    }

    @Test func `touched_by: a user who is known there only`() throws {
        let service = try NameService()
        let stamp = try service.scratch.write("stamp")
        chmod(stamp, 0o666)
        for keys in [["users": [NameService.user]], ["groups": ["tm-remote-third"]]] {
            let file = try service.scratch.actions([
                stamp: ["argv": ["true"], "user": "root", "touched_by": keys]
            ])
            let daemon = try TouchmonProcess.daemon([file], prefix: service.prefix)
            let remote = User(
                name: NameService.user, id: 71001, group: 72001, groups: [72001, 72003, 72005],
                home: "/", shell: "/bin/sh")
            let (person, stranger) = (
                try Person(remote, prefix: service.prefix), try Person(Users.carol)
            )
            try stranger("open('\(stamp)', 'a').write('x')")
            #expect(daemon.wait(for: "toucher_refused", count: 1))
            try person("open('\(stamp)', 'a').write('x')")
            #expect(daemon.wait(for: "run_ended", count: 1))
            let toucher = daemon.events("touched").last?["touched_by"] as? [String: Any]
            #expect(toucher?["user"] as? String == NameService.user)
            #expect(toucher?["uid"] as? Int == 71001)
            #expect(daemon.stop() == 0)
            #expect(daemon.count("run_started") == 1)
        }
    }

    @Test func `a database that can't be asked is not one without the user`() throws {
        let service = try NameService()
        let file = try Self.actions(service)
        try service.breakDatabase("passwd")
        let reason = "unable to look up the user `tm-remote`: too many levels of symbolic links"
        let remedy = "see whether `getent passwd tm-remote` answers, then try again"
        let errors = """
            \(file):4:17: error: \(reason)
                "user": "tm-remote",
                        ^
              \(remedy)
            \(file):7:5: error: \(reason)
                "other": {
                ^
              \(remedy)

            """
        for command in ["check", "run"] {
            #expect(
                try Answer.of([command, file], prefix: service.prefix)
                    == Answer(status: 65, output: "", errors: errors))
        }
    }

    @Test func `groups that can't be asked for are not left out`() throws {
        let service = try NameService()
        try service.breakDatabase("group")
        for user in [NameService.user, Users.bob.name] {
            let file = try service.scratch.write(
                "actions.json", #"{"stamp": {"argv": ["true"], "user": "\#(user)"}}"#)
            let answer = try Answer.of(["check", file], prefix: service.prefix)
            #expect(answer.status == 65)
            #expect(
                answer.errors.contains(
                    "error: unable to look up the user `\(user)`: "
                        + "too many levels of symbolic links\n"), "\(answer)")
        }
        // One who is asked for with other groups as well: the group itself can't be looked up.
        let file = try Self.actions(service)
        let answer = try Answer.of(["check", file], prefix: service.prefix)
        #expect(answer.status == 65)
        #expect(answer.errors.contains("unable to look up the group `tm-remote-crew`: too many"))
    }

    /// The module was asked and has no file, which is its way to say that it knows nobody.
    @Test func `a database that is empty is no trouble`() throws {
        let service = try NameService()
        for name in ["passwd", "group"] {
            try FileManager.default.removeItem(atPath: service.scratch("extrausers/\(name)"))
        }
        let (report, daemon) = try Self.report(service, ["user": Users.bob.name])
        #expect(
            report.status["Groups"] == Users.bob.groups.map(String.init).joined(separator: " "))
        #expect(daemon.stop() == 0)
    }

    @Test func `a reload asks again`() throws {
        let service = try NameService()
        let stamp = try service.scratch.write("stamp")
        let file = try service.scratch.actions([stamp: (["true"], NameService.user)])
        let daemon = try TouchmonProcess.daemon([file], prefix: service.prefix)
        try service.breakDatabase("passwd")
        daemon.signal(SIGHUP)
        #expect(daemon.wait(for: "reload_refused", count: 1))
        try Command.run(["touch", stamp])
        #expect(daemon.wait(for: "run_ended", count: 1), "it goes on with what it knew")
        #expect(daemon.values("user", of: "run_started") == [NameService.user])
        #expect(daemon.stop() == 0)
    }
}
