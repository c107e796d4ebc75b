import Catalogue

/// Which fields of a record a caller gets, and in which view.
struct FieldPlan: Sendable {
    struct Item: Sendable {
        let field: FieldDefinition
        let view: View
    }

    let items: [Item]

    /// - Throws: ``VaultError/Code/unknownField`` or ``VaultError/Code/notGranted`` for a field that
    ///   is named and can't be had.
    init(
        _ selection: FieldSelection, scope: Scope, catalogue: Catalogue
    ) throws(VaultError) {
        guard let names = selection.fields else {
            items = catalogue.fields.compactMap { field in
                guard let granted = scope.view(of: field.name, for: .read),
                    let view = Self.view(wanted: selection.view, granted: granted)
                else { return nil }
                return Item(field: field, view: view)
            }
            return
        }
        var items: [Item] = []
        for name in names {
            guard let field = catalogue.field(named: name) else {
                throw VaultError(.unknownField, pointer: "/fields", .unknownField)
            }
            guard let granted = scope.view(of: name, for: .read),
                let view = Self.view(wanted: selection.view, granted: granted)
            else {
                var error = VaultError(.notGranted)
                error.field = name
                throw error
            }
            if !items.contains(where: { $0.field.name == name }) {
                items.append(Item(field: field, view: view))
            }
        }
        self.items = items
    }

    /// The view to show: never more than granted; `nil` if more is wanted.
    private static func view(wanted: View?, granted: View) -> View? {
        guard let wanted else { return granted }
        return wanted <= granted ? wanted : nil
    }
}
