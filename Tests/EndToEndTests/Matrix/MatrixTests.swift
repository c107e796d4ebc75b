import Foundation
import StrictJSON
import Testing

extension EndToEnd {
    /// Who may what, every case of it, through the socket, held against the role tables.
    ///
    /// Principals × operations × fields × views × purposes × states of records. A new kind of
    /// principal goes into ``MatrixPrincipal``, a state into ``MatrixRecord``, an operation into
    /// ``MatrixCell``; the oracle says what follows.
    @Suite(.needsRoot) struct MatrixTests {
        private struct Answered {
            let principal: MatrixPrincipal
            let cells: [MatrixCell]
            /// What each cell was answered, as the oracle would say it.
            let outcomes: [String]

            func mismatches(_ oracle: MatrixOracle) -> some Sequence<String> {
                zip(cells, outcomes).lazy.compactMap { cell, got in
                    let expected = oracle.outcome(of: cell, for: principal)
                    guard got != expected else { return nil }
                    return "\(principal.name): \(cell)\n  expected \(expected)\n  got      \(got)"
                }
            }
        }

        @Test func everyCellIsAsTheRolesSay() throws {
            let vault = try TestVault(
                grants: MatrixLoader.grants,
                settings: TestVault.manyStrangers + "\n  verifyFailuresPerHour: 1000")
            try vault.start()
            let tokens = try MatrixGrants(vault: vault).make()
            let table = try table(of: vault)
            let answered = try answered(by: vault, tokens)
            var count = 0
            for answered in answered {
                count += answered.cells.count
                let mismatches: [String] = Array(
                    answered.mismatches(MatrixOracle(table: table)))
                for mismatch in mismatches.prefix(10) { Issue.record(Comment(rawValue: mismatch)) }
                #expect(mismatches.isEmpty, "\(mismatches.count) of \(answered.principal.name)")
            }
            print("\(count) cells of \(answered.count) principals")
            try expectThatEachPermissionShows(table, answered)
        }

        /// The control: with any permission taken away, or with all purposes, what was answered
        /// is no longer as the roles say.
        private func expectThatEachPermissionShows(
            _ table: RoleTable, _ answered: [Answered]
        ) throws {
            for (name, role) in table.roles where !name.hasPrefix("matrix-") {
                let holders = answered.filter { $0.principal.roles.contains(name) }
                try #require(!holders.isEmpty, "nobody holds \(name)")
                func isNoticed(_ altered: RoleTable) -> Bool {
                    holders.contains { holder in
                        holder.mismatches(MatrixOracle(table: altered)).contains { _ in true }
                    }
                }
                for (place, permission) in role.permissions.enumerated() {
                    for operation in permission.operations
                    where !isWithoutEffect(operation, permission) {
                        var altered = table
                        altered.roles[name]?.permissions[place].operations.remove(operation)
                        #expect(isNoticed(altered), "without \(operation) of \(name)")
                    }
                    guard !permission.purposes.isEmpty,
                        !permission.operations.allSatisfy({ isWithoutEffect($0, permission) })
                    else { continue }
                    var altered = table
                    altered.roles[name]?.permissions[place].purposes = Set(CatalogueFacts.purposes)
                    #expect(
                        isNoticed(altered), "all purposes for \(permission.operations) of \(name)")
                }
            }
        }

        /// What takes the plain view is nothing with the masked one.
        private func isWithoutEffect(
            _ operation: String, _ permission: RoleTable.Permission
        ) -> Bool {
            !permission.isPlain && ["search", "update"].contains(operation)
        }

        private func table(of vault: TestVault) throws -> RoleTable {
            let roles = try vault.connect().ask("GET", "/v1/roles").json
            return try #require(RoleTable(roles))
        }

        private func answered(
            by vault: TestVault, _ tokens: [String: String]
        ) throws -> [Answered] {
            var loader = MatrixLoader(vault: vault)
            let principals = MatrixPrincipal.all
            let subjects = try loader.subjects(
                spare: MatrixCells.purposes.count * MatrixCells.erasuresPerPurpose,
                of: principals.count)
            var cells: [[MatrixCell]] = []
            var clients: [UserClient] = []
            for (principal, subjects) in zip(principals, subjects) {
                let own = MatrixCells.of(principal, subjects, values: &loader.values)
                cells.append(own)
                clients.append(
                    try UserClient(
                        own.map { cell in
                            let request = cell.request
                            return (request.method, request.path, request.purpose, request.body)
                        }, uid: principal.uid, gid: principal.gid,
                        token: principal.token.flatMap { tokens[$0.name] }, to: vault))
            }
            return try principals.indices.map { place in
                var outcome = MatrixOutcome(subjects[place].all)
                let outcomes = try clients[place].answers().map { outcome.line(of: $0) }
                return Answered(
                    principal: principals[place], cells: cells[place], outcomes: outcomes)
            }
        }
    }
}
