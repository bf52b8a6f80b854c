import RelayCore
import Testing

/// Who is inside a gate, and who has been.
private actor Visitors {
    private(set) var most = 0
    private(set) var passed = 0
    private var inside = 0

    func enter() {
        inside += 1
        most = max(most, inside)
    }

    func leave() {
        inside -= 1
        passed += 1
    }
}

@Suite(.timeLimit(.minutes(1))) struct GateTests {
    private struct Failure: Error {}

    @Test func soManyAtATimeAndAllInTheEnd() async {
        let gate = Gate(places: 4)
        let visitors = Visitors()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<200 {
                group.addTask {
                    try? await gate.pass {
                        await visitors.enter()
                        await Task.yield()
                        await visitors.leave()
                        // A failure gives its place up as well.
                        if number % 3 == 0 { throw Failure() }
                    }
                }
            }
        }
        #expect(await visitors.passed == 200)
        #expect((1...4).contains(await visitors.most))
    }
}
