internal import TouchmonSystem

/// What users are called, each looked up once.
package struct UserNames {
    private var names: [UInt32: String?] = [:]

    package init() {}

    /// nil where nobody knows.
    package mutating func name(_ user: UInt32) -> String? {
        if let known = names[user] { return known }
        let name = Accounts.userName(user).map { String(decoding: $0, as: UTF8.self) }
        names[user] = name
        return name
    }
}
