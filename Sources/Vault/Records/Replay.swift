import KeyManagement
import Storage

/// A request with an idempotency key: where its outcome is kept, and which body it had.
struct Replay: Sendable {
    private static let lifetimeSeconds: Int64 = 24 * 3600

    let address: [UInt8]
    let digest: [UInt8]
    private let vaultBox: VaultBox

    init(
        _ caller: Caller, route: String, key: String, body: [UInt8], vault: RecordVault
    ) throws(VaultError) {
        do throws(KeyError) {
            vaultBox = vault.vaultBox
            address = try vaultBox.replays.address(
                uid: caller.uid, token: caller.token?.id ?? "", route: route, idempotencyKey: key)
            digest = try vaultBox.replays.digest(of: body)
        } catch {
            throw VaultError(.notReady, detail: error.description)
        }
    }

    /// The row that remembers which ids the request's records have.
    func row(for ids: [RecordID?], vault: RecordVault) throws(VaultError) -> StoredReplay {
        var outcome: [UInt8] = []
        outcome.reserveCapacity(ids.count * 17)
        for id in ids {
            outcome.append(id == nil ? 0 : 1)
            outcome += id?.bytes ?? []
        }
        do throws(KeyError) {
            return try vaultBox.replays.seal(
                digest: digest, outcome: outcome, address: address,
                expiresAtSeconds: vault.clock.nowSeconds + Self.lifetimeSeconds)
        } catch {
            throw VaultError(.notReady, detail: error.description)
        }
    }

    /// The ids that an earlier request with the same key got.
    ///
    /// - Throws: ``VaultError/Code/idempotencyMismatch`` when its body was another.
    func ids(in row: StoredReplay, vault: RecordVault) throws(VaultError) -> [RecordID?] {
        let content: (digest: [UInt8], outcome: [UInt8])
        do throws(KeyError) {
            content = try vaultBox.replays.open(row)
        } catch {
            throw VaultError(.damaged, detail: error.description)
        }
        guard content.digest == digest else { throw VaultError(.idempotencyMismatch) }
        var ids: [RecordID?] = []
        var rest = content.outcome[...]
        while let mark = rest.popFirst() {
            if mark == 0 {
                ids.append(nil)
            } else {
                ids.append(RecordID(bytes: rest.prefix(16)))
                rest = rest.dropFirst(16)
            }
        }
        return ids
    }
}

extension RecordVault {
    /// The ids of an earlier request with the same key; `nil` if there was none in 24 hours.
    func earlierIDs(_ replay: Replay) async throws(VaultError) -> [RecordID?]? {
        let row = try await stored { () throws(StoreError) in
            try await store.replay(replay.address)
        }
        guard let row, row.expiresAtSeconds >= clock.nowSeconds else { return nil }
        return try replay.ids(in: row, vault: self)
    }

    /// What an earlier creation with the same key answered.
    ///
    /// - Throws: ``VaultError/Code/erased`` when its record was erased since.
    func repeated(_ replay: Replay) async throws(VaultError) -> WrittenRecord? {
        guard let ids = try await earlierIDs(replay), let id = ids.first ?? nil else { return nil }
        _ = try await live(id)
        return WrittenRecord(id: id, version: 1)
    }
}
