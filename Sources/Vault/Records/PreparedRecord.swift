import Catalogue
import KeyManagement
import Storage

/// A record sealed and ready to be committed, with what its uniqueness depends on.
struct PreparedRecord: Sendable {
    /// A value that no other record may have.
    struct Unique: Sendable {
        let field: String
        let value: SoughtValue
    }

    let stored: StoredRecord
    let keys: KeyUse
    let fields: [String]
    let uniques: [Unique]
    var writes: [Write]
    /// Expectations that come before those of uniqueness.
    var expectations: [Expectation]

    /// The mutation, given records that stand in a unique chain by collision of tags alone.
    func mutation(
        ignoring: [[RecordID]], audit: AuditRecord, milliseconds: Int64, duplicates: Bool
    ) -> Mutation {
        var expectations = expectations
        if !duplicates {
            for (unique, ignored) in zip(uniques, ignoring) {
                for place in unique.value.places {
                    expectations.append(.vacant(place.chain, ignoring: ignored))
                }
            }
        }
        var audit = audit
        audit.digest = stored.digest
        return Mutation(
            expectations: expectations, writes: writes,
            audit: [audit.leaf(milliseconds: milliseconds)])
    }

    /// The unique field that the expectation at a place is about.
    func unique(ofExpectation place: Int) -> Int? {
        guard place >= expectations.count else { return nil }
        var end = expectations.count
        return uniques.firstIndex { unique in
            end += unique.value.places.count
            return place < end
        }
    }
}
