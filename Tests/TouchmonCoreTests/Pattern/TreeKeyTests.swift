import Testing
import TouchmonCore

/// What a key of an action file names, and that two spellings of one are one.
@Suite struct TreeKeyTests {
    @Test(arguments: [
        ("/srv/a", TreeKey.Form.path), ("/srv/*", .pattern), ("/srv/?", .pattern),
        ("/srv/[a]", .pattern), ("/srv/{a,b}", .pattern), ("/srv/**", .pattern),
        ("/srv/a\\*", .pattern), ("/srv/a\\?", .pattern), ("/srv/\\[a", .pattern),
        ("/srv/\\{a", .pattern), ("/srv/", .directory), ("/", .directory),
        ("/srv/*/", .directories),
        ("/srv/{a,b/}", .pattern), ("{a,b}/", .directories), ("", .path), (".", .path),
        // What says nothing as a pattern is a path, as it always was.
        ("/srv/a\\b", .path), ("/srv/a\\\\", .path), ("/srv/a\\", .path), ("/srv/[a", .path),
        ("/srv/{a", .path), ("/srv/{a}", .path), ("/srv/a,b}", .path), ("/srv/]", .path),
        ("/srv/[a/b]", .path), ("/srv/{1..3}", .path), ("/srv/~", .path), ("/srv/a\\]", .path),
        ("/srv/a\\}/", .directory), ("/srv/[a/", .directory), ("/srv/[]", .path),
        ("/srv/*/..", .path), ("*/../", .directory),
        ("/srv/*/../?", .pattern),
    ])
    func `a key names a path unless it says otherwise`(key: String, form: TreeKey.Form) {
        #expect(TreeKey.form(of: Array(key.utf8)) == form)
    }

    @Test(arguments: [
        ("/srv/*", "/srv/*"), ("/srv//./a/../*", "/srv/*"), ("*", #"/w\[x]/\*y/*"#),
        ("../*", #"/w\[x]/*"#), ("../../../*", "/*"), ("/srv/in/", "/srv/in/"),
        ("/srv/in", "/srv/in/"),
        ("/srv/./in//", "/srv/in/"), ("in/", "/w[x]/*y/in/"), ("/", "/"), ("//", "/"),
        ("/srv/*/", "/srv/*/"), ("/srv/*//", "/srv/*/"), ("/srv/{a/b,c}/./d", "/srv/{a/b,c}/d"),
        ("/srv/{a//b,c}", "/srv/{a//b,c}"), ("{/a,/b}/*", "/{/a,/b}/*"),
        ("{a,b}/*", #"/w\[x]/\*y/{a,b}/*"#), ("/*/..", "/"), ("/srv/\\*", "/srv/\\*"),
    ])
    func `two spellings are one path`(key: String, path: String) throws {
        let key = try TreeKey(Array(key.utf8), relativeTo: RawPath("/w[x]/*y"), isDeep: true)
        #expect(key.path == RawPath(path))
    }

    @Test func `a relative pattern begins in a directory whose name is no pattern`() throws {
        let selection = try Selection(
            TreeKey(Array("*".utf8), relativeTo: RawPath("/w[x]/*y{a,b}\\"), isDeep: false))
        #expect(selection.base == RawPath("/w[x]/*y{a,b}\\"))
        #expect(SelectionTests.selects(Array("/w[x]/*y{a,b}\\/a".utf8), selection))
    }

    @Test func `what stands for too much is refused`() {
        let many = Array(String(repeating: "{a,b}", count: 40).utf8)
        let deep =
            Array(String(repeating: "{a,", count: 3000).utf8) + Array(repeating: 0x7D, count: 3000)
        let long =
            Array("{\(String(repeating: "a,", count: 900))}".utf8)
            + [UInt8](repeating: 0x61, count: 4000)
        for text in [many, deep, long] {
            #expect(throws: PatternProblem.tooManyAlternatives) { try BraceExpansion.expand(text) }
            #expect(throws: PatternProblem.tooManyAlternatives) {
                try TreeKey(text, relativeTo: RawPath("/"), isDeep: false)
            }
        }
        #expect(throws: PatternProblem.tooManyAlternatives) {
            let key = try TreeKey(Array("/*".utf8), relativeTo: RawPath("/"), isDeep: false)
            _ = try Selection(key, exclude: [many])
        }
    }

    @Test func `as many as there may be are not`() throws {
        let text = Array("{\((1...1000).map { "\($0)" }.joined(separator: ","))}".utf8)
        #expect(try BraceExpansion.expand(text).count == BraceExpansion.limit)
        let unclosed = [UInt8](repeating: UInt8(ascii: "{"), count: 100_000)
        #expect(try BraceExpansion.expand(unclosed) == [unclosed])
    }

    @Test(arguments: [
        ("a", nil), ("[a]", nil), ("{a,b}", nil), ("{a}", nil), ("\\[", nil), ("\\{", nil),
        ("[{]", nil), ("a[", PatternProblem.unclosedBracket(offset: 1)),
        ("a/[b/c]", .unclosedBracket(offset: 2)), ("{a,b", .unclosedBrace(offset: 0)),
        ("a{b,{c,d}", .unclosedBrace(offset: 1)), ("[a]{x[", .unclosedBracket(offset: 5)),
        ("]", nil), ("}", nil), ("[]", .unclosedBracket(offset: 0)), ("{a,[b}]", nil),
    ])
    func `what is not closed is found`(text: String, problem: PatternProblem?) {
        #expect(PatternProblem.unclosed(in: Array(text.utf8)) == problem)
    }
}
