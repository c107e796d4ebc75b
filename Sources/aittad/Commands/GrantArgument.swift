import ArgumentParser
import Vault

/// `PRINCIPAL=ROLE` on the command line.
struct GrantArgument: ExpressibleByArgument {
    let principal: Principal
    let role: String

    init(principal: Principal, role: String) {
        self.principal = principal
        self.role = role
    }

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, let principal = Principal(resolving: String(parts[0])),
            Role.shipped(named: String(parts[1])) != nil
        else { return nil }
        self.init(principal: principal, role: String(parts[1]))
    }
}
