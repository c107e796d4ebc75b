/// How much a caller may see and destroy in an hour, all grants together.
struct BudgetLimits: Equatable, Sendable {
    private(set) var records: Budgets.Limit
    private(set) var searches: Budgets.Limit
    private(set) var erasures: Budgets.Limit

    private init(_ limit: Budgets.Limit) {
        records = limit
        searches = limit
        erasures = limit
    }

    /// Nothing.
    static let none = BudgetLimits(.count(0))
    /// For what nothing bounds.
    static let unlimited = BudgetLimits(.unlimited)

    /// Where budgets give more, so much.
    mutating func raise(to budgets: Budgets) {
        records = max(records, budgets.recordsPerHour ?? records)
        searches = max(searches, budgets.searchesPerHour ?? searches)
        erasures = max(erasures, budgets.erasuresPerHour ?? erasures)
    }
}
