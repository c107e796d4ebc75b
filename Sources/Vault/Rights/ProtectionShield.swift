import Catalogue

/// What a protection leaves to one caller of a person's whereabouts: fields of type `address` or
/// `phone`, in the views that the operation `protected` of their grants allows.
struct ProtectionShield: Sendable {
    private let catalogue: Catalogue
    private let views: [String: View]

    init(scope: Scope, catalogue: Catalogue) {
        self.catalogue = catalogue
        views = scope.fields(for: .protected)
    }

    /// The best view of a field under protection; `nil`: none.
    func limit(of field: String, to view: View) -> View? {
        guard covers(field) else { return view }
        return views[field].map { min($0, view) }
    }

    /// Whether the field may be used to find, compare or recognise a protected person.
    func allowsMatching(_ field: String) -> Bool {
        limit(of: field, to: .plain) == .plain
    }

    private func covers(_ field: String) -> Bool {
        catalogue.field(named: field)?.type.tellsWhereabouts ?? false
    }
}

extension RecordVault {
    /// What keeps a record's whereabouts from a caller now; `nil`: nothing does.
    func shield(
        of record: borrowing OpenRecord, against scope: Scope
    ) -> ProtectionShield? {
        guard record.isProtected(atSeconds: clock.nowSeconds) else { return nil }
        return ProtectionShield(scope: scope, catalogue: configuration.catalogue)
    }

    /// Whether a caller may find, compare or recognise the record by a field.
    func allowsMatching(
        _ record: borrowing OpenRecord, by field: String, scope: Scope
    ) -> Bool {
        shield(of: record, against: scope)?.allowsMatching(field) ?? true
    }
}
