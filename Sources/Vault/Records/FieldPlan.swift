import Catalogue

/// Which fields of a record a caller gets, and in which view.
struct FieldPlan: Sendable {
    private let views: [String: View]

    /// All that a scope lets read, in the best view.
    init(scope: [String: View]) {
        views = scope
    }

    /// - Throws: ``VaultError/Code/unknownField`` or ``VaultError/Code/notGranted`` for a field that
    ///   is named and can't be had.
    init(
        _ selection: FieldSelection, scope: Scope, catalogue: Catalogue
    ) throws(VaultError) {
        guard let names = selection.fields else {
            guard let wanted = selection.view else {
                self = scope.readPlan
                return
            }
            views = scope.fields(for: .read).compactMapValues { granted in
                Self.view(wanted: wanted, granted: granted)
            }
            return
        }
        var views: [String: View] = [:]
        for name in names {
            guard catalogue.field(named: name) != nil else {
                throw VaultError(.unknownField, pointer: "/fields", .unknownField)
            }
            guard let granted = scope.view(of: name, for: .read),
                let view = Self.view(wanted: selection.view, granted: granted)
            else {
                var error = VaultError(.notGranted)
                error.field = name
                throw error
            }
            views[name] = view
        }
        self.views = views
    }

    /// The names of all planned fields, in order.
    var fields: [String] { views.keys.sorted() }

    /// How a field is shown; `nil`: not at all.
    func view(of field: String) -> View? { views[field] }

    /// The view to show: never more than granted; `nil` if more is wanted.
    private static func view(wanted: View?, granted: View) -> View? {
        guard let wanted else { return granted }
        return wanted <= granted ? wanted : nil
    }
}
