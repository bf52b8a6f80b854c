/// A dictionary whose keys nearly always have one value, which then takes no more room than in an
/// ordinary one. The values of a key keep their order.
struct Multimap<Key: Hashable, Value: Equatable> {
    private var first: [Key: Value] = [:]
    /// What follows the first.
    private var more: [Key: [Value]] = [:]

    var isEmpty: Bool { first.isEmpty }
    var allValues: [Value] { Array(first.values) + more.values.joined() }

    subscript(key: Key) -> Few<Value> {
        guard let value = first[key] else { return .none }
        guard !more.isEmpty, let others = more[key] else { return .one(value) }
        return .many([value] + others)
    }

    mutating func append(_ value: Value, to key: Key) {
        if first[key] == nil {
            first[key] = value
        } else {
            more[key, default: []].append(value)
        }
    }

    /// Removes a value once; false where the key does not have it.
    @discardableResult
    mutating func removeFirst(_ value: Value, of key: Key) -> Bool {
        var values = Array(self[key])
        guard let index = values.firstIndex(of: value) else { return false }
        values.remove(at: index)
        first[key] = values.first
        more[key] = values.count > 1 ? Array(values.dropFirst()) : nil
        return true
    }

    /// Removes a key and returns its values.
    mutating func removeAll(of key: Key) -> [Value] {
        defer {
            first[key] = nil
            more[key] = nil
        }
        return Array(self[key])
    }
}
