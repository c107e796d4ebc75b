import Catalogue
public import StrictJSON

/// What a change of a role opens and closes, field by field: to be seen before it is made.
public struct RoleDifference: Sendable, Equatable {
    /// One thing that a role allows.
    struct Allowance: Hashable, Comparable {
        let operation: String
        let purpose: String
        let field: String
        let view: String

        static func < (left: Allowance, right: Allowance) -> Bool {
            (left.operation, left.purpose, left.field, left.view)
                < (right.operation, right.purpose, right.field, right.view)
        }
    }

    /// What is allowed only afterwards.
    let opens: [Allowance]
    /// What is allowed only before.
    let closes: [Allowance]
    /// The principals that hold the role, now or later: whom it concerns.
    let principals: [String]
    /// The budgets before and after, where they differ.
    let budgets: BudgetChange?

    /// Budgets before and after.
    struct BudgetChange: Equatable {
        let before: Budgets
        let after: Budgets
    }

    init(from old: Role?, to new: Role?, catalogue: Catalogue, grants: [Grant]) {
        let before = old.map { Self.allowances(of: $0, catalogue) } ?? []
        let after = new.map { Self.allowances(of: $0, catalogue) } ?? []
        opens = after.subtracting(before).sorted()
        closes = before.subtracting(after).sorted()
        let name = (new ?? old)?.name
        let (former, next) = (old?.budgets ?? Budgets(), new?.budgets ?? Budgets())
        budgets = former == next ? nil : BudgetChange(before: former, after: next)
        principals = Set(grants.filter { $0.role == name }.map(\.principal.text)).sorted()
    }

    /// The difference as the interface shows it.
    public var json: JSONValue {
        var members = [
            JSONMember("opens", .array(opens.map(\.json))),
            JSONMember("closes", .array(closes.map(\.json))),
            JSONMember("principals", .array(principals.map(JSONValue.string))),
        ]
        if let budgets {
            members.append(
                JSONMember(
                    "budgets",
                    .object([
                        JSONMember("before", budgets.before.json),
                        JSONMember("after", budgets.after.json),
                    ])))
        }
        return .object(members)
    }

    /// Each operation, purpose and field in the best view that any permission gives: what the role's
    /// holder gets, not how it is written down.
    private static func allowances(of role: Role, _ catalogue: Catalogue) -> Set<Allowance> {
        var allowances: Set<Allowance> = []
        for purpose in [nil] + catalogue.purposes.map(\.name) {
            let scope = Scope(
                roles: [role], purpose: purpose, catalogue: catalogue, validUntilSeconds: nil)
            for operation in OperationKind.allCases
            where operation.concernsPersonalData == (purpose != nil) && scope.allows(operation) {
                let fields = operation.concernsFields ? scope.fields(for: operation) : ["": .plain]
                for (field, view) in fields {
                    allowances.insert(
                        Allowance(
                            operation: operation.rawValue, purpose: purpose ?? "", field: field,
                            view: field.isEmpty ? "" : view.rawValue))
                }
            }
        }
        return allowances
    }
}

extension RoleDifference.Allowance {
    fileprivate var json: JSONValue {
        var members = [JSONMember("operation", .string(operation))]
        for (name, value) in [("purpose", purpose), ("field", field), ("view", view)]
        where !value.isEmpty {
            members.append(JSONMember(name, .string(value)))
        }
        return .object(members)
    }
}
