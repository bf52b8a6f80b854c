/// What a colour says, on a terminal. ECMA-48, Select Graphic Rendition: of the eight that every terminal has.
package enum TextColor: String, Sendable {
    case good = "32"
    case bad = "31"
    /// Something is going on.
    case active = "36"
    /// Something waits.
    case waiting = "33"

    static func colored(_ text: String, _ color: TextColor?) -> String {
        color.map { "\u{1B}[\($0.rawValue)m\(text)\u{1B}[0m" } ?? text
    }
}
