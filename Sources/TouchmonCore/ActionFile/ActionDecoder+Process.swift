/// What a run's process gets besides its identity.
extension ActionDecoder {
    /// The standard descriptors, and two that it takes to set up a sandbox.
    private static let leastOpenFilesOfSandbox: Int64 = 5

    mutating func limits(_ node: JSONNode) throws(WrongForm) -> [ResourceLimit] {
        guard case .object(let members) = node.value else { throw WrongForm() }
        reportDuplicates(in: members)
        var limits: [ResourceLimit.Resource: Int64] = [:]
        for member in members {
            let name = String(decoding: member.key, as: UTF8.self)
            guard let resource = ResourceLimit.Resource(rawValue: name) else {
                let alias = ResourceLimit.Resource.allCases.first { $0.aliases.contains(name) }
                reportUnknown(
                    member, of: "limits", ResourceLimit.Resource.allCases.map(\.rawValue),
                    meant: alias?.rawValue)
                continue
            }
            limits[resource] = limit(member.node, resource)
        }
        return ResourceLimit.Resource.allCases.compactMap { resource in
            limits[resource].map { ResourceLimit(resource, $0) }
        }
    }

    private mutating func limit(
        _ node: JSONNode, _ resource: ResourceLimit.Resource
    ) -> Int64? {
        let key = "limits.\(resource.rawValue)"
        let value: Int64?
        switch (resource.unit, node.value) {
        case (.seconds, _): value = seconds(node, key)
        case (_, .number(let text)): value = quantity(text, node, resource) { Self.whole($0) }
        case (.bytes, .string(let text)):
            value = quantity(text, node, resource) { try? SizeText.parse($0) }
        default:
            report(
                at: node.offset,
                "`\(key)` must be \(Self.words(resource)), not \(node.value.kind)",
                remedy: Self.remedy(resource))
            return nil
        }
        guard let value else { return nil }
        if value < resource.least.value {
            report(
                at: node.offset, "`\(key)` is too small for any program",
                remedy: "write `\(resource.least.text)` or more")
        }
        return value
    }

    private mutating func quantity(
        _ text: [UInt8], _ node: JSONNode, _ resource: ResourceLimit.Resource,
        parse: ([UInt8]) -> Int64?
    ) -> Int64? {
        if let value = parse(text) { return value }
        report(
            at: node.offset, "`limits.\(resource.rawValue)` can't be \(TerminalText.quoted(text))",
            remedy: Self.remedy(resource))
        return nil
    }

    private mutating func seconds(_ node: JSONNode, _ key: String) -> Int64? {
        let remedy = "write whole seconds, as in `\"60s\"`"
        guard case .string = node.value else {
            report(
                at: node.offset,
                "`\(key)` must be \(ValueForm.duration.words), not \(node.value.kind)",
                remedy: remedy)
            return nil
        }
        guard let duration = duration(node, key) else { return nil }
        let (seconds, rest) = duration.nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        guard rest == 0 else {
            report(at: node.offset, "`\(key)` is not in whole seconds", remedy: remedy)
            return nil
        }
        return seconds
    }

    private static func words(_ resource: ResourceLimit.Resource) -> String {
        resource.unit == .count ? "a number" : ValueForm.size.words
    }

    private static func remedy(_ resource: ResourceLimit.Resource) -> String {
        resource.unit == .count
            ? "write a whole number, as in `1024`" : ValueForm.size.remedy
    }

    /// The number of a literal without fraction and exponent; nil where it has one, or is too large.
    static func whole(_ literal: [UInt8]) -> Int64? {
        literal.allSatisfy(JSONReader.isDigit)
            ? Int64(String(decoding: literal, as: UTF8.self)) : nil
    }

    mutating func nice(_ node: JSONNode) throws(WrongForm) -> Int8? {
        guard case .number(let text) = node.value else { throw WrongForm() }
        guard let value = Int8(String(decoding: text, as: UTF8.self)), -20...19 ~= value else {
            report(
                at: node.offset, "`nice` can't be \(TerminalText.quoted(text))",
                remedy: ValueForm.nice.remedy)
            return nil
        }
        return value
    }

