import Catalogue
import KeyManagement
import Storage
import StrictJSON

/// Which fields and compartments the vault has been opened with: a catalogue that lost one is refused.
enum ConfigurationState {
    static let name = "configuration"

    static func seal(
        _ catalogue: Catalogue, version: UInt64, vaultBox: VaultBox
    ) throws(KeyError) -> StoredState {
        try vaultBox.seal(
            document(of: catalogue, adding: []).encoded(), name: name, label: .configuration,
            version: version)
    }

    /// Refuses a catalogue that lacks a known field or moved it; notes what it has beyond.
    static func check(
        _ catalogue: Catalogue, in store: any VaultStore, vaultBox: VaultBox
    ) async throws {
        guard let stored = try await store.state(name) else {
            throw OpeningError(.vaultBoxMissing)
        }
        let known = try JSONParser.parse(vaultBox.open(stored, label: .configuration))
        for field in known["fields"]?.members ?? [] {
            guard catalogue.field(named: field.name)?.compartment == field.value.text else {
                throw OpeningError(.catalogueNarrowed, at: field.name)
            }
        }
        let next = document(of: catalogue, adding: known["fields"]?.members ?? [])
        guard next != known else { return }
        let sealed = try vaultBox.seal(
            next.encoded(), name: name, label: .configuration, version: stored.version + 1)
        _ = try await store.commit(
            [
                Mutation(
                    expectations: [.stateVersion(name: name, stored.version)],
                    writes: [.putState(sealed)])
            ], durability: .power
        ) { _ throws(StoreError) in }
    }

    private static func document(
        of catalogue: Catalogue, adding known: [JSONMember]
    ) -> JSONValue {
        let fields = catalogue.fields.map { JSONMember($0.name, .string($0.compartment)) }
        let others = known.filter { member in !fields.contains { $0.name == member.name } }
        return .object([
            JSONMember("catalogue", .number(String(catalogue.version))),
            JSONMember("fields", .object(fields + others)),
        ])
    }
}
