internal import ArgumentParser
internal import TouchmonCore
internal import TouchmonDaemon

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Make an action file of incron's tables or systemd's path units.",
        discussion: """
            The action file goes to standard output, and what differs to standard error: read that, and \
            then touchmon check.
            """, subcommands: [Incron.self, Systemd.self])

    struct Incron: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take over tables of incron.",
            discussion: """
                Those below /var/spool/incron belong to the users whose names they have; others are \
                root's.
                """)

        @Argument(help: "The tables.", completion: .file())
        var file: [String]

        @Option(help: "Whose they are, whatever they are called.")
        var user: String?

        func run() throws {
            var imported = Import()
            for file in file {
                let text = orExit { () throws(StartupFailure) in try ImportedFile.read(file) }
                imported.addIncron(
                    text, file: file, user: user ?? owner(file),
                    isDirectory: ImportedFile.isDirectory)
            }
            imported.print()
        }

        private func owner(_ file: String) -> String {
            let parts = file.split(separator: "/")
            guard parts.count > 1, parts.dropLast().last == "incron", let name = parts.last else {
                return "root"
            }
            return String(name)
        }
    }

    struct Systemd: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take over path units of systemd; their services are started as before.")

        @Argument(help: "The units.", completion: .file(extensions: ["path"]))
        var file: [String]

        func run() throws {
            var imported = Import()
            for file in file {
                let text = orExit { () throws(StartupFailure) in try ImportedFile.read(file) }
                imported.addSystemd(text, file: file)
            }
            imported.print()
        }
    }
}

extension Import {
    fileprivate func print() {
        for note in notes {
            StandardError.write("touchmon: \(TerminalText.escaped(Array(note.utf8)))\n")
        }
        StandardOutput.write(json)
    }
}
