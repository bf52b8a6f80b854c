/// What patterns and directories leave out unless they ask for it: hidden files and directories, and
/// what editors and copying programs leave for a moment or behind them.
///
/// A plain path, and the directories above the first pattern character, are never left out.
package struct UsualExclusions: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// Also `.NAME.swp` of vim, `.#NAME` of emacs, and `.NAME.XXXXXX` of rsync.
    package static let hidden = UsualExclusions(rawValue: 1 << 0)
    static let backup = UsualExclusions(rawValue: 1 << 1)
    static let autoSave = UsualExclusions(rawValue: 1 << 2)
    /// vim creates it to see whether it may.
    static let vimProbe = UsualExclusions(rawValue: 1 << 3)
    static let vimSwap = UsualExclusions(rawValue: 1 << 4)
    static let vimSecondSwap = UsualExclusions(rawValue: 1 << 5)

    /// The whole list, as patterns, in the order of the documentation.
    package static let patterns: [(exclusion: UsualExclusions, pattern: String)] = [
        (.hidden, ".*"), (.backup, "*~"), (.autoSave, "#*#"), (.vimProbe, "4913"),
        (.vimSwap, "*.swp"), (.vimSecondSwap, "*.swx"),
    ]

    package static let all = UsualExclusions(patterns.map(\.exclusion))

    /// What leaves out `name`.
    init(of name: UnsafeRawBufferPointer) {
        var found: UsualExclusions = []
        guard !name.isEmpty else {
            self = found
            return
        }
        let first = name[0]
        let last = name[name.count - 1]
        if first == UInt8(ascii: ".") { found.insert(.hidden) }
        if last == UInt8(ascii: "~") { found.insert(.backup) }
        if first == UInt8(ascii: "#"), last == first, name.count > 1 { found.insert(.autoSave) }
        if first == UInt8(ascii: "4"), name.elementsEqual("4913".utf8) { found.insert(.vimProbe) }
        if last == UInt8(ascii: "p"), name.suffix(4).elementsEqual(".swp".utf8) {
            found.insert(.vimSwap)
        }
        if last == UInt8(ascii: "x"), name.suffix(4).elementsEqual(".swx".utf8) {
            found.insert(.vimSecondSwap)
        }
        self = found
    }

    /// What leaves out every name that begins with `prefix`, goes on somehow, and ends with `suffix`.
    init(ofAllBetween prefix: [UInt8], _ suffix: [UInt8]) {
        // Whatever may stand between them: what a letter does not add, nothing needs to.
        let name = prefix + [UInt8(ascii: "a")] + suffix
        self = name.withUnsafeBytes { UsualExclusions(of: $0) }
    }
}
