/// A list that mostly holds one element, which then needs no memory of its own.
enum Few<Element>: Sequence {
    case none
    case one(Element)
    case many([Element])

    var isEmpty: Bool {
        if case .none = self { true } else { false }
    }

    mutating func append(_ element: Element) {
        switch self {
        case .none: self = .one(element)
        case .one(let first): self = .many([first, element])
        case .many(var elements):
            self = .none
            elements.append(element)
            self = .many(elements)
        }
    }

    mutating func removeFirst(where isMeant: (Element) -> Bool) {
        var elements = Array(self)
        guard let index = elements.firstIndex(where: isMeant) else { return }
        elements.remove(at: index)
        self =
            switch elements.count {
            case 0: .none
            case 1: .one(elements[0])
            default: .many(elements)
            }
    }

    struct Iterator: IteratorProtocol {
        fileprivate let list: Few
        private var position = 0

        fileprivate init(list: Few) {
            self.list = list
        }

        mutating func next() -> Element? {
            defer { position += 1 }
            return switch list {
            case .none: nil
            case .one(let element): position == 0 ? element : nil
            case .many(let elements): position < elements.count ? elements[position] : nil
            }
        }
    }

    func makeIterator() -> Iterator { Iterator(list: self) }
}
