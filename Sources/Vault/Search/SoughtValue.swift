import KeyManagement
import Storage

/// A value as it is looked for: in the one index, or in both while a deep rotation takes records from one to
/// the other.
struct SoughtValue: Sendable {
    struct Place: Sendable {
        let value: KeyManagement.IndexValue
        let chain: IndexChain
    }

    /// The old index first: a record that moves in between is found in the new one.
    let places: [Place]

    init(key: String, normalised: [UInt8], keyring: Keyring) throws(KeyError) {
        var places: [Place] = []
        for index in keyring.searchedIndexes {
            let value = try index.secret.value(key: key, normalised: normalised)
            places.append(Place(value: value, chain: index.chain(of: value)))
        }
        self.places = places
    }

    /// Whether a record has the value: a tag alone may be another's by collision.
    func isHeld(by box: borrowing KeyBox) -> Bool {
        for place in places where box.contains(place.value) { return true }
        return false
    }
}
