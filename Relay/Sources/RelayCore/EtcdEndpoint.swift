/// Where an etcd server listens.
package struct EtcdEndpoint: Hashable, Sendable, CustomStringConvertible {
    package let isSecure: Bool
    package let host: String
    package let port: Int

    /// Of `https://HOST:PORT`, `http://HOST:PORT` or `HOST:PORT`, with an IPv6 address in brackets; nil where
    /// it is none. Without a scheme it is `https` where `secureByDefault`.
    package init?(_ text: String, secureByDefault: Bool = false) {
        var rest = text[...]
        if rest.hasPrefix("https://") {
            isSecure = true
            rest.removeFirst("https://".count)
        } else if rest.hasPrefix("http://") {
            isSecure = false
            rest.removeFirst("http://".count)
        } else {
            isSecure = secureByDefault
        }
        if rest.last == "/" { rest.removeLast() }
        guard !rest.contains("/"), !rest.contains("@") else { return nil }
        if rest.first == "[" {
            guard let end = rest.firstIndex(of: "]") else { return nil }
            host = String(rest[rest.index(after: rest.startIndex)..<end])
            rest = rest[rest.index(after: end)...]
        } else {
            let end = rest.lastIndex(of: ":") ?? rest.endIndex
            host = String(rest[..<end])
            rest = rest[end...]
        }
        guard !host.isEmpty, rest.first == ":" || rest.isEmpty else { return nil }
        let number = rest.isEmpty ? 2379 : Int(rest.dropFirst())
        guard let number, (1...65535).contains(number) else { return nil }
        port = number
    }

    package var description: String {
        (isSecure ? "https://" : "http://") + (host.contains(":") ? "[\(host)]" : host) + ":\(port)"
    }
}
