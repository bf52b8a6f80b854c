import Foundation
import Testing

/// `make install` for those who make their own packages, and the package for all others.
@Suite(.enabled(if: DebianRoot.isPossible, DebianRoot.reason), .serialized) struct InstallTests {
    @Test func `make install puts all below DESTDIR and PREFIX, and says so in the units`() throws {
        _ = try Packages.deb()
        let scratch = try Scratch()
        let made = try Packages.make([
            "install", "DESTDIR=\(scratch.path)", "PREFIX=/opt/touchmon",
        ])
        #expect(made.status == 0, "\(made.output)")
        let found = try Command.run(["find", ".", "-type", "f"], in: scratch.path).output
        let files = Set(found.split(separator: "\n").map { String($0.dropFirst(2)) })
        #expect(files.allSatisfy { $0.hasPrefix("opt/touchmon/") }, "\(files)")
        for file in [
            "bin/touchmon", "lib/systemd/system/touchmon.service",
            "lib/systemd/system/touchmon@.service", "lib/systemd/user/touchmon.service",
            "lib/tmpfiles.d/touchmon.conf", "share/man/man1/touchmon.1",
            "share/bash-completion/completions/touchmon",
            "share/zsh/site-functions/_touchmon", "share/touchmon/touchmon.schema.json",
            "share/doc/touchmon/examples/runit/touchmon/run",
        ] {
            #expect(files.contains("opt/touchmon/\(file)"), "\(file)")
        }
        let old = try Command.run([
            "grep", "-r", "/usr/bin/touchmon", scratch("opt/touchmon/lib"),
            scratch("opt/touchmon/share/doc/touchmon/examples"),
        ])
        #expect(old.output.isEmpty, "\(old.output)")
        let unit = try String(
            contentsOfFile: scratch("opt/touchmon/lib/systemd/system/touchmon.service"),
            encoding: .utf8)
        #expect(unit.contains("ExecStart=/opt/touchmon/bin/touchmon run /etc/touchmon.d\n"))
    }

    @Test func `it needs no symbol of glibc that is younger than five years`() throws {
        for program in [try #require(Binary.path), try Packages.portable()] {
            let symbols = try Command.run(["objdump", "-T", program]).output
            let versions = symbols.matches(of: /GLIBC_(\d+)\.(\d+)/).compactMap {
                match -> (Int, Int)? in
                guard let major = Int(match.1), let minor = Int(match.2) else { return nil }
                return (major, minor)
            }
            let newest = try #require(versions.max { $0 < $1 })
            // Of August 2021.
            #expect(newest == (2, 34), "\(program) needs glibc \(newest.0).\(newest.1)")
        }
    }

    @Test(arguments: DebianRoot.Suite.allCases)
    func `the tarball is installed and runs where no SQLite is, and is taken away again`(
        suite: DebianRoot.Suite
    ) throws {
        let program = try Packages.portable()
        let needed = try Command.run(["objdump", "-p", program]).output.matches(of: /NEEDED +(\S+)/)
            .map { String($0.1) }
        #expect(
            Set(needed) == [
                "libc.so.6", "libgcc_s.so.1", "libm.so.6", "ld-linux-\(Self.machine).so.2",
            ],
            "\(needed)")
        let root = try DebianRoot(suite)
        let tarball = try Packages.tarball()
        try FileManager.default.copyItem(
            atPath: tarball, toPath: "\(root.path)/root/touchmon.tar.gz")
        let before = try root.listing(without: ["dev", "proc", "root", "run", "tmp", "var"])
        let lived = try root.chroot(
            """
            set -e
            find / -xdev -name 'libsqlite3*' -delete
            cd /root && tar xf touchmon.tar.gz && cd touchmon-*
            ./install
            cat > /etc/touchmon.d/test.json <<'END'
            {"/srv/stamp": {"argv": ["touch", "/srv/ran"], "user": "nobody", "working_directory": "/"}}
            END
            install -d -o nobody /srv
            touch /srv/stamp
            touchmon check /etc/touchmon.d
            touchmon run /etc/touchmon.d & daemon=$!
            until touchmon status; do sleep 0.05; done
            touchmon touch --follow /srv/stamp
            ls -l /srv/ran
            touchmon history
            kill $daemon
            wait $daemon
            systemd-analyze verify --man=no /usr/local/lib/systemd/system/touchmon.service
            """)
        #expect(lived.status == 0, "\(lived.output)")
        #expect(lived.output.contains("1 action, no problems"))
        #expect(lived.output.contains("nobody"))
        let removed = try root.chroot(
            """
            set -e
            cd /root/touchmon-*
            ./install --remove
            rm -r /etc/touchmon.d /srv/stamp /srv/ran
            chown root /srv
            ! command -v touchmon
            """)
        #expect(removed.status == 0, "\(removed.output)")
        let after = try root.listing(without: ["dev", "proc", "root", "run", "tmp", "var"])
        let left = after.subtracting(before).filter { !$0.contains(" d ") }
        #expect(left.isEmpty, "\(left)")
    }

    private static var machine: String {
        var name = utsname()
        uname(&name)
        return withUnsafeBytes(of: name.machine) {
            String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }.replacingOccurrences(of: "x86_64", with: "x86-64")
    }
}
