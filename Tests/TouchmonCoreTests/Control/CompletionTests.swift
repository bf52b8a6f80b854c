import Testing

@testable import TouchmonCore

/// What a shell is offered for a word that somebody is typing.
@Suite struct CompletionTests {
    private static func paths(
        _ watched: [String], for word: String, shell: Completion.Shell? = nil
    ) -> [String] {
        Completion.paths(
            watched.map { RawPath($0) }, for: word, in: RawPath("/srv/app"), shell: shell)
    }

    @Test(arguments: [
        ("", ["/srv/app/a", "/srv/b", "/srv/application"]),
        ("/", ["/srv/app/a", "/srv/b", "/srv/application"]),
        ("/srv/ap", ["/srv/app/a", "/srv/b", "/srv/application"]),
        ("x", ["a"]), ("./", ["./a"]), ("../", ["../app/a", "../b", "../application"]),
        ("../app/", ["../app/a"]),
        ("../../srv/b", ["../../srv/app/a", "../../srv/b", "../../srv/application"]),
        ("../../", ["../../srv/app/a", "../../srv/b", "../../srv/application"]),
        ("none/", []),
    ])
    func `a word that is not absolute is completed from the directory`(
        word: String, offered: [String]
    ) {
        // The shell leaves out what does not begin with the word.
        #expect(
            Self.paths(["/srv/app/a", "/srv/b", "/srv/application"], for: word) == offered)
    }

    @Test func `no shell takes a path for anything but a path`() {
        let path = "/a $(id)`id`\\*;'\"&|<>~:{1,2}é"
        #expect(
            Self.paths([path], for: "", shell: .bash)
                == ["/a\\ \\$\\(id\\)\\`id\\`\\\\\\*\\;\\'\\\"\\&\\|\\<\\>\\~\\:\\{1,2\\}é"])
        #expect(
            Self.paths([path], for: "", shell: .zsh)
                == ["/a $(id)`id`\\\\*;'\"&|<>~\\:{1,2}é"])
        #expect(Self.paths([path], for: "", shell: .fish) == [path])
    }

    @Test(arguments: Completion.Shell.allCases)
    func `what can't be spelled in a line is left out`(shell: Completion.Shell) {
        #expect(
            Self.paths(["/a\nb", "/a\tb", "/a\u{1B}[m", "/a\u{85}"], for: "", shell: shell) == [])
        #expect(
            Completion.paths(
                [RawPath(bytes: [0x2F, 0xFF])], for: "", in: RawPath("/"), shell: shell) == [])
    }

    @Test(arguments: [
        (["touchmon", "status", "--name", "web", ""], "web"),
        (["touchmon", "status", "--name=web", ""], "web"),
        (["touchmon", "status", "--name", "=", "web"], "web"),
        (["touchmon", "status", "--name"], nil), (["touchmon", "status", "--names", "web"], nil),
    ])
    func `which daemon is meant`(words: [String], name: String?) {
        #expect(Completion.value(of: "--name", in: words) == name)
    }
}
