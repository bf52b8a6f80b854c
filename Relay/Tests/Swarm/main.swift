internal import Foundation
internal import RelayCore
internal import RelayEtcd
internal import RelayHost

// Swarm ENDPOINTS DIRECTORY FIRST COUNT KEY: so many hosts in one process, each with a connection, a lease, a
// directory and a state of its own, that follow a key and write its value. Ends with standard input.

let arguments = CommandLine.arguments
guard arguments.count == 6, let first = Int(arguments[3]), let count = Int(arguments[4]) else {
    print("Swarm ENDPOINTS DIRECTORY FIRST COUNT KEY")
    exit(64)
}
let endpoints = arguments[1].split(separator: ",").compactMap { EtcdEndpoint(String($0)) }
let selection = try KeySelection([arguments[5]])

/// What one host is made of; its log is nobody's.
func follower(_ number: Int) throws -> Follower {
    let place = "\(arguments[2])/\(number)"
    try FileManager.default.createDirectory(
        atPath: "\(place)/files", withIntermediateDirectories: true)
    var options = FollowerOptions(
        keys: KeySpace(prefix: "/touchmon/"), selection: selection,
        host: try HostName("host\(number)"))
    options.leaseSeconds = 60
    // As many hosts as there are would not ask the same server first.
    var order = endpoints
    for _ in 0..<(number % endpoints.count) { order.append(order.removeFirst()) }
    let state = try StateDirectory("\(place)/state")
    return Follower(
        FollowerContext(
            etcd: Etcd(EtcdConfiguration(endpoints: order)), options: options,
            directory: try TouchDirectory("\(place)/files"),
            records: try TouchRecords(state, limit: 10), log: RelayLog(.text),
            metrics: MetricsFile(nil)),
        ready: {})
}

let followers = try (first..<first + count).map(follower)
// Not the main actor's, which waits below.
let hosts = Task.detached {
    await withTaskGroup(of: Void.self) { group in
        for follower in followers { group.addTask { try? await follower.run() } }
    }
}
while readLine() != nil {}
hosts.cancel()
await hosts.value
