import Foundation
import Testing

/// The examples for other service managers than systemd, as they are shipped, each started for real.
@Suite(.enabled(if: DebianRoot.isPossible, DebianRoot.reason), .serialized) struct SupervisorTests {
    /// A system with the package and an action, whose manager is process 1 and is told of touchmon as
    /// docs/service-managers.md says.
    private static func system(_ manager: [String], section: String) throws -> DebianSystem {
        let debian = try DebianRoot()
        // Nothing but touchmon is started there.
        try debian.chroot("mkdir -p /etc/service; rm -f /etc/service/*")
        let system = try DebianSystem(debian, first: manager)
        try system.succeed("mkdir -p /etc/touchmon.d; touch /srv/stamp")
        try system.actions([
            "/srv/stamp": [
                "argv": ["sh", "-c", "echo $TOUCHMON_REASON >> /srv/runs"], "user": "root",
            ]
        ])
        try system.installPackage()
        let commands = try ServiceDocument.commands(of: section)
        // The manager may not listen yet.
        for command in commands.split(separator: "\n") { try system.wait(until: String(command)) }
        return system
    }

    /// What every manager has to be able to do: start it, start it again when it was killed, let it read
    /// its files again, let another one go on, stop it, and give up where starting again is of no use.
    private static func live(
        _ system: DebianSystem, up: String, down: String, isDown: String, log: String,
        signal: (String) -> String
    ) throws {
        try system.wait(until: "touchmon status | grep -q /srv/stamp")
        try system.succeed("touch /srv/stamp")
        try system.wait(until: "[ \"$(cat /srv/runs)\" = touch ]")
        try system.wait(until: "grep -q 'ready: 1 action' \(log)")
        let first = try system.succeed("cat /var/lib/touchmon/default/pid")
        try system.succeed("kill -KILL \(first); touch /srv/stamp")
        try system.wait(until: "[ \"$(tail -n 1 /srv/runs)\" = catch-up ]")
        let second = try system.succeed("cat /var/lib/touchmon/default/pid")
        #expect(second != first)
        try system.succeed(signal("HUP"))
        try system.wait(until: "grep -q 'reloaded: 1 action' \(log)")
        // The next daemon goes on.
        try system.succeed(signal("USR1"))
        try system.wait(
            until: "touchmon status && [ $(cat /var/lib/touchmon/default/pid) != \(second) ]")
        try system.succeed(down)
        try system.wait(until: isDown)
        try system.wait(until: "! touchmon status; tail -n 3 \(log) | grep -q stopped")
        // An action file with an error: nobody tries for ever.
        try system.succeed("echo '{' > /etc/touchmon.d/broken.json")
        _ = try system.run(up)
        try system.wait(until: "grep -q 'broken.json:' \(log)")
        try system.wait(until: isDown)
        try system.succeed("rm /etc/touchmon.d/broken.json")
        try system.succeed(up)
        try system.wait(until: "touchmon status")
    }

    @Test func `runit starts it, starts it again, and stops it`() throws {
        let system = try Self.system(
            ["runsvdir", "-P", "/etc/service"], section: "## runit")
        try Self.live(
            system, up: "sv up touchmon", down: "sv stop touchmon",
            isDown: "sv status touchmon | grep ^down | grep -qv 'want up'",
            log: "/var/log/touchmon/current",
            signal: { "sv \($0 == "HUP" ? "hup" : "1") touchmon" })
    }

    @Test func `s6 starts it, knows when it is ready, starts it again, and stops it`() throws {
        let system = try Self.system(
            ["s6-svscan", "/etc/service"], section: "## s6")
        try system.wait(until: "s6-svwait -U -t 10000 /etc/service/touchmon")
        try Self.live(
            system, up: "s6-svc -uwU -T 20000 /etc/service/touchmon",
            down: "s6-svc -dwD -T 60000 /etc/service/touchmon",
            isDown: "s6-svstat /etc/service/touchmon | grep -q ^down",
            log: "/var/log/touchmon/current",
            signal: { "s6-svc -\($0 == "HUP" ? "h" : "1") /etc/service/touchmon" })
    }

    @Test func `supervisord starts it, starts it again, and gives up where that is of no use`()
        throws
    {
        let system = try Self.system(
            ["/usr/bin/supervisord", "-n", "-c", "/etc/supervisor/supervisord.conf"],
            section: "## supervisord")
        try Self.live(
            system, up: "supervisorctl start touchmon", down: "supervisorctl stop touchmon",
            isDown: "supervisorctl status touchmon | grep -E 'STOPPED|FATAL'",
            log: "/var/log/touchmon.log", signal: { "supervisorctl signal \($0) touchmon" })
    }
}
