import Testing

@testable import TouchmonCore

@Suite struct WatchIndexTests {
    private static func step(_ watch: Int32, _ name: String) -> PathWalk.Step {
        PathWalk.Step(watch: watch, name: Array(name.utf8))
    }

    private static func dependents(
        _ index: WatchIndex, _ watch: Int32, _ name: String
    ) -> [WatchIndex.Dependent] {
        Array(index.dependents(of: watch, named: Array(name.utf8).span.bytes))
    }

    private static let (a, b) = (ActionID(0), ActionID(1))

    @Test func `only those who depend on the very name in the very directory are told`() {
        var index = WatchIndex()
        index.add(.entry(Self.a), to: Self.step(1, "stamp"))
        index.add(.entry(Self.b), to: Self.step(2, "stamp"))
        index.add(.directory(7), to: Self.step(1, "app"))
        #expect(Self.dependents(index, 1, "stamp") == [.entry(Self.a)])
        #expect(Self.dependents(index, 2, "stamp") == [.entry(Self.b)])
        #expect(Self.dependents(index, 1, "app") == [.directory(7)])
        #expect(Self.dependents(index, 1, "stam").isEmpty)
        #expect(Self.dependents(index, 1, "").isEmpty)
        #expect(Self.dependents(index, 3, "stamp").isEmpty)
    }

    @Test func `all who share a name are told, each once for each time it was added`() {
        var index = WatchIndex()
        let step = Self.step(1, "current")
        for dependent in [.directory(1), .entry(Self.a), .link(Self.b)] as [WatchIndex.Dependent] {
            index.add(dependent, to: step)
        }
        index.add(.directory(1), to: step)
        #expect(
            Self.dependents(index, 1, "current")
                == [.directory(1), .entry(Self.a), .link(Self.b), .directory(1)])
        #expect(index.remove(.directory(1), from: step) == false)
        #expect(
            Self.dependents(index, 1, "current")
                == [.entry(Self.a), .link(Self.b), .directory(1)])
    }

    @Test func `a watch lives as long as anything depends on it`() {
        var index = WatchIndex()
        #expect(index.isUnused(1))
        index.add(.entry(Self.a), to: Self.step(1, "x"))
        index.add(.entry(Self.b), to: Self.step(1, "y"))
        index.add(file: Self.a, to: 1)
        #expect(index.remove(.entry(Self.a), from: Self.step(1, "x")) == false)
        #expect(index.remove(file: Self.a, from: 1) == false)
        #expect(!index.isUnused(1))
        #expect(index.remove(.entry(Self.b), from: Self.step(1, "y")) == true)
        #expect(index.isUnused(1))
    }

    @Test func `to remove what was not added changes nothing`() {
        var index = WatchIndex()
        index.add(.entry(Self.a), to: Self.step(1, "x"))
        #expect(index.remove(.entry(Self.b), from: Self.step(1, "x")) == false)
        #expect(index.remove(.link(Self.a), from: Self.step(1, "x")) == false)
        #expect(index.remove(.entry(Self.a), from: Self.step(1, "z")) == false)
        #expect(index.remove(.entry(Self.a), from: Self.step(2, "x")) == false)
        #expect(index.remove(file: Self.a, from: 1) == false)
        #expect(index.remove(file: Self.a, from: 2) == false)
        #expect(Self.dependents(index, 1, "x") == [.entry(Self.a)])
    }

    @Test func `files are told apart by their watch`() {
        var index = WatchIndex()
        index.add(file: Self.a, to: 1)
        index.add(file: Self.b, to: 1)
        index.add(file: Self.b, to: 2)
        #expect(Array(index.files(of: 1)) == [Self.a, Self.b])
        #expect(Array(index.files(of: 2)) == [Self.b])
        #expect(index.files(of: 3).isEmpty)
    }

    @Test func `whoever depended on a watch that ended is told, once`() {
        var index = WatchIndex()
        index.add(.directory(7), to: Self.step(1, "app"))
        index.add(.entry(Self.a), to: Self.step(1, "stamp"))
        index.add(file: Self.b, to: 1)
        index.add(.entry(Self.a), to: Self.step(2, "stamp"))
        #expect(
            Set(index.removeWatch(1)) == [.directory(7), .entry(Self.a), .link(Self.b)])
        #expect(index.removeWatch(1).isEmpty)
        #expect(index.isUnused(1))
        #expect(!index.isUnused(2))
    }

    @Test func `thousands of names in one directory are found, each by its own`() {
        var index = WatchIndex()
        for number in 0..<5000 {
            index.add(.entry(ActionID(number)), to: Self.step(1, "stamp-\(number)"))
        }
        for number in 0..<5000 {
            #expect(Self.dependents(index, 1, "stamp-\(number)") == [.entry(ActionID(number))])
        }
        for number in 0..<5000 {
            let isLast = index.remove(
                .entry(ActionID(number)), from: Self.step(1, "stamp-\(number)"))
            #expect(isLast == (number == 4999))
        }
    }
}
