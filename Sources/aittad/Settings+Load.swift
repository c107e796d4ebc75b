import Configuration
import SystemPackage
import VaultServer

extension Settings {
    /// Reads the settings.
    ///
    /// - Parameters:
    ///   - file: `aitta.yaml`; nil where there is none.
    ///   - flags: Settings from the command line, by key, such as `socket.path`.
    ///   - environment: The environment; `AITTA_SOCKET_PATH` is `socket.path`.
    /// - Throws: `SettingsError` that names the key and what it takes.
    static func load(
        file: String?, flags: [String: String] = [:], environment: [String: String]
    ) async throws -> Settings {
        try await loadWithKeys(file: file, flags: flags, environment: environment).settings
    }

    /// Reads the settings, and names every key that there is.
    static func loadWithKeys(
        file: String?, flags: [String: String], environment: [String: String]
    ) async throws -> (settings: Settings, keys: Set<String>) {
        var providers: [any ConfigProvider] = [
            InMemoryProvider(
                name: "flags",
                values: Dictionary(
                    uniqueKeysWithValues: flags.map { key, value in
                        (AbsoluteConfigKey(ConfigKey(key)), ConfigValue(stringLiteral: value))
                    })),
            EnvironmentVariablesProvider(environmentVariables: environment)
                .prefixKeys(with: "aitta"),
        ]
        let document = try file.map(SettingsFile.init)
        // The library takes an empty file for a broken one.
        if let file, document?.isEmpty == false {
            providers.append(try await FileProvider<YAMLSnapshot>(filePath: FilePath(file)))
        }
        let reader = SettingsReader(ConfigReader(providers: providers))
        let settings = try Settings(reader)
        try document?.check(reader.keys)
        return (settings, Set(reader.keys.keys))
    }

    private init(_ reader: SettingsReader) throws(SettingsError) {
        state = try reader.path("state", default: state)
        catalogue = try reader.optionalPath("catalogue")
        socket = SocketFile(
            path: try reader.path("socket.path", default: socket.path),
            mode: try reader.mode("socket.mode", default: socket.mode),
            group: try reader.optionalText("socket.group"))
        try readLimits(reader)
        readDurability = try reader.choice("audit.readDurability", default: readDurability)
        try readAudit(reader)
        keyringReplicas = try reader.paths("keyring.replicas")
        ledgerReplicas = try reader.paths("ledger.replicas")
        backupDirectories = try reader.paths("backup.directories")
        reserveMegabytes = try reader.integer(
            "disk.reserveMegabytes", in: 0...1024, default: reserveMegabytes)
        acceptsArtificialHenkilotunnus = try reader.flag(
            "identifiers.acceptArtificialHenkilotunnus", default: acceptsArtificialHenkilotunnus)
        defaultCountryCallingCode = try reader.digits(
            "identifiers.defaultCountryCallingCode", count: 1...3,
            default: defaultCountryCallingCode)
        duplicates = try reader.choice("identifiers.duplicates", default: duplicates)
        requiresLockedMemory = try reader.flag(
            "memory.requireLocked", default: requiresLockedMemory)
        memoryLimitBytes = try reader.integer(
            "memory.limitBytes", in: 1 << 20...1 << 30, default: memoryLimitBytes)
        logLevel = try reader.choice(
            "log.level", of: ["debug", "info", "notice", "warning", "error", "critical"],
            default: logLevel)
        verifyFailuresPerHour = try reader.integer(
            "limits.verifyFailuresPerHour", in: 1...1000, default: verifyFailuresPerHour)
        scrubMilliseconds = try reader.integer(
            "erasure.scrubMilliseconds", in: 10...60000, default: scrubMilliseconds)
    }

    private mutating func readAudit(_ reader: SettingsReader) throws(SettingsError) {
        auditRetentionDays = try reader.integer(
            "audit.retentionDays", in: 30...36_525, default: auditRetentionDays)
        witnessFile = try reader.optionalPath("audit.witness.file")
        witnessCommand = try reader.optionalPath("audit.witness.command")?
            .split(separator: " ").map(String.init)
        witnessIntervalSeconds = try reader.integer(
            "audit.witness.intervalSeconds", in: 1...86_400, default: witnessIntervalSeconds)
        guard witnessFile == nil || witnessCommand == nil else {
            throw SettingsError(
                "audit.witness.file and audit.witness.command exclude each other",
                hint: "a command can write a file as well")
        }
    }

    private mutating func readLimits(_ reader: SettingsReader) throws(SettingsError) {
        limits.bodyBytes = try reader.integer(
            "limits.bodyBytes", in: 1024...16 << 20, default: limits.bodyBytes)
        limits.headerBytes = try reader.integer(
            "limits.headerBytes", in: 1024...64 << 10, default: limits.headerBytes)
        limits.headerFields = try reader.integer(
            "limits.headerFields", in: 16...256, default: limits.headerFields)
        limits.connections = try reader.integer(
            "limits.connections", in: 1...16384, default: limits.connections)
        limits.connectionsPerUID = try reader.integer(
            "limits.connectionsPerUid", in: 1...16384, default: limits.connectionsPerUID)
        limits.connectionsForHealth = try reader.integer(
            "limits.connectionsForHealth", in: 1...64, default: limits.connectionsForHealth)
        limits.strangerRequestsPerSecond = try reader.integer(
            "limits.strangerRequestsPerSecond", in: 1...10_000,
            default: limits.strangerRequestsPerSecond)
        limits.requestDeadlineSeconds = try reader.integer(
            "timeouts.requestSeconds", in: 1...300, default: limits.requestDeadlineSeconds)
        limits.responseDeadlineSeconds = try reader.integer(
            "timeouts.responseSeconds", in: 1...300, default: limits.responseDeadlineSeconds)
        limits.idleSeconds = try reader.integer(
            "timeouts.idleSeconds", in: 1...3600, default: limits.idleSeconds)
        limits.shutdownSeconds = try reader.integer(
            "shutdownSeconds", in: 1...300, default: limits.shutdownSeconds)
    }
}
