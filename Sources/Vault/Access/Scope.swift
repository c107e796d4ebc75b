import Catalogue

/// What one caller may do for one purpose: for each operation, which field in which view.
final class Scope: Sendable {
    private let views: [OperationKind: [String: View]]
    private let operations: Set<OperationKind>
    /// Whether the caller holds any role.
    let hasRoles: Bool
    /// What a read shows where nothing is selected.
    let readPlan: FieldPlan
    /// Until when it holds, in Unix seconds.
    let validUntilSeconds: Int64?
    /// How many distinct records may be touched in an hour.
    let recordsPerHour: Budgets.Limit
    /// How many searches there may be in an hour.
    let searchesPerHour: Budgets.Limit
    /// How many operations that destroy keys there may be in an hour.
    let erasuresPerHour: Budgets.Limit
    /// For whom they are counted.
    let budgetPrincipal: BudgetPrincipal

    init(
        roles: [Role], purpose: String?, catalogue: Catalogue, validUntilSeconds: Int64?,
        budgetPrincipal: BudgetPrincipal = .unnamed,
        limits: BudgetLimits = .unlimited
    ) {
        self.budgetPrincipal = budgetPrincipal
        recordsPerHour = limits.records
        searchesPerHour = limits.searches
        erasuresPerHour = limits.erasures
        hasRoles = !roles.isEmpty
        var views: [OperationKind: [String: View]] = [:]
        var operations: Set<OperationKind> = []
        for permission in roles.flatMap(\.permissions) {
            for operation in permission.operations {
                if operation.concernsPersonalData {
                    guard let purpose, permission.purposes.contains(purpose) else { continue }
                }
                operations.insert(operation)
                for field in catalogue.fields
                where permission.fields.includes(
                    field: field.name, compartment: field.compartment)
                {
                    let known = views[operation]?[field.name]
                    views[operation, default: [:]][field.name] = max(
                        known ?? permission.view, permission.view)
                }
            }
        }
        self.views = views
        readPlan = FieldPlan(scope: views[.read] ?? [:])
        self.operations = operations
        self.validUntilSeconds = validUntilSeconds
    }

    func allows(_ operation: OperationKind) -> Bool {
        operations.contains(operation)
    }

    func view(of field: String, for operation: OperationKind) -> View? {
        views[operation]?[field]
    }

    func fields(for operation: OperationKind) -> [String: View] {
        views[operation] ?? [:]
    }
}
