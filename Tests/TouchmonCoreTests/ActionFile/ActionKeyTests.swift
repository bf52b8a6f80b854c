import Testing
import TouchmonCore

@Suite struct ActionKeyTests {
    @Test func `no name is there twice`() {
        let names = ActionKey.all.map(\.name)
        #expect(Set(names).count == names.count)
    }

    @Test func `what this version supports`() {
        #expect(
            ActionKey.all.map(\.name) == [
                "argv", "user", "group", "supplementary_groups", "environment",
                "working_directory", "umask", "limits", "nice", "io_class", "no_new_privileges",
                "sandbox", "on", "recursive", "include", "exclude", "each", "settle", "compare",
                "touched_by", "own_changes", "poll",
                "catch_up",
                "interrupted", "output",
                "output_limit", "stdin", "follow", "busy", "max_parallel", "busy_signal", "timeout",
                "stop_signal",
                "stop_timeout", "kill",
                "retry", "rate_limit", "on_failure", "run_at_start",
            ])
    }

    @Test func `what says how a command runs`() {
        #expect(
            ActionKey.all.filter(\.isOfCommand).map(\.name) == [
                "argv", "user", "group", "supplementary_groups", "environment",
                "working_directory", "umask", "limits", "nice", "io_class", "no_new_privileges",
                "sandbox", "output", "output_limit", "timeout", "stop_signal", "stop_timeout",
                "kill",
            ])
    }

    @Test(arguments: [
        ("usr", "user"), ("uesr", "user"), ("User", "user"), ("argvs", "argv"),
        ("enviroment", "environment"), ("working-directory", "working_directory"),
        ("suplementary_group", "supplementary_groups"), ("out_put", "output"),
        ("timout", "timeout"),
    ])
    func `the nearest name is what was meant`(text: String, name: String) {
        #expect(nearestName(to: Array(text.utf8), in: ActionKey.all.map(\.name)) == name)
    }

    @Test(arguments: ["", "x", "frobnicate", "zzzz", String(repeating: "argv", count: 100_000)])
    func `what is near to nothing has no nearest name`(text: String) {
        #expect(nearestName(to: Array(text.utf8), in: ActionKey.all.map(\.name)) == nil)
    }
}
