/// What the reserved compartment of a record holds beside its data: state that decides who may reach it
/// (docs/FORMAT.md, "Rights"). No name of the catalogue begins with `@`, so none meets these.
enum RightsField: String, Sendable, CaseIterable {
    case consents = "@consents"
    case objections = "@objections"
    case restriction = "@restriction"
    case protection = "@protection"
    case holds = "@holds"
    /// An erasure that waits for holds to end.
    case erasure = "@erasure"

    /// The compartment's label in the key box.
    static let label = "@rights"

    /// The name by which the audit log knows it.
    var logName: String { String(rawValue.dropFirst()) }
}
