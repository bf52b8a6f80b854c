// swift-tools-version: 6.2

import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableExperimentalFeature("Lifetimes"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "touchmon",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
    ],
    targets: [
        // What Swift cannot express: the child between clone and exec, and the
        // kernel interfaces that the Glibc module does not show.
        .target(name: "CTouchmon"),

        // Every descriptor and every system call; bytes in, bytes out.
        .target(name: "TouchmonSystem", dependencies: ["CTouchmon"], swiftSettings: settings),

        // Every decision; pure.
        .target(name: "TouchmonCore", swiftSettings: settings),

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

        .testTarget(
            name: "TouchmonCoreTests", dependencies: ["TouchmonCore", "TouchmonTestSupport"],
            swiftSettings: settings),
        // A child that tells everything about itself. Linked without the Swift runtime's library,
        // which would handle signals in it.
        .executableTarget(
            name: "ProbeChild", path: "Tests/ProbeChild",
            linkerSettings: [.unsafeFlags(["-static-stdlib"])]),
        .testTarget(
            name: "TouchmonSystemTests", dependencies: ["TouchmonSystem", "ProbeChild"],
            swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
