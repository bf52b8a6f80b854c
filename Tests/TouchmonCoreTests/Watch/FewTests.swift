import Testing

@testable import TouchmonCore

@Suite struct FewTests {
    @Test func `it is a list, however many it holds`() {
        var few = Few<Int>.none
        #expect(few.isEmpty)
        for count in 1...5 {
            few.append(count)
            #expect(Array(few) == Array(1...count))
            #expect(!few.isEmpty)
        }
        few.removeFirst { $0 == 3 }
        #expect(Array(few) == [1, 2, 4, 5])
        few.removeFirst { $0 == 9 }
        #expect(Array(few) == [1, 2, 4, 5])
        for number in [1, 5, 2, 4] { few.removeFirst { $0 == number } }
        #expect(few.isEmpty)
        #expect(Array(few).isEmpty)
    }

    @Test func `of equal elements the first is removed`() {
        var few = Few<(Int, String)>.none
        for name in ["a", "b", "c"] { few.append((1, name)) }
        few.removeFirst { $0.0 == 1 }
        #expect(few.map(\.1) == ["b", "c"])
    }
}
