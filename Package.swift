// swift-tools-version: 6.2

import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableExperimentalFeature("Lifetimes"),
    .treatAllWarnings(as: .error),
    // Lets the linker put the functions that one touch needs side by side: see the Makefile.
    .unsafeFlags(["-Xfrontend", "-function-sections"], .when(configuration: .release)),
]

let package = Package(
    name: "touchmon",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    ],
    targets: [
        // What Swift cannot express: the child between clone and exec, and the
        // kernel interfaces that the Glibc module does not show.
        .target(
            name: "CTouchmon",
            cSettings: [.unsafeFlags(["-ffunction-sections"], .when(configuration: .release))]),

        // The embedded database that holds the ledger.
        .systemLibrary(
            name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),

        // Every descriptor and every system call; bytes in, bytes out.
        .target(
            name: "TouchmonSystem", dependencies: ["CSQLite", "CTouchmon"],
            swiftSettings: settings),

        // Every decision; pure.
        .target(
            name: "TouchmonCore",
            dependencies: [.product(name: "HeapModule", package: "swift-collections")],
            swiftSettings: settings),

        // The loop: performs what the engine decides.
        .target(
            name: "TouchmonDaemon", dependencies: ["TouchmonCore", "TouchmonSystem"],
            swiftSettings: settings),

        .executableTarget(
            name: "touchmon",
            dependencies: [
                "TouchmonCore", "TouchmonDaemon",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),

        // The simulated world.
        .target(
            name: "TouchmonTestSupport", dependencies: ["TouchmonCore"], swiftSettings: settings),

        // Plays random histories, built for speed.
        .executableTarget(
            name: "Simulation", dependencies: ["TouchmonTestSupport"], path: "Tests/Simulation",
            swiftSettings: settings),

        // Prints the JSON Schema of action files.
        .executableTarget(
            name: "Schema", dependencies: ["TouchmonTestSupport"], path: "Tests/Schema",
            swiftSettings: settings),

        .testTarget(
            name: "TouchmonCoreTests", dependencies: ["TouchmonCore", "TouchmonTestSupport"],
            exclude: ["Histories"], swiftSettings: settings),
        // A child that tells everything about itself. Linked without the Swift runtime's library,
        // which would handle signals in it.
        .executableTarget(
            name: "ProbeChild", path: "Tests/ProbeChild",
            linkerSettings: [.unsafeFlags(["-static-stdlib"])]),
        // Touches, kills, and is the command that runs: the torture.
        .executableTarget(
            name: "Torture", path: "Tests/Torture",
            linkerSettings: [.unsafeFlags(["-static-stdlib"]), .linkedLibrary("m")]),
        .testTarget(
            name: "TouchmonSystemTests", dependencies: ["TouchmonSystem", "ProbeChild"],
            swiftSettings: settings),
        // The release binary as its users run it.
        .testTarget(
            name: "TouchmonEndToEndTests",
            dependencies: ["touchmon", "ProbeChild", "Torture", "TouchmonTestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "TouchmonWorldTests", dependencies: ["TouchmonCore", "TouchmonTestSupport"],
            swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)

// Fuzzing needs every module instrumented: scripts/fuzz builds it, nothing else does.
if Context.environment["TOUCHMON_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "Fuzz", dependencies: ["TouchmonTestSupport"], path: "Fuzz/Program",
            swiftSettings: settings + [.unsafeFlags(["-parse-as-library"])],
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])]))
}