    mutating func ioClass(_ node: JSONNode) throws(WrongForm) -> IOClass? {
        guard case .string(let text) = node.value else { throw WrongForm() }
        if let ioClass = IOClass(String(decoding: text, as: UTF8.self)) { return ioClass }
        let near =
            text.contains(UInt8(ascii: ":"))
            ? nil : nearestName(to: text, in: IOClass.Kind.allCases.map(\.rawValue))
        report(
            at: node.offset, "`io_class` can't be \(TerminalText.quoted(text))",
            remedy: near.map { "write `\"\($0)\"` instead" } ?? ValueForm.ioClass.remedy)
        return nil
    }

    mutating func sandbox(_ node: JSONNode) throws(WrongForm) -> [SandboxPath] {
        guard case .object(let members) = node.value else { throw WrongForm() }
        reportDuplicates(in: members)
        var paths: [SandboxPath.Access: [RawPath]] = [:]
        var executesNothing = true
        for member in members {
            let name = String(decoding: member.key, as: UTF8.self)
            guard let access = SandboxPath.Access(rawValue: name) else {
                reportUnknown(member, of: "sandbox", SandboxPath.Access.allCases.map(\.rawValue))
                continue
            }
            guard case .list(let elements) = member.node.value else {
                report(
                    at: member.node.offset,
                    "`sandbox.\(name)` must be a list of paths, not \(member.node.value.kind)",
                    remedy: "write `[\"/srv/app\"]`")
                executesNothing = executesNothing && access != .execute
                continue
            }
            if access == .execute, !elements.isEmpty { executesNothing = false }
            for (index, element) in elements.enumerated() {
                if let path = sandboxPath(element, "sandbox.\(name)[\(index)]") {
                    paths[access, default: []].append(path)
                }
            }
        }
        if executesNothing {
            report(
                at: node.offset, "`sandbox` lets nothing be executed, not even the program",
                remedy: "list the program and its libraries: "
                    + "`\"execute\": [\"/usr\", \"/lib\", \"/lib64\", \"/bin\"]`")
        }
        return SandboxPath.Access.allCases.flatMap { access in
            (paths[access] ?? []).map { SandboxPath($0, access) }
        }
    }

    private mutating func sandboxPath(_ node: JSONNode, _ key: String) -> RawPath? {
        do {
            return try absolutePath(node, key)
        } catch {
            report(
                at: node.offset,
                "`\(key)` must be \(ValueForm.path.words), not \(node.value.kind)",
                remedy: ValueForm.path.remedy)
            return nil
        }
    }

    /// Reports a key that an object within an action has not.
    mutating func reportUnknown(
        _ member: JSONMember, of key: String, _ names: [String], meant: String? = nil
    ) {
        let near = meant ?? nearestName(to: member.key, in: names)
        report(
            at: member.keyOffset, "\(TerminalText.quoted(member.key)) is not a key of `\(key)`",
            remedy: near.map { "write `\($0)` instead" }
                ?? "remove it; the keys are " + names.map { "`\($0)`" }.joined(separator: ", "))
    }

    /// Reports what can't be together.
    mutating func checkSettings(_ settings: ProcessSettings, _ members: [JSONMember]) {
        guard !settings.sandbox.isEmpty else { return }
        func offset(of key: String) -> Int? {
            members.last { $0.key.elementsEqual(key.utf8) }?.node.offset
        }
        if settings.noNewPrivileges == false, let offset = offset(of: "no_new_privileges") {
            report(
                at: offset, "a run with a `sandbox` can't gain privileges",
                remedy: "remove `no_new_privileges`: `sandbox` implies that it is `true`")
        }
        let openFiles = settings.limits.first { $0.resource == .openFiles }?.value
        if let openFiles, openFiles < Self.leastOpenFilesOfSandbox,
            let offset = offset(of: "limits")
        {
            report(
                at: offset, "`limits.open_files` is too small for a `sandbox` to be set up",
                remedy: "write `\(Self.leastOpenFilesOfSandbox)` or more")
        }
    }
}
