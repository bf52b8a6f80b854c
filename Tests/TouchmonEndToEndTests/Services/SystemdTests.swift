import Foundation
import Testing

/// The installed package under a real systemd, which is process 1 of a system of its own.
@Suite(.enabled(if: DebianRoot.isPossible, DebianRoot.reason), .serialized) struct SystemdTests {
    /// An action whose run waits until `/srv/gate` is there, and then says in `/srv/done` which run it was.
    private static func waiting(_ extra: [String: Any] = [:]) -> [String: [String: Any]] {
        let script = """
            echo $TOUCHMON_RUN $TOUCHMON_REASON >> /srv/begun
            until [ -e /srv/gate ]; do sleep 0.05; done
            echo $TOUCHMON_RUN $TOUCHMON_REASON >> /srv/done
            """
        let action: [String: Any] = ["argv": ["sh", "-c", script], "user": "root"]
        return ["/srv/stamp": action.merging(extra) { $1 }]
    }

    private static func system(
        _ suite: DebianRoot.Suite = .bookworm, _ actions: [String: [String: Any]] = waiting(),
        unit: String = ""
    ) throws -> DebianSystem {
        let system = try DebianSystem(suite)
        try system.succeed("mkdir -p /etc/touchmon.d && touch /srv/stamp")
        try system.actions(actions)
        if !unit.isEmpty {
            try system.succeed(
                """
                mkdir -p /etc/systemd/system/touchmon.service.d
                printf '[Service]\\n\(unit)\\n' > /etc/systemd/system/touchmon.service.d/test.conf
                """)
        }
        try system.installPackage(systemd: suite.systemd)
        return system
    }

    @Test(arguments: DebianRoot.Suite.allCases)
    func `it is started when all is watched, says how it is, and is reloaded`(
        suite: DebianRoot.Suite
    ) throws {
        let system = try Self.system(suite)
        let type = suite == .bookworm ? "notify" : "notify-reload"
        #expect(try system.property("Type") == type)
        // Whoever starts it waits until it watches.
        try system.succeed("systemctl stop touchmon && systemctl start touchmon")
        #expect(try system.journal().contains("ready: 1 action"))
        #expect(try system.property("StatusText") == "1 action, 0 running")
        let main = try system.property("MainPID")
        #expect(try system.succeed("cat /var/lib/touchmon/default/pid") == main)
        try system.succeed("touch /srv/stamp")
        try system.wait(until: "[ \"$(cat /srv/begun)\" = '1 touch' ]")
        try system.wait(
            until: "systemctl show -P StatusText touchmon | grep -qx '1 action, 1 running'")

        // Whoever reloads it waits until what is new is watched.
        try system.actions(
            ["/srv/second": ["argv": ["touch", "/srv/seen"], "user": "root"]], in: "second.json")
        try system.succeed("touch /srv/second && systemctl reload touchmon && touch /srv/second")
        try system.wait(until: "[ -e /srv/seen ]")
        #expect(try system.property("ActiveState") == "active")
        try system.wait(
            until: "systemctl show -P StatusText touchmon | grep -q '^2 actions, . running$'")

        // What has an error changes nothing, and is told to whoever asked.
        try system.succeed("echo '{' > /etc/touchmon.d/broken.json")
        #expect(try system.run("systemctl reload touchmon").status != 0)
        try system.wait(
            until:
                "systemctl show -P StatusText touchmon | grep -q 'nothing changed by the last reload: 1 error'"
        )
        try system.wait(until: "[ \"$(systemctl is-active touchmon)\" = active ]")
        try system.succeed("rm /etc/touchmon.d/broken.json && systemctl reload touchmon")
        try system.wait(
            until: "systemctl show -P StatusText touchmon | grep -q '^2 actions, . running$'")
        #expect(try system.property("MainPID") == main)
        #expect(try system.property("NRestarts") == "0")
    }

    @Test func `a daemon that hangs is killed by the watchdog, and the next one goes on`() throws {
        let system = try Self.system(unit: "WatchdogSec=1s\\nLimitCORE=0")
        let hung = try system.property("MainPID")
        try system.succeed("touch /srv/stamp")
        try system.wait(until: "[ -s /srv/begun ]")
        // As long as its loop goes round it is left alone: longer than the watchdog waits.
        try system.succeed("sleep 2.5")
        #expect(try system.property("MainPID") == hung)
        try system.succeed("kill -STOP \(hung) && touch /srv/stamp")
        try system.wait(
            until: "[ $(systemctl show -P NRestarts touchmon) = 1 ] && systemctl is-active touchmon"
        )
        #expect(try system.property("MainPID") != hung)
        let journal = try system.journal()
        #expect(journal.contains("Watchdog timeout"))
        // Its run goes on, and the touch while it hung is one more.
        #expect(journal.contains("run 1 of the last daemon still runs"))
        #expect(try system.succeed("cat /srv/begun") == "1 touch")
        try system.succeed("touch /srv/gate")
        try system.wait(until: "[ \"$(cat /srv/done | wc -l)\" = 2 ]")
        #expect(try system.succeed("cut -d' ' -f1 /srv/done") == "1\n2")
    }

    @Test func `a stop lets the run finish, for longer than the unit says where it needs that`()
        throws
    {
        // Without EXTEND_TIMEOUT_USEC systemd would kill it after a second.
        let system = try Self.system(unit: "TimeoutStopSec=1s")
        try system.succeed("touch /srv/stamp")
        try system.wait(until: "[ -s /srv/begun ]")
        try system.succeed("systemctl stop --no-block touchmon")
        try system.wait(
            until: "systemctl show -P StatusText touchmon | grep -qx 'ending: 1 running'")
        #expect(try system.property("ActiveState") == "deactivating")
        try system.succeed("sleep 3; touch /srv/stamp; touch /srv/gate")
        try system.wait(until: "[ \"$(systemctl is-active touchmon)\" = inactive ]")
        #expect(try system.property("Result") == "success")
        #expect(try system.succeed("cat /srv/done") == "1 touch")
        // The touch while it ended is the next daemon's.
        try system.succeed("systemctl start touchmon")
        try system.wait(until: "[ \"$(tail -n 1 /srv/done)\" = '2 catch-up' ]")
    }

    @Test func `a stop ends a run that does not end by itself`() throws {
        let system = try Self.system(
            .bookworm, Self.waiting(["stop_timeout": "1s"]),
            unit: "ExecStart=\\nExecStart=/usr/bin/touchmon run --drain 500ms /etc/touchmon.d")
        try system.succeed("touch /srv/stamp")
        try system.wait(until: "[ -s /srv/begun ]")
        try system.succeed("systemctl stop touchmon")
        #expect(try system.property("Result") == "success")
        #expect(try system.run("pgrep -f '[s]rv/gate'").output.isEmpty)
        #expect(try system.succeed("touchmon history --failed -n 1 2>&1; true").isEmpty == false)
        #expect(try system.journal().contains("run 1 is asked to stop with SIGTERM"))
    }

    @Test func `a restart leaves the run to the next daemon, and no touch is lost`() throws {
        let system = try Self.system()
        let first = try system.property("MainPID")
        try system.succeed("touch /srv/stamp")
        try system.wait(until: "[ -s /srv/begun ]")
        let run = try system.succeed("pgrep -f -o '[s]rv/gate'")
        // While somebody touches all the time.
        try system.succeed(
            "(for i in $(seq 100); do touch /srv/stamp; sleep 0.01; done) & "
                + "systemctl restart touchmon; wait; touch /srv/stamp")
        #expect(try system.property("MainPID") != first)
        #expect(try system.succeed("pgrep -f -o '[s]rv/gate'") == run)
        #expect(try system.succeed("cat /srv/begun") == "1 touch")
        try system.succeed("touch /srv/gate")
        try system.wait(until: "[ \"$(cat /srv/done | wc -l)\" = 2 ]")
        #expect(try system.succeed("head -n 1 /srv/done") == "1 touch")
        let journal = try system.journal()
        #expect(journal.contains("stopping, for another daemon to go on with 1 run"))
        #expect(journal.contains("run 1 of the last daemon still runs"))
        #expect(!journal.contains("is asked to stop"))
        #expect(try system.property("NRestarts") == "0")
    }

    @Test func `the journal has priorities, and no time but its own`() throws {
        let system = try Self.system(
            .bookworm,
            [
                "/srv/stamp": [
                    "argv": ["sh", "-c", "echo a line of the run; exit 3"], "user": "root",
                ],
                "/srv/absent": ["argv": ["/no/such/program"], "user": "root"],
            ])
        try system.succeed("touch /srv/stamp /srv/absent")
        try system.wait(until: "journalctl -u touchmon -o cat | grep -q 'ended with status 3'")
        try system.wait(until: "journalctl -u touchmon -o cat | grep -q 'not started'")
        try system.succeed("echo '{' > /etc/touchmon.d/broken.json; ! systemctl reload touchmon")
        try system.wait(until: "journalctl -u touchmon -o cat | grep -q 'reload refused'")
        let text = try system.succeed("journalctl _COMM=touchmon -o json")
        let entries = text.split(separator: "\n").compactMap {
            try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
        }
        func priorities(_ part: String) -> Set<String> {
            Set(
                entries.filter { ($0["MESSAGE"] as? String)?.contains(part) == true }
                    .compactMap { $0["PRIORITY"] as? String })
        }
        #expect(priorities("ready: 2 actions") == ["5"])
        #expect(priorities("touched") == ["6"])
        #expect(priorities("a line of the run") == ["6"])
        #expect(
            priorities("run 1 ended with status 3").union(priorities("run 2 ended with status 3"))
                == ["4"])
        #expect(priorities("not started as root") == ["3"])
        #expect(priorities("reload refused") == ["3"])
        #expect(priorities("broken.json:").isSubset(of: ["3"]))
        #expect(!priorities("broken.json:").isEmpty)
        for entry in entries {
            let message = entry["MESSAGE"] as? String ?? ""
            #expect(!message.hasPrefix("<") && !message.hasPrefix("2"), "\(message)")
        }
        // A daemon that can't begin says why in the same way.
        try system.succeed("! systemctl start touchmon@nope")
        let refusal = try system.succeed("journalctl -u touchmon@nope -p err -o cat")
        #expect(refusal.contains("/etc/touchmon.d/nope: error:"))
        #expect(try system.property("NRestarts", of: "touchmon@nope") == "0")
    }

    @Test func `the unit takes nothing from a run but what the manual says`() throws {
        let system = try Self.system(
            .bookworm,
            [
                "/srv/stamp": ["argv": ["bash", "/srv/probe"], "user": "bob"],
                "/srv/root": ["argv": ["bash", "/srv/probe-root"], "user": "root"],
            ].mapValues { $0 as [String: Any] })
        try system.succeed(
            """
            useradd -m bob
            install -m 4755 /usr/bin/id /usr/local/bin/id-of-root
            cat > /srv/probe <<'END'
            exec > /home/bob/report 2>&1
            grep -E '^(NoNewPrivs|Seccomp):' /proc/self/status
            id-of-root -u
            touch /tmp/of-a-run /dev/shm/of-a-run
            env | cut -d= -f1 | grep -E 'NOTIFY|WATCHDOG|JOURNAL|INVOCATION|LISTEN|SYSTEMD|MAINPID'
            ls -l /proc/self/fd | grep -c socket
            echo end
            END
            cat > /srv/probe-root <<'END'
            exec > /srv/report 2>&1
            unshare --uts --net true && echo namespaces
            mkdir -p /mnt/of-a-run && mount -t tmpfs none /mnt/of-a-run && echo mounted
            echo x > /etc/of-a-run && echo x > /usr/of-a-run && echo x > /root/of-a-run && echo written
            install -m 4755 /usr/bin/id /usr/local/bin/another && echo setuid
            grep CapBnd /proc/self/status
            echo end
            END
            systemctl restart touchmon
            """)
        try system.succeed("touch /srv/stamp /srv/root")
        try system.wait(until: "grep -qx end /home/bob/report && grep -qx end /srv/report")
        let report = try system.succeed("cat /home/bob/report").split(separator: "\n").map(
            String.init)
        #expect(
            report == ["NoNewPrivs:\t0", "Seccomp:\t0", "0", "0", "end"], "\(report)")
        // What a run makes is where everybody sees it.
        try system.succeed("ls /tmp/of-a-run /dev/shm/of-a-run && mountpoint /mnt/of-a-run")
        let root = try system.succeed("cat /srv/report").split(separator: "\n").map(String.init)
        #expect(Array(root.prefix(4)) == ["namespaces", "mounted", "written", "setuid"])
        func bounds(_ line: String) throws -> UInt64 {
            try #require(UInt64(line.split(separator: "\t")[1], radix: 16))
        }
        let (run, all) = (
            try bounds(root[4]), try bounds(try system.succeed("grep CapBnd /proc/1/status"))
        )
        let missing = (0..<41).filter { (all & ~run) & (1 << UInt64($0)) != 0 }
        // capability.h: those of which docs/service-managers.md has the names.
        #expect(missing == [16, 17, 20, 22, 25, 30, 32, 33, 34, 35, 36, 37])
    }

    @Test func `a run that is stopped with all it started is found in its group below the unit`()
        throws
    {
        let system = try Self.system(
            .bookworm,
            [
                "/srv/stamp": [
                    "argv": ["sh", "-c", "setsid sleep 1234 & echo > /srv/begun; wait"],
                    "user": "root", "kill": "all",
                ]
            ])
        try system.succeed("touch /srv/stamp")
        try system.wait(until: "[ -e /srv/begun ] && pgrep -f '[s]leep 1234'")
        #expect(
            try system.succeed("cat /proc/$(pgrep -f -n '[s]leep 1234')/cgroup").hasSuffix(
                "/system.slice/touchmon.service/touchmon-default-run-1"))
        // The next daemon still knows which group it is.
        try system.succeed("systemctl restart touchmon && touchmon stop-run 1")
        try system.wait(until: "! pgrep -f '[s]leep 1234'")
    }

    @Test func `a named daemon and a user's own run beside it`() throws {
        let system = try Self.system()
        try system.succeed(
            """
            mkdir -p /etc/touchmon.d/web
            useradd -m bob
            loginctl enable-linger bob
            mkdir -p /home/bob/.config/touchmon.d
            """)
        try system.actions(
            ["/srv/web": ["argv": ["touch", "/srv/web-ran"], "user": "root"]], in: "web/web.json")
        try system.succeed(
            """
            echo '{"own": {"argv": ["touch", "ran"]}}' > /home/bob/.config/touchmon.d/own.json
            chown -R bob: /home/bob/.config
            """)
        try system.succeed(ServiceDocument.commands(of: "## systemd"))
        try system.succeed("touch /srv/web")
        try system.wait(until: "[ -e /srv/web-ran ]")
        #expect(try system.succeed("touchmon status --name web").contains("/srv/web "))
        #expect(!(try system.succeed("touchmon status").contains("/srv/web ")))
        let user =
            "runuser -u bob -- env XDG_RUNTIME_DIR=/run/user/$(id -u bob) systemctl --user"
        let command = try ServiceDocument.commands(of: "## systemd", as: "$")
        try system.wait(until: "\(user) is-system-running")
        #expect(command.hasPrefix("systemctl --user "))
        try system.succeed(command.replacingOccurrences(of: "systemctl --user", with: user))
        #expect(
            try system.succeed("\(user) show -P StatusText touchmon") == "1 action, 0 running")
        // Relative paths are relative to his home.
        try system.succeed("runuser -u bob -- touch /home/bob/own")
        try system.wait(until: "[ -e /home/bob/ran ]")
        try system.succeed("\(user) reload touchmon && \(user) stop touchmon")
    }

    @Test(arguments: DebianRoot.Suite.allCases)
    func `systemd finds nothing wrong with the units, and rates them as the manual says`(
        suite: DebianRoot.Suite
    ) throws {
        let system = try Self.system(suite)
        let verified = try system.succeed(
            """
            systemd-analyze verify --man=no touchmon.service touchmon@web.service 2>&1
            XDG_RUNTIME_DIR=/run systemd-analyze verify --man=no --user /usr/lib/systemd/user/touchmon.service 2>&1
            """)
        #expect(verified.isEmpty, "\(verified)")
        func rating() throws -> String {
            let text = try system.succeed("systemd-analyze security --no-pager touchmon")
            return String(text.split(separator: " ").reversed()[2])
        }
        let plain = try rating()
        try system.succeed(try "set -e\n" + ServiceDocument.commands(of: "### Hardening"))
        let hardened = try rating()
        let row = "| \(suite.systemd) | \(plain) | \(hardened) |"
        let isSaid = try ServiceDocument.text().contains(row)
        #expect(isSaid, "\(row)")
        // The daemon does all that it promises, within the drop-in.
        try system.succeed("useradd -m bob")
        try system.actions([
            "/srv/stamp": [
                "argv": ["sh", "-c", "id -un > /home/bob/ran"], "user": "bob", "nice": 5,
                "limits": ["open_files": 100], "kill": "all",
            ]
        ])
        try system.succeed("systemctl reload touchmon && touch /srv/stamp")
        try system.wait(until: "[ \"$(cat /home/bob/ran)\" = bob ]")
        #expect(!(try system.journal().contains("degraded")))
    }
}
