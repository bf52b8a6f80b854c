import Testing
import TouchmonCore

@Suite struct RawPathTests {
    @Test(arguments: [
        ("a/b", "/srv", "/srv/a/b"), ("/a//b/./c/", "/srv", "/a/b/c"),
        ("../x", "/srv/app", "/srv/x"),
        ("/..", "/", "/"), ("./x", "/", "/x"),
    ])
    func `is made absolute and lexically normal`(path: String, directory: String, normal: String) {
        #expect(RawPath(path).normalized(relativeTo: RawPath(directory)) == RawPath(normal))
    }
}
