import Foundation
import StrictJSON
import Testing

/// Makes the roles, tokens and grants of the matrix.
struct MatrixGrants {
    private static let administrative = ["auditor", "key-custodian", "admin", "monitoring"]
    private static let expirySeconds = 2

    let vault: TestVault

    /// - Returns: the tokens' texts by their names.
    func make() throws -> [String: String] {
        let connection = try vault.connect()
        for role in MatrixPrincipal.ownRoles {
            let set = try connection.ask("PUT", "/v1/roles/" + role.name, json: role.body)
            try #require(set.status == 200, "\(set.text)")
        }
        let principals = MatrixPrincipal.all
        var tokens: [String: String] = [:]
        var end = Date.distantPast
        for token in principals.compactMap(\.token) where tokens[token.name] == nil {
            if token.end == .expired {
                end = Date.now.addingTimeInterval(Double(Self.expirySeconds))
            }
            tokens[token.name] = try make(
                token, until: token.end == .expired ? end : nil, on: connection)
        }
        for grant in Set(principals.flatMap(\.grants)) { try make(grant, on: connection) }
        for token in principals.compactMap(\.token) where token.end == .revoked {
            let revoked = try connection.ask("DELETE", "/v1/tokens/" + token.name)
            try #require(revoked.status == 200, "\(revoked.text)")
        }
        try #require(Poll.until(atMostSeconds: 2 * Self.expirySeconds) { Date.now > end })
        return tokens
    }

    private func make(
        _ token: MatrixPrincipal.Token, until end: Date?, on connection: HTTPConnection
    ) throws -> String {
        let users = token.users.map { #""uid:\#($0)""# }.joined(separator: ",")
        let until = end.map { #","until":"\#($0.formatted(.iso8601))""# } ?? ""
        let made = try connection.ask(
            "POST", "/v1/tokens",
            json: #"{"name":"\#(token.name)","users":[\#(users)],"reason":"matrix"\#(until)}"#)
        try #require(made.status == 201, "\(made.text)")
        return try #require(made.json["token"]?.text)
    }

    private static let unlimited = ["records", "searches", "erasures"]
        .map { #""\#($0)PerHour":"unlimited""# }.joined(separator: ",")

    private func make(_ grant: MatrixPrincipal.Grant, on connection: HTTPConnection) throws {
        let time =
            switch grant.time {
            case .now: ""
            case .past: #","until":"2026-01-01T00:00:00Z""#
            case .future: #","from":"2999-01-01T00:00:00Z""#
            }
        let budgets =
            Self.administrative.contains(grant.role)
            ? "" : #","budgets":{\#(Self.unlimited)}"#
        let granted = try connection.ask(
            "POST", "/v1/grants",
            json:
                #"{"principal":"\#(grant.to)","role":"\#(grant.role)","reason":"matrix"\#(time)\#(budgets)}"#
        )
        try #require(granted.status == 201, "\(granted.text)")
    }
}
