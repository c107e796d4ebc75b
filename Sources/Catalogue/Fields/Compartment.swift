/// A part of a record with a key of its own, which can be erased alone.
public struct Compartment: Sendable, Equatable {
    /// The name, such as `contact`.
    public let name: String
    /// What lies in it, for reports.
    public let description: String
}
