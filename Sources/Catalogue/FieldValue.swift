/// A field's value, valid and normalised.
public struct FieldValue: Sendable, Equatable {
    /// The value as one compact JSON value: what a plain read returns.
    public let json: [UInt8]
    /// What the value is found by; empty for fields that are not searchable.
    public let indexValues: [IndexValue]
}

/// One thing that a record is found by. It is personal data: keep it no longer than it takes to
/// derive a token from it.
public struct IndexValue: Sendable, Hashable {
    /// The search key: `name`, `name.family`, `name.familyGiven`, `henkilotunnus`, `billing.iban`, …
    public let key: String
    /// The normalised value; equal values have equal bytes.
    public let normalised: [UInt8]

    init(key: String, _ text: String) {
        self.key = key
        normalised = Array(text.utf8)
    }
}
