import ArgumentParser
import Vault

/// `PRINCIPAL=ROLE[,records-per-hour=N][,searches-per-hour=N][,erasures-per-hour=N]` on the command line.
struct GrantArgument: ExpressibleByArgument {
    let principal: Principal
    let role: String
    let budgets: Budgets

    init(principal: Principal, role: String, budgets: Budgets = Budgets()) {
        self.principal = principal
        self.role = role
        self.budgets = budgets
    }

    init?(argument: String) {
        let parts = argument.split(separator: ",").map { part in
            part.split(separator: "=", maxSplits: 1).map(String.init)
        }
        guard let binding = parts.first, binding.count == 2,
            let principal = Principal(resolving: binding[0]),
            let role = Role.shipped(named: binding[1]),
            let budgets = Self.budgets(parts.dropFirst()),
            role.kind == .data || budgets == Budgets()
        else { return nil }
        if case .token = principal { return nil }
        self.init(principal: principal, role: binding[1], budgets: budgets)
    }

    private static let budgetNames = [
        "records-per-hour", "searches-per-hour", "erasures-per-hour",
    ]

    private static func budgets(_ parts: ArraySlice<[String]>) -> Budgets? {
        var limits: [String: Budgets.Limit] = [:]
        for part in parts {
            guard part.count == 2, budgetNames.contains(part[0]),
                limits[part[0]] == nil, let limit = Budgets.Limit(text: part[1])
            else { return nil }
            limits[part[0]] = limit
        }
        return Budgets(
            recordsPerHour: limits["records-per-hour"],
            searchesPerHour: limits["searches-per-hour"],
            erasuresPerHour: limits["erasures-per-hour"])
    }
}
