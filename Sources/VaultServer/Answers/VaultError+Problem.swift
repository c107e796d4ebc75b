import Catalogue
import Storage
import Vault
import VaultAPI

extension Problem {
    /// The problem that the vault's error is to a caller.
    init(_ error: VaultError) {
        switch ErrorCode(rawValue: error.code.rawValue) {
        case .some(let code): self.init(code, detail: error.detail)
        case .none where error.code == .unknownGrant: self = .unknownGrant
        case .none where error.code == .unknownRole: self = .unknownRole
        case .none where error.code == .unknownToken: self = .unknownToken
        case .none where error.code == .damaged: self = .damaged(detail: error.detail)
        case .none: self = .internalError
        }
        violations = error.failures.map { Violation(pointer: $0.pointer, rule: $0.rule) }
        existing = error.existing?.description
        field = error.field
        version = error.version
    }

    /// Something failed that no caller can do anything about. It says nothing more.
    static let internalError = Problem(
        code: "internal", status: 500, title: "the daemon failed to answer",
        hint: "the daemon's log names the request id")

    private static let unknownGrant = Problem(
        code: "unknown_grant", status: 404, title: "there is no such grant", hint: nil)

    private static let unknownRole = Problem(
        code: "unknown_role", status: 404, title: "there is no such role",
        hint: "aitta roles list shows them")

    private static let unknownToken = Problem(
        code: "unknown_token", status: 404, title: "there is no such token",
        hint: "aitta tokens list shows them")

    private static func damaged(detail: String?) -> Problem {
        var problem = Problem(
            code: "damaged", status: 500, title: "stored data fails authentication",
            hint: "stop the daemon and run aittad check")
        problem.detail = detail
        return problem
    }

    private init(code: String, status: Int, title: String, hint: String?) {
        self.init(.notReady)
        self.code = code
        self.status = status
        self.title = title
        self.hint = hint
    }
}
