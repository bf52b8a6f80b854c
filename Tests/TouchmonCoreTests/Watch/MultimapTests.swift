import Testing

@testable import TouchmonCore

@Suite struct MultimapTests {
    @Test func `a key's values keep their order, however many they are`() {
        var map = Multimap<String, Int>()
        #expect(map.isEmpty)
        for count in 1...5 {
            map.append(count, to: "a")
            #expect(Array(map["a"]) == Array(1...count))
        }
        var isRemoved = map.removeFirst(3, of: "a")
        #expect(isRemoved)
        #expect(Array(map["a"]) == [1, 2, 4, 5])
        isRemoved = map.removeFirst(9, of: "a")
        #expect(!isRemoved)
        isRemoved = map.removeFirst(1, of: "b")
        #expect(!isRemoved)
        #expect(Array(map["a"]) == [1, 2, 4, 5])
        #expect(Set(map.allValues) == [1, 2, 4, 5])
        for number in [1, 5, 2, 4] {
            #expect(!map.isEmpty)
            isRemoved = map.removeFirst(number, of: "a")
            #expect(isRemoved)
        }
        #expect(map.isEmpty)
        #expect(map["a"].isEmpty)
    }

    @Test func `of equal values one is removed`() {
        var map = Multimap<String, Int>()
        for value in [1, 2, 1] { map.append(value, to: "a") }
        map.removeFirst(1, of: "a")
        #expect(Array(map["a"]) == [2, 1])
    }

    @Test func `a removed key hands out its values`() {
        var map = Multimap<String, Int>()
        map.append(1, to: "a")
        map.append(2, to: "a")
        map.append(3, to: "b")
        let removed = (map.removeAll(of: "a"), map.removeAll(of: "a"))
        #expect(removed == ([1, 2], []))
        #expect(map.allValues == [3])
    }
}
