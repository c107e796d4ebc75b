import Cryptography
public import Storage

/// The keys of what belongs to no record and no person (docs/FORMAT.md, "Sealed state").
public final class VaultBox: Sendable {
    /// The name of the state that it is kept as.
    public static let stateName = "vault-box"
    /// What it has keys for.
    public enum Label: String, Sendable, CaseIterable {
        case policy
        case idempotency
        case configuration
    }

    private static let format: UInt8 = 1
    private let vault: VaultID
    private let deks: [Label: StateKey]
    /// Keeps what was answered to requests with an idempotency key.
    public let replays: ReplayKeys

    private init(vault: VaultID, deks: [Label: StateKey]) throws(CryptographyError) {
        guard let idempotency = deks[.idempotency] else { throw .malformedText }
        self.vault = vault
        self.deks = deks
        replays = try ReplayKeys(from: idempotency.bytes, vault: vault)
    }

    /// A new box, every key of it random, and its stored form.
    public static func make(
        keyring: Keyring, version: UInt64 = 1
    ) throws(KeyError) -> (box: VaultBox, stored: StoredState) {
        do throws(CryptographyError) {
            var writer = try SecretWriter(capacity: 1024)
            try writer.integer(format)
            try writer.integer(UInt8(Label.allCases.count))
            for label in Label.allCases {
                try writer.shortText(label.rawValue)
                try writer.integer(SecureRandom.uint64())
                try writer.random(AEAD.keyCount)
            }
            var secret = try writer.finish()
            let box = try VaultBox(decoding: secret, vault: keyring.vault)
            try Padding.keyBoxes.pad(&secret)
            var sealed: [UInt8] = []
            withUnsafeBytes(of: keyring.kek.epoch.littleEndian) { sealed.append(contentsOf: $0) }
            sealed += try keyring.kek.seal(
                secret,
                associatedData: associatedData(
                    version: version, epoch: keyring.kek.epoch, vault: keyring.vault))
            return (box, StoredState(name: stateName, version: version, sealed: sealed))
        } catch {
            throw KeyError(error, at: stateName)
        }
    }

    /// The epoch of the KEK that a stored box is sealed under; `nil` for what is none.
    public static func epoch(of stored: StoredState) -> UInt64? {
        guard stored.sealed.count > 8 else { return nil }
        return stored.sealed.withUnsafeBytes {
            UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self))
        }
    }

    /// Opens a stored box with the KEK of its epoch.
    public static func open(
        _ stored: StoredState, keyring: Keyring
    ) throws(KeyError) -> VaultBox {
        guard let epoch = epoch(of: stored) else { throw KeyError(.stateDamaged, at: stateName) }
        guard let kek = keyring.kek(ofEpoch: epoch) else {
            throw KeyError(
                .stateDamaged, at: stateName, hint: "the keyring has no key of epoch \(epoch)")
        }
        do throws(CryptographyError) {
            var secret = try kek.open(
                Array(stored.sealed[8...]),
                associatedData: associatedData(
                    version: stored.version, epoch: epoch, vault: keyring.vault))
            try Padding.keyBoxes.unpad(&secret)
            return try VaultBox(decoding: secret, vault: keyring.vault)
        } catch {
            throw KeyError(.stateDamaged, at: stateName)
        }
    }

    /// Seals a document of a label.
    public func seal(
        _ document: [UInt8], name: String, label: Label, version: UInt64
    ) throws(KeyError) -> StoredState {
        do throws(CryptographyError) {
            var padded = document
            defer { Wiping.wipe(&padded) }
            try Padding.keyBoxes.pad(&padded)
            let sealed = try AEAD.seal(
                padded, associatedData: stateData(name: name, version: version),
                key: key(of: label).bytes)
            return StoredState(name: name, version: version, sealed: sealed)
        } catch {
            throw KeyError(error, at: name)
        }
    }

    /// Opens a document.
    ///
    /// - Throws: ``KeyError/Code/stateDamaged`` when it was altered, renamed or is of another version.
    public func open(_ stored: StoredState, label: Label) throws(KeyError) -> [UInt8] {
        do throws(CryptographyError) {
            var document = try AEAD.open(
                stored.sealed,
                associatedData: stateData(
                    name: stored.name, version: stored.version),
                key: key(of: label).bytes)
            try Padding.keyBoxes.unpad(&document)
            return document
        } catch {
            throw KeyError(.stateDamaged, at: stored.name)
        }
    }

    private func key(of label: Label) throws(CryptographyError) -> StateKey {
        guard let key = deks[label] else { throw .malformedText }
        return key
    }

    private func stateData(name: String, version: UInt64) -> AssociatedData {
        var data = AssociatedData()
        data.append("aitta.state.v1")
        data.append(vault.bytes)
        data.append(name)
        data.append(version)
        return data
    }

    private static func associatedData(
        version: UInt64, epoch: UInt64, vault: VaultID
    ) -> AssociatedData {
        var data = AssociatedData()
        data.append("aitta.vaultbox.v1")
        data.append(vault.bytes)
        data.append(version)
        data.append(epoch)
        return data
    }

    private convenience init(
        decoding secret: borrowing SecretBytes, vault: VaultID
    ) throws(CryptographyError) {
        var reader = SecretReader()
        guard try reader.integer(UInt8.self, from: secret) == Self.format else {
            throw .malformedText
        }
        var deks: [Label: StateKey] = [:]
        for _ in 0..<(try reader.integer(UInt8.self, from: secret)) {
            let name = try reader.shortText(from: secret)
            _ = try reader.integer(UInt64.self, from: secret)
            let key = StateKey(bytes: try reader.secret(AEAD.keyCount, from: secret))
            guard let label = Label(rawValue: name) else { throw .malformedText }
            deks[label] = key
        }
        guard deks.count == Label.allCases.count else { throw .malformedText }
        try reader.expectEnd(of: secret)
        try self.init(vault: vault, deks: deks)
    }
}

/// The DEK of one label of the vault-level box.
final class StateKey: Sendable {
    let bytes: SecretBytes

    init(bytes: consuming SecretBytes) {
        self.bytes = bytes
    }
}
