import ArgumentParser
import Catalogue
import Glibc
import KeyManagement
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
        let registry = PrometheusRegistry()
        var configuration = try configuration(settings)
        configuration.metrics = VaultMetrics(factory: registry)
        configuration.reserve = ReserveFile(
            directory: locked.directory.path, megabytes: settings.reserveMegabytes)
        setBackups(settings, locked, &configuration)
        let opening = VaultOpening(
            locked, configuration: configuration,
            replicas: settings.keyringReplicas.map { KeyringDirectory(path: $0) },
            ledgerReplicas: settings.ledgerReplicas, logger: logger)
        let server = try await server(of: opening, settings, registry, logger)
        #if BENCHMARK_WITHOUT_LOG
            logger.critical("a benchmark's build: reads leave no audit entry")
        #endif
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    // A vault that can't be opened is answered before the daemon ends.
                    .init(
                        service: VaultUpkeep(opening: opening, logger: logger),
                        failureTerminationBehavior: .gracefullyShutdownGroup),
                    .init(service: server),
                ], gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger))
        do {
            try await group.run()
        } catch {
            await opening.shutDown()
            throw error
        }
        await opening.shutDown()
        withExtendedLifetime(locked.directory) {}
        logger.notice("stopped")
    }

    /// The server of the vault, opened, or of one that waits for its passphrase.
    private func server(
        of opening: VaultOpening, _ settings: Settings, _ registry: PrometheusRegistry,
        _ logger: Logger
    ) async throws -> VaultServer {
        guard let vault = try await opening.open() else {
            return VaultServer(
                unsealing: opening, socket: settings.socket, limits: settings.limits,
                logger: logger, metrics: registry
            ) {
                logger.notice(
                    "sealed: waits for `aitta unseal`",
                    metadata: ["socket": "\(settings.socket.path)"])
            }
        }
        return VaultServer(
            vault: vault, socket: settings.socket, limits: settings.limits, logger: logger,
            metrics: registry
        ) {
            logger.notice("ready", metadata: ["socket": "\(settings.socket.path)"])
        }
    }

    private func settings() async throws -> Settings {
        var flags: [String: String] = [:]
        if let state { flags["state"] = try absolute(state) }
        if let socket { flags["socket.path"] = try absolute(socket) }
        let environment = Dictionary(
            uniqueKeysWithValues: environmentEntries().filter { $0.0.hasPrefix("AITTA_") })
        return try await Settings.load(
            file: config ?? Settings.defaultFile, flags: flags, environment: environment)
    }

    private func configuration(_ settings: Settings) throws -> VaultConfiguration {
        let catalogue = try Catalogue.load(named: settings.catalogue)
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

    private func setBackups(
        _ settings: Settings, _ locked: LockedState, _ configuration: inout VaultConfiguration
    ) {
        let forbidden = [locked.directory.path, locked.keys.path]
        let directory: @Sendable (String) -> any BackupDestination = {
            BackupDirectory(path: $0, outside: forbidden)
        }
        configuration.backupDirectory = directory
        configuration.backupDestinations = settings.backupDirectories.map(directory)
        configuration.drillGround = DrillDirectory(
            state: locked.directory.path, keys: locked.keys)
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
