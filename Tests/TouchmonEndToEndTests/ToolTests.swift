import Foundation
import Testing

/// One save by a real tool is one run: fifty times each, none lost and none doubled.
@Suite(.enabled(if: Binary.isThere, Binary.reason), .serialized) struct ToolTests {
    /// A save by shell, in a directory of its own. `$f` is the watched path and `$i` counts saves.
    struct Save: CustomTestStringConvertible, Sendable {
        var name: String
        var script: String
        /// Run once before the daemon starts.
        var preparation = ": > $f"
        var testDescription: String { name }
    }

    /// Types into nano as a person would: waits for its screen, saves, waits for that, and leaves.
    static let nano = """
        import os, pty, sys
        pid, terminal = pty.fork()
        if pid == 0:
            os.environ['TERM'] = 'xterm'
            os.execvp('nano', ['nano', sys.argv[1]])
        seen = b''
        def wait(text):
            global seen
            while text not in seen: seen += os.read(terminal, 4096)
            seen = b''
        wait(b'Exit')
        os.write(terminal, sys.argv[2].encode() + b'\\x0f')
        wait(b'Write')
        os.write(terminal, b'\\r')
        wait(b'Wrote')
        os.write(terminal, b'\\x18')
        os.waitpid(pid, 0)
        """

    static let saves: [Save] = [
        Save(name: "touch", script: "touch $f"),
        Save(name: "touch, no file before", script: "touch $f; ", preparation: "true"),
        Save(name: "touch -c", script: "touch -c $f"),
        Save(name: "touch -d", script: "touch -d @$((1577836800 + i * 60)) $f"),
        Save(name: "touch -m", script: "touch -m $f"),
        Save(name: "busybox touch", script: "busybox touch $f"),
        Save(name: "shell >", script: "echo $i > $f"),
        Save(name: "shell >>", script: "echo $i >> $f"),
        Save(name: "tee", script: "echo $i | tee $f > /dev/null"),
        Save(name: "cp", script: "echo $i > src; cp src $f"),
        Save(name: "cp -p", script: "echo $i > src; touch -d '2020-01-01' src; cp -p src $f"),
        Save(name: "mv over", script: "echo $i > new; mv new $f"),
        Save(name: "install", script: "echo $i > src; install -m 755 src $f"),
        Save(name: "ln -sfn", script: "echo $i > target$i; ln -sfn $PWD/target$i $f"),
        Save(name: "ln -f", script: "echo $i > source$i; ln -f source$i $f"),
        Save(name: "sed -i", script: "sed -i s/.*/$i/ $f", preparation: "echo 0 > $f"),
        Save(name: "vim", script: "vim -u NONE -es -c \"call setline(1, '$i')\" -c wq $f"),
        Save(
            name: "vim, backup copied",
            script: "vim -u NONE -es -c 'set backupcopy=yes backup' "
                + "-c \"call setline(1, '$i')\" -c wq $f"),
        Save(
            name: "vim, backup renamed",
            script: "vim -u NONE -es -c 'set backupcopy=no backup' "
                + "-c \"call setline(1, '$i')\" -c wq $f"),
        Save(name: "nano", script: "python3 -c \"$NANO\" $f $i"),
        Save(
            name: "emacs",
            script: "emacs -Q --batch $f --eval "
                + "'(progn (erase-buffer) (insert \"'$i'\") (save-buffer))' 2> /dev/null"),
        Save(name: "rsync -a", script: "head -c $i /dev/zero > src; rsync -a src $f"),
        Save(
            name: "rsync -a --inplace",
            script: "head -c $i /dev/zero > src; rsync -a --inplace src $f"),
        Save(
            name: "tar x",
            script: "mkdir -p t; echo $i > t/f; touch -d '2021-05-05' t/f; tar cf a.tar -C t f; "
                + "tar xf a.tar -C $(dirname $f)"),
        Save(
            name: "tar x --overwrite",
            script: "mkdir -p t; echo $i > t/f; touch -d '2021-05-05' t/f; tar cf a.tar -C t f; "
                + "tar xf a.tar --overwrite -C $(dirname $f)"),
        Save(
            name: "unzip",
            script: "mkdir -p t; rm -f a.zip; echo $i > t/f; (cd t; zip -q ../a.zip f); "
                + "unzip -qo a.zip -d $(dirname $f)"),
        Save(
            name: "git checkout",
            script: "cd $(dirname $f); git checkout -q b$((i % 2))",
            preparation: """
                cd $(dirname $f); git init -q .; git config user.email a@b; git config user.name a
                git checkout -q -b b1; echo 1 > f; git add f; git commit -qm 1
                git checkout -q -b b0; echo 0 > f; git commit -qam 0
                """),
        Save(name: "dd", script: "dd if=/dev/zero of=$f bs=$i count=2 2> /dev/null"),
        Save(name: "truncate", script: "truncate -s $i $f"),
        Save(
            name: "Python write_text",
            script: "python3 -c \"import pathlib; pathlib.Path('$f').write_text('$i')\""),
        Save(name: "Python os.utime", script: "python3 -c \"import os; os.utime('$f')\""),
        Save(
            name: "Python os.truncate", script: "python3 -c \"import os; os.truncate('$f', $i)\""),
        Save(
            name: "Python, renamed while open",
            script: "python3 -c \"import os; h = open('new', 'w'); h.write('$i'); h.flush(); "
                + "os.replace('new', '$f'); h.close()\""),
        Save(name: "PHP touch", script: "php -r \"touch('$f');\""),
        Save(name: "Perl utime", script: "perl -e \"utime undef, undef, '$f'\""),
        Save(
            name: "Ruby FileUtils.touch", script: "ruby -rfileutils -e \"FileUtils.touch('$f')\""),
    ]

    @Test(arguments: saves)
    func `one save is one run`(save: Save) throws {
        let scratch = try Scratch()
        try expectRuns(save, in: scratch, times: 50, each: 1)
    }

    /// What is no touch of the watched path.
    static let noTouches: [Save] = [
        Save(name: "chmod", script: "chmod $((600 + i % 8)) $f"),
        Save(name: "chown", script: "chown $((1000 + i)) $f"),
        Save(name: "cat", script: "cat $f"),
        Save(name: "open for appending, write nothing", script: ": >> $f"),
        Save(name: "moved away and back", script: "mv $f away; mv away $f"),
        Save(name: "hard link made and removed", script: "ln $f link; rm link"),
        Save(
            name: "mtime backwards",
            script: "python3 -c \"import os; os.utime('$f', (1, 1000000000 - $i))\""),
        Save(name: "a neighbour is written", script: "echo $i > $(dirname $f)/other"),
    ]

    @Test(arguments: noTouches)
    func `without a touch there is no run`(save: Save) throws {
        let scratch = try Scratch()
        try expectRuns(save, in: scratch, times: 50, each: 0)
    }

    private func expectRuns(_ save: Save, in scratch: Scratch, times: Int, each: Int) throws {
        try FileManager.default.createDirectory(
            atPath: scratch("dir"), withIntermediateDirectories: true)
        let path = scratch("dir/f")
        let barrier = try scratch.write("barrier")
        try Command.run(
            ["sh", "-c", save.preparation], in: scratch.path, environment: ["f": path])
        let user = NSUserName()
        let late = try scratch.write("late")
        let action: [String: Any] = ["argv": ["true"], "user": user]
        let files = try scratch.actions([
            path: action, barrier: action, late: action.merging(TouchmonProcess.lateness) { $1 },
        ])
        let daemon = try TouchmonProcess.daemon([files])
        defer { daemon.stop() }
        func runs(of path: String) -> Int {
            daemon.events("run_ended").count { $0["path"] as? String == path }
        }
        // A touch of the barrier has a run only after everything before it was heard; in the end one
        // that comes later than any wait for a close, because a doubled run would be late.
        func pass(_ count: Int) -> Bool {
            utimes(barrier, nil)
            return eventually { runs(of: barrier) >= count }
        }
        for number in 1...times {
            let result = try Command.run(
                ["timeout", "20", "sh", "-c", save.script], in: scratch.path,
                environment: ["f": path, "i": String(number), "NANO": Self.nano])
            try #require(result.status == 0, "\(save.name): \(result.output)")
            if each > 0 {
                let hasRun = eventually { runs(of: path) >= number * each }
                try #require(hasRun, "lost: save \(number) of \(save.name)\n\(daemon.text)")
            }
            try #require(pass(number))
            try #require(
                runs(of: path) == number * each,
                "doubled: save \(number) of \(save.name)\n\(daemon.text.suffix(2000))")
        }
        utimes(late, nil)
        #expect(eventually { runs(of: late) == 1 })
        #expect(pass(times + 1))
        #expect(runs(of: path) == times * each, "late: \(save.name)\n\(daemon.text.suffix(2000))")
    }
}
