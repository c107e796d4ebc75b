import ArgumentParser
import Catalogue
import Glibc
import Logging
import ServiceLifecycle
import Storage
import UnixSignals
import Vault
import VaultServer

/// Serves a vault until SIGTERM or SIGINT.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve a vault, in the foreground.",
        discussion: "SIGTERM finishes what is under way and stops.")

    private static let defaultConfig = "/etc/aitta/aitta.yaml"
    private static let maximumCatalogueBytes = 1 << 20

    @Option(
        help: ArgumentHelp(
            "The settings; default: /etc/aitta/aitta.yaml if it is there.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("The state directory.", valueName: "dir"))
    var state: String?

    @Option(help: ArgumentHelp("The socket.", valueName: "path"))
    var socket: String?

    func run() async throws {
        let settings = try await self.settings()
        try SecureProcess.start(
            requiresLockedMemory: settings.requiresLockedMemory,
            limitBytes: settings.memoryLimitBytes)
        let logger = makeLogger(level: settings.logLevel)
        let locked = try LockedState(path: try absolute(settings.state))
        let opened = try locked.open()
        try locked.settle(opened)
        let registry = PrometheusRegistry()
        var configuration = try configuration(settings)
        configuration.metrics = VaultMetrics(factory: registry)
        configuration.reserve = ReserveFile(
            directory: opened.directory.path, megabytes: settings.reserveMegabytes)
        configuration.keyStorage = opened.keyStorage
        let vault = try await RecordVault.open(
            store: opened.store, keyring: opened.keyring, ledger: opened.ledger,
            entries: opened.entries, configuration: configuration,
            clock: SystemWallClock()
        ) { error in
            logger.critical("the store failed", metadata: ["code": "\(error)"])
            guard error == .outcomeUnknown else { return }
            Task.detached {
                // Those who wait are told; then the process ends without a checkpoint.
                try? await Task.sleep(for: .milliseconds(500))
                _exit(70)
            }
        }
        if let fault = vault.logFault {
            logger.error(
                "the audit log is not what the ledger knows of it",
                metadata: ["code": "\(fault)"])
        }
        #if BENCHMARK_WITHOUT_LOG
            logger.critical("a benchmark's build: reads leave no audit entry")
        #endif
        let server = VaultServer(
            vault: vault, socket: settings.socket, limits: settings.limits, logger: logger,
            metrics: registry
        ) {
            logger.notice("ready", metadata: ["socket": "\(settings.socket.path)"])
        }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(service: ReminderService(vault: vault, logger: logger)),
                    .init(service: VaultMaintenance(vault: vault, logger: logger)),
                    .init(service: server),
                ], gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger))
        do {
            try await group.run()
        } catch {
            await vault.shutDown()
            throw error
        }
        await vault.shutDown()
        withExtendedLifetime(opened.directory) {}
        logger.notice("stopped")
    }

    private func settings() async throws -> Settings {
        var flags: [String: String] = [:]
        if let state { flags["state"] = try absolute(state) }
        if let socket { flags["socket.path"] = try absolute(socket) }
        let environment = Dictionary(
            uniqueKeysWithValues: environmentEntries().filter { $0.0.hasPrefix("AITTA_") })
        let file = config ?? (access(Self.defaultConfig, F_OK) == 0 ? Self.defaultConfig : nil)
        return try await Settings.load(file: file, flags: flags, environment: environment)
    }

    private func configuration(_ settings: Settings) throws -> VaultConfiguration {
        var catalogue = Catalogue.shipped
        if let path = settings.catalogue {
            guard let bytes = readFile(path, maximumCount: Self.maximumCatalogueBytes) else {
                throw Failure(
                    "the catalogue \(path) can't be read",
                    hint: "it must be a file of at most 1 MiB that the daemon's user can read")
            }
            do throws(CatalogueError) {
                catalogue = try Catalogue.load(yaml: String(decoding: bytes, as: UTF8.self))
            } catch {
                throw Failure("\(path): \(error)", hint: error.hint)
            }
        }
        var configuration = VaultConfiguration(
            catalogue: catalogue,
            settings: CatalogueSettings(
                acceptArtificialHenkilotunnus: settings.acceptsArtificialHenkilotunnus,
                defaultCountryCallingCode: settings.defaultCountryCallingCode),
            duplicates: settings.duplicates == .refuse ? .refuse : .allow,
            readDurability: settings.readDurability == .power ? .power : .process,
            responseDeadlineSeconds: settings.limits.responseDeadlineSeconds,
            scrubMilliseconds: settings.scrubMilliseconds,
            verifyFailuresPerHour: settings.verifyFailuresPerHour)
        configuration.auditRetentionDays = settings.auditRetentionDays
        configuration.witness = witness(settings)
        configuration.witnessIntervalSeconds = settings.witnessIntervalSeconds
        return configuration
    }

    private func witness(_ settings: Settings) -> (any CheckpointWitness)? {
        if let path = settings.witnessFile { return WitnessFile(path: path) }
        return settings.witnessCommand.map { WitnessCommand(arguments: $0) }
    }

    private func makeLogger(level: String) -> Logger {
        Logger(label: "aittad") { _ in
            JSONLogHandler(level: Logger.Level(rawValue: level) ?? .info)
        }
    }

    private func environmentEntries() -> [(String, String)] {
        var entries: [(String, String)] = []
        var entry = environ
        while let text = entry.pointee {
            let parts = String(cString: text).split(separator: "=", maxSplits: 1)
            if parts.count == 2 { entries.append((String(parts[0]), String(parts[1]))) }
            entry += 1
        }
        return entries
    }
}
