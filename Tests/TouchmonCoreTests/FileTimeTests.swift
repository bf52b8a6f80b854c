import Testing

@testable import TouchmonCore

@Suite struct FileTimeTests {
    @Test(
        arguments: [
            (0, 0, 0), (1, 0, 1), (1_000_000_000, 1, 0), (-1, -1, 999_999_999),
            (-1_000_000_000, -1, 0), (-1_000_000_001, -2, 999_999_999),
            (.max, 9_223_372_036, 854_775_807), (.min, -9_223_372_037, 145_224_192),
        ] as [(Int64, Int64, Int32)])
    func `nanoseconds are never negative`(count: Int64, seconds: Int64, nanoseconds: Int32) {
        #expect(
            FileTime(nanosecondsSince1970: count)
                == FileTime(seconds: seconds, nanoseconds: nanoseconds))
        #expect(FileTime(seconds: seconds, nanoseconds: nanoseconds).nanosecondsSince1970 == count)
    }

    @Test func `what 64 bits can't hold is held at what they can`() {
        #expect(FileTime(seconds: .min).nanosecondsSince1970 == .min)
        #expect(FileTime(seconds: -9_223_372_037).nanosecondsSince1970 == .min)
        #expect(FileTime(seconds: .max, nanoseconds: 1).nanosecondsSince1970 == .max)
    }

    @Test func `times are in order, seconds first`() {
        let times = [
            FileTime(seconds: .min), FileTime(seconds: -1, nanoseconds: 999_999_999),
            FileTime(seconds: 0), FileTime(seconds: 0, nanoseconds: 1), FileTime(seconds: .max),
        ]
        #expect(times.reversed().sorted() == times)
    }
}
