/// What a record is about.
public enum RecordKind: String, Sendable, CaseIterable {
    /// A private customer, a sole trader's person included.
    case person
    /// A company or another organisation.
    case company
    /// A company's contact person.
    case contact
}
