import Testing
import TouchmonCore

@Suite struct RawPathTests {
    @Test(arguments: [
        ("a/b", "/srv", "/srv/a/b"), ("/a//b/./c/", "/srv", "/a/b/c"),
        ("../x", "/srv/app", "/srv/x"),
        ("/..", "/", "/"), ("./x", "/", "/x"), ("/", "/srv", "/"), ("//", "/srv", "/"),
        ("/a/b", "/srv", "/a/b"), ("/a/", "/srv", "/a"), ("//a", "/srv", "/a"),
        ("/a/..", "/srv", "/"), ("/a/.", "/srv", "/a"), ("/./a", "/srv", "/a"),
        ("/.a/..b/...", "/srv", "/.a/..b/..."), ("/a./b..", "/srv", "/a./b.."),
    ])
    func `is made absolute and lexically normal`(path: String, directory: String, normal: String) {
        #expect(RawPath(path).normalized(relativeTo: RawPath(directory)) == RawPath(normal))
    }

    @Test(arguments: [
        ("/srv/app", "/srv", "app"), ("/srv", "/", "srv"), ("/", "/", ""),
    ])
    func `has a parent and a name`(path: String, parent: String, name: String) {
        #expect(RawPath(path).parent == RawPath(parent))
        #expect(String(decoding: RawPath(path).name, as: UTF8.self) == name)
        #expect(RawPath(parent).appending(Array(name.utf8)) == RawPath(path))
    }

    @Test func `a bare name is all name`() {
        #expect(String(decoding: RawPath("app").name, as: UTF8.self) == "app")
    }

    @Test(arguments: [
        ("/srv/app", "/srv", true), ("/srv", "/srv", true), ("/srv/app", "/", true),
        ("/srvapp", "/srv", false), ("/sr", "/srv", false), ("/other", "/srv", false),
        ("/", "/srv", false),
    ])
    func `lies in a directory by whole names`(path: String, directory: String, isWithin: Bool) {
        #expect(RawPath(path).isWithin(RawPath(directory)) == isWithin)
    }
}
