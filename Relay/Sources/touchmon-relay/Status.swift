internal import ArgumentParser
internal import RelayCore
internal import RelayEtcd
internal import RelayHost

struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What the hosts have made of the latest touch of a key.",
        discussion: """
            With --wait, ends when all have ended: with 0 if all succeeded, with 1 if any failed, was held \
            back, or has fallen silent while it ran, and with 75 when the time is over. A newer touch \
            meanwhile is waited for instead.
            """)

    @Argument(help: "What was touched.")
    var key: KeyArgument

    @Flag(help: "Wait until all have ended.")
    var wait = false

    @Option(help: ArgumentHelp("How long to wait.", valueName: "duration"))
    var timeout: DurationArgument?

    @Option(
        help: ArgumentHelp(
            "Hosts that count, with commas between them (all that have said anything).",
            valueName: "names"))
    var hosts: String?

    @Option(help: ArgumentHelp("How many hosts have to have ended.", valueName: "n"))
    var expect: Int?

    @Flag(help: "For programs.")
    var json = false

    @OptionGroup var etcd: EtcdArguments

    func validate() throws {
        if hosts != nil && expect != nil {
            throw ValidationError("--hosts and --expect exclude each other.")
        }
        if let expect, expect < 1 { throw ValidationError("--expect is at least 1.") }
        if timeout != nil && !wait { throw ValidationError("--timeout belongs to --wait.") }
    }

    func run() async throws {
        let key = try key.key()
        let names = try hosts?.split(separator: ",").map { name in
            do throws(KeyProblem) { return try HostName(String(name)) } catch {
                throw RelayProblem(
                    .usage,
                    "use \(FleetTable.printable(String(name), longest: 80)) as a host's name",
                    error.rawValue, "Write them as in --hosts web1,web2.")
            }
        }
        let client = try etcd.etcd()
        let reading = FleetReading(
            client, etcd.keys, key, FleetStatus.Expectation(hosts: names, count: expect))
        do {
            let fleet =
                wait
                ? try await reading.settled(
                    until: timeout.map { .now + $0.duration },
                    patience: etcd.commandTimeout.duration)
                : try await reading.now(until: etcd.deadline)
            await client.close()
            show(fleet)
            guard wait else { return }
            guard fleet.isSettled else {
                throw ExitCode(RelayProblem.Status.tryAgainLater.rawValue)
            }
            if !fleet.succeeded { throw ExitCode(1) }
        } catch let failure as EtcdFailure {
            throw failure.problem("see what became of \(key)")
        }
    }

    private func show(_ fleet: FleetStatus) {
        Terminal.answer(
            json
                ? String(decoding: RelayJSON.bytes(FleetObject(fleet)), as: UTF8.self) + "\n"
                : FleetTable.text(fleet))
    }
}
