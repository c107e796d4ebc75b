/// Room in a budget for one operation that destroys keys: given back unless the operation did.
struct ErasureReservation: ~Copyable {
    private let budgets: AccessBudgets?
    private let principal: BudgetPrincipal
    private var counts = false

    /// - Parameter budgets: Where it was reserved; `nil`: nothing bounds it.
    init(_ budgets: AccessBudgets?, _ principal: BudgetPrincipal) {
        self.budgets = budgets
        self.principal = principal
    }

    deinit { budgets?.endErasure(by: principal, counts: counts) }

    /// Keys were destroyed.
    consuming func count() {
        var counted = self
        counted.counts = true
    }
}
