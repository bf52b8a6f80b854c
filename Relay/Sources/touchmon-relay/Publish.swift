internal import ArgumentParser
internal import RelayCore
internal import RelayEtcd
internal import RelayHost

struct Publish: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Touch a key: every host that follows it runs its action.",
        discussion: """
            Prints the revision of the touch. As the argv of an action it makes a fleet's touch of a local \
            one.
            """)

    @Argument(help: "What is touched, such as web/deploy.")
    var key: KeyArgument

    @Option(help: ArgumentHelp("What the hosts find in their file.", valueName: "text"))
    var value: String?

    @Option(
        help: ArgumentHelp(
            "The same, from a file; - is standard input. At most 1 MiB.", valueName: "file"))
    var file: String?

    @OptionGroup var etcd: EtcdArguments

    func validate() throws {
        if value != nil && file != nil {
            throw ValidationError("--value and --file exclude each other.")
        }
    }

    func run() async throws {
        let key = try key.key()
        let bytes = try content()
        guard bytes.count <= FollowerOptions.largestValue else {
            throw RelayProblem(
                .usage, "publish \(key)", "the value has more than 1 MiB",
                "Publish where it is, and let the action fetch it.")
        }
        let deadline = etcd.deadline
        let name = etcd.keys.touch(key)
        let client = try etcd.etcd()
        do {
            let revision = try await Touching(client, name).touch(bytes, until: deadline)
            await client.close()
            Terminal.answer("\(revision)\n")
        } catch {
            throw error.problem("publish \(key)")
        }
    }

    private func content() throws -> [UInt8] {
        guard let file else { return Array((value ?? "").utf8) }
        return try WholeFile.read(file, atMost: FollowerOptions.largestValue + 1)
    }
}
