import Storage
import Testing

@testable import KeyManagement

@Suite struct VaultBoxTests {
    @Test func boxAndDocumentsOpenAgain() throws {
        let fixture = try KeyFixture()
        let (box, stored) = try VaultBox.make(keyring: fixture.keyring)
        let sealed = try box.seal([1, 2, 3], name: "policy", label: .policy, version: 4)
        let opened = try VaultBox.open(stored, keyring: fixture.keyring)
        #expect(try opened.open(sealed, label: .policy) == [1, 2, 3])
    }

    @Test func everyFlippedBitOfTheBoxIsRefused() throws {
        let fixture = try KeyFixture()
        let stored = try VaultBox.make(keyring: fixture.keyring).stored
        for (offset, flipped) in bitFlips(stored.sealed) {
            let damaged = StoredState(name: stored.name, version: stored.version, sealed: flipped)
            let code = keyErrorCode { _ = try VaultBox.open(damaged, keyring: fixture.keyring) }
            #expect(code == .stateDamaged, "byte \(offset)")
        }
        let next = StoredState(name: stored.name, version: 2, sealed: stored.sealed)
        #expect(
            keyErrorCode { _ = try VaultBox.open(next, keyring: fixture.keyring) } == .stateDamaged)
        let other = try KeyFixture()
        #expect(
            keyErrorCode { _ = try VaultBox.open(stored, keyring: other.keyring) } == .stateDamaged)
    }

    @Test func documentsAreBoundToNameVersionAndLabel() throws {
        let fixture = try KeyFixture()
        let (box, _) = try VaultBox.make(keyring: fixture.keyring)
        let sealed = try box.seal([9], name: "policy", label: .policy, version: 1)
        func code(_ state: StoredState, _ label: VaultBox.Label) -> KeyError.Code? {
            keyErrorCode { _ = try box.open(state, label: label) }
        }
        for (offset, flipped) in bitFlips(sealed.sealed) {
            let damaged = StoredState(name: "policy", version: 1, sealed: flipped)
            #expect(code(damaged, .policy) == .stateDamaged, "byte \(offset)")
        }
        #expect(
            code(StoredState(name: "policy", version: 2, sealed: sealed.sealed), .policy)
                == .stateDamaged)
        #expect(
            code(StoredState(name: "configuration", version: 1, sealed: sealed.sealed), .policy)
                == .stateDamaged)
        #expect(code(sealed, .configuration) == .stateDamaged)
        #expect(code(sealed, .policy) == nil)
    }

    @Test func everyFlippedBitOfAReplayIsRefused() throws {
        let fixture = try KeyFixture()
        let replays = try VaultBox.make(keyring: fixture.keyring).box.replays
        let address = try replays.address(uid: 1, token: "", route: "create", idempotencyKey: "k")
        let digest = try replays.digest(of: [1])
        let row = try replays.seal(
            digest: digest, outcome: [1, 2], address: address, expiresAtSeconds: 5)
        let content = try replays.open(row)
        #expect(content.digest == digest && content.outcome == [1, 2])
        for (offset, flipped) in bitFlips(row.sealed) {
            let damaged = StoredReplay(key: row.key, expiresAtSeconds: 5, sealed: flipped)
            #expect(keyErrorCode { _ = try replays.open(damaged) } == .stateDamaged, "\(offset)")
        }
        for (offset, flipped) in bitFlips(row.key) {
            let moved = StoredReplay(key: flipped, expiresAtSeconds: 5, sealed: row.sealed)
            #expect(keyErrorCode { _ = try replays.open(moved) } == .stateDamaged, "\(offset)")
        }
    }

    @Test func addressesDifferByCallerRouteAndKey() throws {
        let fixture = try KeyFixture()
        let replays = try VaultBox.make(keyring: fixture.keyring).box.replays
        let addresses = try [
            replays.address(uid: 1, token: "", route: "create", idempotencyKey: "k"),
            replays.address(uid: 2, token: "", route: "create", idempotencyKey: "k"),
            replays.address(uid: 1, token: "", route: "batch", idempotencyKey: "k"),
            replays.address(uid: 1, token: "", route: "create", idempotencyKey: "l"),
            replays.address(uid: 1, token: "", route: "createk", idempotencyKey: ""),
        ]
        #expect(Set(addresses).count == addresses.count)
        #expect(
            try replays.address(uid: 1, token: "", route: "create", idempotencyKey: "k")
                == addresses[0])
    }
}
