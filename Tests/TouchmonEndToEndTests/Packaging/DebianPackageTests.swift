import Foundation
import Testing

/// The Debian package: what is in it, and what installing, upgrading and removing it does.
@Suite(.enabled(if: DebianRoot.isPossible, DebianRoot.reason), .serialized)
struct DebianPackageTests {
    /// What dpkg, systemd and the shells of the test itself write.
    private static let others = [
        "dev", "etc/ld.so.cache", "proc", "root", "run", "sys", "tmp", "var/cache", "var/lib/dpkg",
        "var/lib/systemd", "var/log", "etc/.pwd.lock",
    ]

    @Test func `it has what an operator looks for, and lintian has nothing to say`() throws {
        let package = try Packages.deb()
        let listed = try Command.run(["dpkg-deb", "-c", package]).output
        for file in [
            "/etc/touchmon.d/", "/usr/bin/touchmon", "/usr/lib/systemd/system/touchmon.service",
            "/usr/lib/systemd/system/touchmon@.service", "/usr/lib/systemd/user/touchmon.service",
            "/usr/lib/tmpfiles.d/touchmon.conf", "/usr/share/man/man1/touchmon.1.gz",
            "/usr/share/man/man1/touchmon-run.1.gz", "/usr/share/man/man5/touchmon.json.5.gz",
            "/usr/share/man/man7/touchmon.7.gz", "/usr/share/touchmon/touchmon.schema.json",
            "/usr/share/bash-completion/completions/touchmon",
            "/usr/share/zsh/vendor-completions/_touchmon",
            "/usr/share/fish/vendor_completions.d/touchmon.fish",
            "/usr/share/doc/touchmon/copyright", "/usr/share/doc/touchmon/changelog.gz",
            "/usr/share/doc/touchmon/service-managers.md",
            "/usr/share/doc/touchmon/examples/supervisor.conf",
            "/usr/share/doc/touchmon/examples/runit/touchmon/run",
            "/usr/share/doc/touchmon/examples/s6/touchmon/run",
        ] {
            #expect(listed.contains(" .\(file)\n"), "\(file)")
        }
        let owners = Set(listed.split(separator: "\n").map { $0.split(separator: " ")[1] })
        #expect(owners == ["root/root"])
        let depends = try Command.run(["dpkg-deb", "-f", package, "Depends"]).output
        #expect(depends.contains("libc6 (>= 2.34)") && depends.contains("libsqlite3-0 (>= "))
        let lintian = try Command.run(
            ["lintian", "--allow-root", "--fail-on", "warning", package])
        #expect(lintian.status == 0 && lintian.output.isEmpty, "\(lintian.output)")
        // The verdict of a lintian that finds something.
        let overrides = try Command.run(["dpkg-deb", "-c", package]).output
        #expect(!overrides.contains("lintian/overrides"))
    }

