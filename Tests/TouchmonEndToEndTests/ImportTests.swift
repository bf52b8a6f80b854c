import Foundation
import Testing

/// Others' configurations taken over, and what comes of it checked.
@Suite(.enabled(if: Binary.isThere, Binary.reason))
struct ImportCommandTests {
    @Test func `an incron table and a path unit become action files that are valid`() throws {
        let scratch = try Scratch()
        mkdir(scratch("in"), 0o755)
        mkdir(scratch("incron"), 0o755)
        let table = try scratch.write(
            "incron/\(NSUserName())", "\(scratch("in")) IN_CLOSE_WRITE /bin/echo $@/$#\n")
        let unit = try scratch.write("web.path", "[Path]\nPathChanged=/etc/hosts\n")
        for (arguments, key) in [
            (["import", "incron", table], "\(scratch("in"))/"),
            (["import", "systemd", unit], "/etc/hosts"),
        ] {
            let answer = try Answer.of(arguments)
            #expect(answer.status == 0)
            let object = try JSONSerialization.jsonObject(with: Data(answer.output.utf8))
            let actions = try #require(object as? [String: [String: Any]])
            #expect(Array(actions.keys) == [key])
            #expect(
                actions[key]?["user"] as? String
                    == (arguments[1] == "incron" ? NSUserName() : "root"))
            let file = try scratch.write("actions.json", answer.output)
            chmod(file, 0o644)
            if Binary.isRoot { #expect(try Answer.of(["check", file]).status == 0) }
        }
        let missing = try Answer.of(["import", "incron", scratch("none")])
        #expect(missing.status == 66 && missing.output.isEmpty)
    }
}
