import Foundation
import Testing

/// A system of its own, in which the examples of a page are run as they are written there: in its own mount
/// and process namespaces, with a root directory that has the programs of this one, and nothing of its
/// state. All of it is gone when the examples are over. namespaces(7).
struct ExamplePlace {
    /// What came of a step.
    struct Outcome {
        var status: Int32
        var output: [String]
    }

    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        mkdir(scratch("root"), 0o755)
        mkdir(scratch("outcomes"), 0o755)
        try scratch.write("make", Self.making)
    }

    /// Runs steps in order; nil in the place of one that was not reached, or never held.
    func run(_ steps: [ManPage.Step], after setup: String) throws -> [Outcome?] {
        let lines = steps.enumerated().map { Self.line($1, index: $0) }
        try scratch.write("steps", ([Self.beginning, setup] + lines).joined(separator: "\n"))
        let made = try Command.run([
            "unshare", "--mount", "--pid", "--fork", "--kill-child", "bash", scratch("make"),
            scratch.path, try #require(Binary.path),
        ])
        #expect(made.status == 0 && made.output.isEmpty, "\(made.output)")
        return steps.indices.map { index in
            func text(_ name: String) -> String? {
                try? String(contentsOfFile: scratch("outcomes/\(name)-\(index)"), encoding: .utf8)
            }
            guard let status = text("status").flatMap({ Int32($0.dropLast()) }) else { return nil }
            let lines = (text("output") ?? "").components(separatedBy: "\n").dropLast()
            return Outcome(status: status, output: Array(lines))
        }
    }

    /// A step as a line for the shell.
    private static func line(_ step: ManPage.Step, index: Int) -> String {
        let word = "'\(step.command.replacingOccurrences(of: "'", with: "'\\''"))'"
        let function =
            step.isAwaited ? "await" : step.isInBackground ? "begin" : step.isRoot ? "root" : "web"
        return "\(function) \(index) \(word)"
    }

    private static let making = """
        set -e
        cd "$1"
        mount -t tmpfs tmpfs root
        mkdir -p root/{usr,etc/touchmon.d,proc,dev,run,sys,srv/app,home/web,var/lib,outcomes}
        mkdir -m 1777 root/tmp
        mount --rbind /usr root/usr
        for name in bin sbin lib lib64; do [ ! -L /$name ] || cp -a /$name root; done
        cp -a /etc/{alternatives,group,ld.so.cache,nsswitch.conf,passwd} root/etc
        mount -t proc proc root/proc
        mount --rbind /dev root/dev
        mount --bind outcomes root/outcomes
        mount -t tmpfs tmpfs root/usr/local/bin
        cp "$2" root/usr/local/bin/touchmon
        echo deploy:x:900:900::/home:/bin/sh >> root/etc/passwd
        echo deploy:x:900: >> root/etc/group
        cat > root/usr/local/bin/deploy-app <<'END'
        #!/bin/sh
        echo "deploying to $1 as $(id -un)"
        [ ! -e /srv/app/broken ] || { echo no such release; exit 3; }
        END
        chmod 755 root/usr/local/bin/deploy-app
        cat > root/etc/touchmon.d/deploy.json <<'END'
        {
            "/srv/app/deploy.stamp": {
                "argv": ["/usr/local/bin/deploy-app", "production"],
                "user": "deploy",
                "follow": "output"
            }
        }
        END
        touch root/srv/app/deploy.stamp
        chown -R www-data: root/srv/app root/home/web
        cp steps root/steps
        exec env -i PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin HOME=/home/web \\
            python3 -c '\(unblocked)' chroot root /bin/bash /steps
        """

    /// The threads that tests run on block signals, and a child inherits that.
    private static let unblocked =
        "import os, signal, sys; signal.pthread_sigmask(signal.SIG_SETMASK, []); "
        + "os.execvp(sys.argv[1], sys.argv[1:])"

    private static let beginning = """
        exec < /dev/null
        cd /home/web
        root() {
            eval "$2" > /outcomes/output-$1 2>&1
            echo $? > /outcomes/status-$1
        }
        web() {
            setpriv --reuid=www-data --regid=www-data --init-groups bash -c "$2" \\
                > /outcomes/output-$1 2>&1
            echo $? > /outcomes/status-$1
        }
        # Comes true sooner or later; how often it is looked at is no guess at when.
        await() {
            for ((i = 0; i < 1000; i++)); do
                if eval "$2" > /outcomes/output-$1 2>&1; then
                    echo 0 > /outcomes/status-$1
                    return
                fi
                sleep 0.02
            done
        }
        begin() {
            eval "$2" > /outcomes/log-$1 2>&1
            await $1 'touchmon status > /dev/null'
        }
        start() { begin setup 'touchmon run /etc/touchmon.d &'; }
        """
}