    @Test func `the version is the same everywhere`() throws {
        let version = try Command.run([Repository.path("scripts/version")]).output
            .trimmingCharacters(in: .newlines)
        #expect(version.wholeMatch(of: /\d+\.\d+\.\d+/) != nil)
        #expect(try Answer.of(["--version"]).output == "\(version)\n")
        let package = try Packages.deb()
        #expect(try Command.run(["dpkg-deb", "-f", package, "Version"]).output == "\(version)\n")
        let scratch = try Scratch()
        try Command.run(["dpkg-deb", "-x", package, scratch.path])
        let page = try Command.run([
            "sh", "-c", "zcat \(scratch("usr/share/man/man1/touchmon.1.gz")) | mandoc -T ascii",
        ])
        #expect(page.output.split(separator: "\n").last?.contains("touchmon \(version)") == true)
        let changes = try Command.run(["zcat", scratch("usr/share/doc/touchmon/changelog.gz")])
        #expect(changes.output.hasPrefix("touchmon (\(version)) "))
        #expect(
            try Packages.tarball().contains("/touchmon-\(version)-linux-"))
    }

    @Test func `packed twice, it is the same bytes`() throws {
        _ = try Packages.deb()
        let other = [
            "env", "TZ=Asia/Tokyo", "LC_ALL=C.UTF-8", "sh", "-c", "umask 077; exec \"$@\"", "sh",
        ]
        // A program that was made at another time, and lies elsewhere.
        let scratch = try Scratch()
        let copy = scratch("a-program")
        try Command.run(["cp", try #require(Binary.path), copy])
        try Command.run(["touch", "-d", "2001-02-03", copy])
        for (script, binary) in [
            ("package-deb", copy), ("package-tarball", try Packages.portable()),
        ] {
            let program = script == "package-deb" ? nil : binary
            let first = try Packages.pack(script, program, in: "first")
            let second = try Packages.pack(script, binary, in: "second", prefix: other)
            #expect(first != second)
            let bytes = FileManager.default.contents(atPath: first)
            #expect(
                bytes != nil && bytes == FileManager.default.contents(atPath: second), "\(script)")
        }
    }

    @Test func `it is installed, started, removed and purged, and nothing of it is left`() throws {
        let system = try DebianSystem()
        let before = try system.debian.listing(without: Self.others)
        try system.installPackage()
        #expect(try system.property("ActiveState") == "active")
        #expect(try system.property("UnitFileState") == "enabled")
        #expect(try system.property("StatusText") == "0 actions, 0 running")
        #expect(
            try system.succeed("stat -c '%a %U' /run/touchmon /var/lib/touchmon")
                == "755 root\n755 root")
        #expect(try system.succeed("dpkg -V touchmon").isEmpty)
        try system.succeed("touch /srv/stamp")
        try system.actions([
            "/srv/stamp": ["argv": ["sh", "-c", "sleep 1; touch /srv/done"], "user": "root"]
        ])
        try system.succeed("systemctl reload touchmon && touch /srv/stamp")
        try system.wait(until: "touchmon status --json | grep -q '\"state\":\"running\"'")
        // Removing it waits for the run.
        let removed = try system.succeed("dpkg -r touchmon 2>&1")
        #expect(removed.contains("/etc/touchmon.d") || !removed.contains("error"))
        try system.succeed("[ -e /srv/done ] && [ ! -e /usr/bin/touchmon ]")
        #expect(try system.run("systemctl is-active touchmon").output == "inactive\n")
        // Action files and history outlive that.
        try system.succeed("[ -e /etc/touchmon.d/test.json ] && [ -e /var/lib/touchmon/default ]")
        // Once more, and it goes on where it was.
        try system.succeed("dpkg -i /root/touchmon.deb && touchmon history | grep -q /srv/stamp")
        try system.succeed("dpkg -P touchmon 2>&1")
        try system.succeed("rm -r /etc/touchmon.d /srv/stamp /srv/done")
        let after = try system.debian.listing(without: Self.others)
        #expect(
            after.subtracting(before).isEmpty && before.subtracting(after).isEmpty,
            "\(after.symmetricDifference(before))")
        #expect(try system.run("systemctl list-unit-files --no-legend 'touchmon*'").output.isEmpty)
        #expect(
            try system.succeed(
                "find / -xdev -name '*touchmon*' -not -path '/root/*' -not -path '/proc/*'"
            ).isEmpty)
        try system.succeed("dpkg --audit")
    }

    @Test func `an upgrade leaves a run alone, and no touch is lost meanwhile`() throws {
        let system = try DebianSystem()
        let script =
            "echo begun >> /srv/log; until [ -e /srv/gate ]; do sleep 0.05; done; echo ended >> /srv/log"
        try system.succeed("mkdir -p /etc/touchmon.d/web && touch /srv/stamp /srv/other /srv/web")
        try system.actions([
            "/srv/stamp": ["argv": ["sh", "-c", script], "user": "root"],
            "/srv/other": [
                "argv": ["sh", "-c", "echo $TOUCHMON_RUN $TOUCHMON_MTIME_NS >> /srv/others"],
                "user": "root",
            ],
        ])
        try system.actions(["/srv/web": ["argv": ["true"], "user": "root"]], in: "web/web.json")
        try system.installPackage(version: "0.0.9")
        try system.succeed("systemctl start touchmon@web")
        let (first, web) = (
            try system.property("MainPID"), try system.property("MainPID", of: "touchmon@web")
        )
        try system.succeed("touch /srv/stamp")
        try system.wait(until: "[ -s /srv/log ]")
        // Somebody goes on touching, and the last touch is after all of them.
        let package = try Packages.deb()
        try FileManager.default.copyItem(
            atPath: package, toPath: "\(system.debian.path)/root/new.deb")
        try system.succeed(
            """
            (until [ -e /srv/enough ]; do touch /srv/other; sleep 0.01; done) &
            dpkg -i /root/new.deb
            touch /srv/enough
            wait
            touch /srv/stamp
            """)
        #expect(try system.property("MainPID") != first)
        #expect(try system.property("MainPID", of: "touchmon@web") != web)
        #expect(
            try system.succeed(
                "cat /proc/$(systemctl show -P MainPID touchmon)/exe | cmp - /usr/bin/touchmon"
            ).isEmpty)
        #expect(try system.succeed("cat /srv/log") == "begun")
        #expect(try system.journal().contains("run 1 of the last daemon still runs"))
        // The last touch has its run.
        let last = try system.succeed("stat -c %.9Y /srv/other").filter(\.isNumber)
        try system.wait(until: "tail -n 1 /srv/others | grep -q ' \(last)$'")
        try system.succeed("touch /srv/gate")
        try system.wait(until: "[ \"$(cat /srv/log | wc -l)\" = 4 ]")
        #expect(try system.succeed("cat /srv/log") == "begun\nended\nbegun\nended")
        let runs = try system.succeed("cut -d' ' -f1 /srv/others").split(separator: "\n").compactMap
        {
            Int($0)
        }
        #expect(Set(runs).count == runs.count)
    }

    @Test func `it can be installed and purged where no systemd runs`() throws {
        let root = try DebianRoot()
        try FileManager.default.copyItem(
            atPath: try Packages.deb(), toPath: "\(root.path)/root/touchmon.deb")
        let before = try root.listing(without: Self.others)
        let installed = try root.chroot(
            "dpkg -i /root/touchmon.deb && touchmon check /etc/touchmon.d")
        #expect(
            installed.status == 0 && installed.output.contains("0 actions, no problems"),
            "\(installed.output)")
        let again = try root.chroot(
            "dpkg -i /root/touchmon.deb && dpkg -r touchmon && dpkg -P touchmon")
        #expect(again.status == 0, "\(again.output)")
        let after = try root.listing(without: Self.others)
        #expect(after == before, "\(after.symmetricDifference(before))")
    }
}
