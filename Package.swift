// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// `tools/bench` measures what the audit log costs against a build whose reads leave no entry; such a
/// build serves nothing else, and says what it is.
let benchmark: [SwiftSetting] =
    Context.environment["AITTA_BENCHMARK_WITHOUT_LOG"] == nil
    ? [] : [.define("BENCHMARK_WITHOUT_LOG")]

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings + benchmark)
}

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, swiftSettings: settings + benchmark)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name + "Tests", dependencies: dependencies, swiftSettings: settings)
}

let argumentParser = Target.Dependency.product(
    name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient = Target.Dependency.product(
    name: "AsyncHTTPClient", package: "async-http-client")
let configuration = Target.Dependency.product(
    name: "Configuration", package: "swift-configuration")
let grdb: [Target.Dependency] = [
    .product(name: "GRDB", package: "GRDB.swift"),
    .product(name: "GRDBSQLite", package: "GRDB.swift"),
]
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
]
let serverParts: [Target.Dependency] = [
    .product(name: "HTTPTypes", package: "swift-http-types"),
    .product(name: "HummingbirdCore", package: "hummingbird"),
    .product(name: "NIOExtras", package: "swift-nio-extras"),
    .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
]
let serviceLifecycle = Target.Dependency.product(
    name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(
    name: "UnixSignals", package: "swift-service-lifecycle")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "aitta",
    products: [
        .executable(name: "aittad", targets: ["aittad"]),
        .executable(name: "aitta", targets: ["aitta"]),
        .library(name: "VaultClient", targets: ["VaultClient"]),
        .library(name: "Verification", targets: ["Verification"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(
            url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: ["YAML"]),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
        .systemLibrary(name: "CFileSystem"),
        library("Cryptography", ["CSodium"]),
        library("StrictJSON"),
        library("Storage"),
        library("Verification", ["Cryptography", "StrictJSON"]),
        library("KeyManagement", ["CFileSystem", "Cryptography", "Storage"]),
        library("Catalogue", ["StrictJSON", yams]),
        library(
            "Vault",
            [
                "Catalogue", "Cryptography", "KeyManagement", "Storage", "StrictJSON",
                "Verification",
                metrics,
            ]),
        library("SQLiteStore", ["Storage"] + grdb),
        library("VaultAPI", ["StrictJSON"]),
        library(
            "VaultServer",
            [
                "Catalogue", "Storage", "StrictJSON", "Vault", "VaultAPI", hummingbird, logging,
                metrics, serviceLifecycle,
            ] + nio + serverParts),
        library(
            "VaultClient", ["Cryptography", "StrictJSON", "VaultAPI", asyncHTTPClient] + nio),
        library("VaultTesting", ["Storage", "Vault"]),
        program(
            "aittad",
            [
                "Catalogue", "Cryptography", "KeyManagement", "SQLiteStore", "Storage",
                "StrictJSON", "Vault", "VaultServer", "Verification", argumentParser,
                configuration, logging, serviceLifecycle, systemPackage, unixSignals, yams,
            ]),
        program(
            "aitta",
            [
                "Cryptography", "StrictJSON", "VaultAPI", "VaultClient", "Verification",
                argumentParser, yams,
            ]),
        tests("Cryptography", ["Cryptography"]),
        tests("StrictJSON", ["StrictJSON"]),
        tests("Catalogue", ["Catalogue", "StrictJSON"]),
        tests("SQLiteStore", ["SQLiteStore", "Storage", "VaultTesting"] + grdb),
        tests(
            "VaultServer",
            [
                "StrictJSON", "Vault", "VaultAPI", "VaultServer", "aittad", hummingbird, logging,
                metrics, serviceLifecycle,
            ] + nio + serverParts),
        tests("VaultClient", ["StrictJSON", "VaultAPI", "VaultClient"] + nio),
        tests(
            "Aitta",
            [
                "Cryptography", "StrictJSON", "VaultAPI", "VaultClient", "Verification", "aitta",
            ]),
        tests("KeyManagement", ["Cryptography", "KeyManagement", "Storage"]),
        tests("Verification", ["Cryptography", "StrictJSON", "Verification"]),
        tests(
            "Vault",
            [
                "Catalogue", "Cryptography", "KeyManagement", "SQLiteStore", "Storage",
                "StrictJSON", "Vault", "VaultTesting", "Verification",
            ] + grdb),
        tests("EndToEnd", ["StrictJSON", "aitta", "aittad", yams]),
    ]
)
