/// Directories and `.gitignore`s of few letters, so that much matches.
extension IgnoreCase {
    static func random(using random: inout some RandomNumberGenerator) -> IgnoreCase {
        var directories: Set<[UInt8]> = []
        for _ in 0..<3 {
            // Each with the directories above it.
            let names = (0..<Int.random(in: 1...3, using: &random)).map { _ in
                name(using: &random)
            }
            for count in 1...names.count {
                directories.insert(Array(names[..<count].joined(separator: "/".utf8)))
            }
        }
        let places = directories.sorted { $0.lexicographicallyPrecedes($1) }
        var files: [[UInt8]: [UInt8]] = [[]: contents(using: &random)]
        for place in places where Int.random(in: 0..<3, using: &random) == 0 {
            files[place] = contents(using: &random)
        }
        var paths = places
        for _ in 0..<6 {
            let place = places.randomElement(using: &random).map { $0 + "/".utf8 } ?? []
            let isDeep = Bool.random(using: &random)
            paths.append((isDeep ? place : []) + name(using: &random))
        }
        return IgnoreCase(files: files, directories: directories, paths: paths)
    }

    private static func name(using random: inout some RandomNumberGenerator) -> [UInt8] {
        let letters = [
            "a", "a", "b", "b", "c", "#", " ", "!", "⟨ff⟩", "é", "*", "[", "]", "\\", "-",
        ]
        var name = ""
        for _ in 0..<one(of: [1, 1, 1, 2, 3], using: &random) {
            name += one(of: letters, using: &random)
        }
        return name.markedBytes
    }

    private static func contents(using random: inout some RandomNumberGenerator) -> [UInt8] {
        var contents: [UInt8] = []
        if Int.random(in: 0..<20, using: &random) == 0 { contents = [0xEF, 0xBB, 0xBF] }
        for _ in 0..<Int.random(in: 1...5, using: &random) {
            contents += line(using: &random)
            contents +=
                one(of: ["\n", "\n", "\n", "\n", "\r\n", "", "\n\n"], using: &random).utf8
        }
        return contents
    }

    private static func line(using random: inout some RandomNumberGenerator) -> [UInt8] {
        let pieces = [
            "a", "a", "b", "b", "c", "*", "*", "?", "[ab]", "[!a]", "[^b-c]", "[a-c]", "[]a]",
            "[[:alpha:]]", "[[:space:]#]", "[[:nope:]]", "[[:a]", "[", "[a", "]", "\\a", "\\*",
            "\\",
            "\\\\", "\\ ", "\\[", "#", "\\#", "!", " ", "⟨ff⟩", "é", "[⟨80⟩-⟨ff⟩]", "[a/b]", "**",
            "-",
            "\t", "⟨00⟩", "[\\]a]", "[a\\-c]", "[--c]", "{a,b}",
        ]
        var names: [String] = []
        for _ in 0..<one(of: [1, 1, 1, 2, 2, 3, 4], using: &random) {
            var name = ""
            switch Int.random(in: 0..<6, using: &random) {
            case 0: name = "**"
            case 1: name = "*"
            default:
                for _ in 0..<one(of: [1, 1, 2, 3], using: &random) {
                    name += one(of: pieces, using: &random)
                }
            }
            names.append(name)
        }
        func maybe(_ text: String, _ chance: Int) -> String {
            Int.random(in: 0..<chance, using: &random) == 0 ? text : ""
        }
        let beginning = maybe("#", 30) + maybe("!", 4) + maybe("/", 5)
        let end = maybe("\\", 30) + maybe("/", 5) + maybe("  ", 15)
        return (beginning + names.joined(separator: "/") + end).markedBytes
    }

    private static func one<Element>(
        of list: [Element], using random: inout some RandomNumberGenerator
    ) -> Element {
        list[Int.random(in: list.indices, using: &random)]
    }
}
