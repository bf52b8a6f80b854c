/// A short list: with one element, as nearly always, it needs no memory of its own.
enum Few<Element>: Sequence {
    case none
    case one(Element)
    case many([Element])

    var isEmpty: Bool {
        if case .none = self { true } else { false }
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
