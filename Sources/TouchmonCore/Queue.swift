/// First in, first out. Its memory is used again while it is small, and given back after a rush.
struct Queue<Element> {
    private var elements: [Element] = []
    private var head = 0

    private static var mostKept: Int { 256 }

    var isEmpty: Bool { head == elements.count }

    /// The next one, which stays.
    var first: Element? { isEmpty ? nil : elements[head] }

    mutating func append(_ element: Element) {
        elements.append(element)
    }

    mutating func removeAll(where isUnwanted: (Element) -> Bool) {
        elements.removeFirst(head)
        head = 0
        elements.removeAll(where: isUnwanted)
    }

    /// Takes the next one.
    mutating func popFirst() -> Element? {
        guard head < elements.count else { return nil }
        let element = elements[head]
        head += 1
        if head == elements.count {
            elements.removeAll(keepingCapacity: head <= Self.mostKept)
            head = 0
        }
        return element
    }
}
