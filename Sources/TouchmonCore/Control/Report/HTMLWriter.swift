/// Writes HTML: everything that touchmon shows in a browser goes through here.
///
/// Elements and attributes have names that are literals of this program, and all else is escaped in one place:
/// nothing that somebody else wrote can become markup.
struct HTMLWriter {
    /// An attribute without a value is left out.
    typealias Attributes = KeyValuePairs<StaticString, String?>

    /// What was written so far: UTF-8.
    private(set) var bytes: [UInt8] = []

    /// Begins a document.
    init() { literal("<!DOCTYPE html>\n") }

    /// Writes an element whose content `body` writes.
    mutating func element(
        _ name: StaticString, _ attributes: Attributes = [:],
        _ body: (inout HTMLWriter) -> Void
    ) {
        open(name, attributes)
        body(&self)
        literal("</")
        literal(name)
        literal(">")
    }

    /// Writes an element that holds text and nothing else.
    mutating func element(_ name: StaticString, _ attributes: Attributes, _ text: String) {
        element(name, attributes) { $0.text(text) }
    }

    mutating func element(_ name: StaticString, _ text: String) { element(name, [:], text) }

    /// Writes the beginning of an element; all there is of one that has no content.
    mutating func open(_ name: StaticString, _ attributes: Attributes = [:]) {
        literal("<")
        literal(name)
        for (name, value) in attributes {
            guard let value else { continue }
            literal(" ")
            literal(name)
            literal("=\"")
            text(value)
            literal("\"")
        }
        literal(">")
    }

    /// Writes text, as the content of an element or the value of an attribute.
    mutating func text(_ text: String) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "&"): literal("&amp;")
            case UInt8(ascii: "<"): literal("&lt;")
            case UInt8(ascii: ">"): literal("&gt;")
            case UInt8(ascii: "\""): literal("&quot;")
            case UInt8(ascii: "'"): literal("&#39;")
            // What HTML has no place for, or would take for something else.
            case 0..<0x09, 0x0B..<0x20, 0x7F: literal("\u{FFFD}")
            default: bytes.append(byte)
            }
        }
    }

    /// Writes what is HTML, or a style sheet, as it stands.
    mutating func literal(_ markup: StaticString) {
        markup.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }
}
