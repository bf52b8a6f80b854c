import Foundation
import Testing

/// Debian's chromium, without a screen: what people see of a page.
struct Browser {
    enum Scheme: String, CaseIterable {
        case dark, light

        /// A number of the engine's own settings.
        fileprivate var setting: String {
            "--blink-settings=preferredColorScheme=\(self == .dark ? 0 : 1)"
        }
    }

    /// A page as the engine has laid it out in a window of some width.
    struct Layout: Decodable, Equatable {
        var window: Int
        /// How wide the page is, and how high.
        var page: Int
        var height: Int
        var background: String
        var title: String
        var scripts: Int
    }

    static let path = "/usr/bin/chromium"
    static var isThere: Bool { access(path, X_OK) == 0 }
    static let reason: Comment = "chromium is not installed: scripts/install-dependencies test"

    private let scratch: Scratch

    init(in scratch: Scratch) { self.scratch = scratch }

    /// The document as it is when all of its scripts have run, as HTML.
    func document(_ page: String, _ scheme: Scheme = .light, width: Int = 1024) throws -> String {
        try run(page, scheme, ["--window-size=\(width),800", "--dump-dom"])
    }

    /// Shows the first pixels of a page, as many as the window has, in a file.
    func screenshot(
        _ page: String, _ scheme: Scheme, width: Int, height: Int, into file: String
    ) throws {
        _ = try run(
            page, scheme,
            ["--window-size=\(width),\(height)", "--hide-scrollbars", "--screenshot=\(file)"])
    }

    /// Prints a page.
    func print(_ page: String, into file: String) throws {
        _ = try run(page, .dark, ["--no-pdf-header-footer", "--print-to-pdf=\(file)"])
    }

    /// The layout of a page in windows of some widths.
    func layouts(of page: String, _ scheme: Scheme, widths: [Int]) throws -> [Layout] {
        let text = try String(contentsOfFile: page, encoding: .utf8)
        let wrapper = try scratch.write(
            "wrapper.html", Self.wrapper(Data(text.utf8).base64EncodedString(), widths))
        let document = try document(wrapper, scheme, width: 2200)
        let begin = try #require(document.range(of: "<pre id=\"layouts\">"))
        let end = try #require(
            document.range(of: "</pre>", range: begin.upperBound..<document.endIndex))
        return try JSONDecoder().decode(
            [Layout].self, from: Data(document[begin.upperBound..<end.lowerBound].utf8))
    }

    /// A page that shows another one in frames of some widths, and measures it there, before it is itself
    /// loaded: for that the browser waits.
    private static func wrapper(_ page: String, _ widths: [Int]) -> String {
        """
        <!DOCTYPE html><meta charset="utf-8"><body><script>
        const bytes = Uint8Array.from(atob("\(page)"), c => c.charCodeAt(0));
        const page = new TextDecoder().decode(bytes), widths = \(widths), found = [];
        let left = widths.length;
        widths.forEach((width, index) => {
          const frame = document.createElement("iframe");
          frame.width = width;
          frame.height = 800;
          frame.onload = () => {
            const inner = frame.contentDocument, root = inner.documentElement;
            found[index] = {
              window: frame.contentWindow.innerWidth, page: root.scrollWidth,
              height: root.scrollHeight, title: inner.title,
              background: frame.contentWindow.getComputedStyle(inner.body).backgroundColor,
              scripts: inner.scripts.length };
            if (--left > 0) return;
            const answer = document.createElement("pre");
            answer.id = "layouts";
            answer.textContent = JSON.stringify(found);
            document.body.append(answer);
          };
          frame.srcdoc = page;
          document.body.append(frame);
        });
        </script>
        """
    }

    private func run(
        _ page: String, _ scheme: Scheme, _ options: [String]
    ) throws -> String {
        let errors = try scratch.write("chromium-errors")
        // Of its own, so that several are at work at once.
        let profile = scratch("profile-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(atPath: profile) }
        let command = try Command.run(
            [
                "sh", "-c", "log=$1; shift; exec timeout -k 5 120 \"$@\" 2> \"$log\"", "sh", errors,
                Self.path, "--headless", "--no-sandbox", "--disable-gpu",
                "--user-data-dir=\(profile)",
                scheme.setting,
            ] + options + ["file://\(page)"])
        let trouble = try String(contentsOfFile: errors, encoding: .utf8)
        try #require(command.status == 0, "\(trouble)")
        return command.output
    }
}
