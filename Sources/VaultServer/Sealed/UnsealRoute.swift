import Glibc
import HTTPTypes
import Hummingbird
import Logging
import StrictJSON
import Vault
import VaultAPI

/// `POST /v1/unseal` while the vault waits for its passphrase: for the daemon's own user and root alone.
struct UnsealRoute: Sendable {
    let unsealing: any VaultUnsealing
    let attempts: UnsealAttempts
    let logger: Logger
    /// Serves the vault from now on.
    let open: @Sendable (RecordVault) -> Void

    func add(to router: Router<VaultRequestContext>) {
        router.post(RouterPath(APIPath.unseal), use: unseal)
    }

    @Sendable private func unseal(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        try context.connection.peer.checkMayUnseal()
        _ = try QueryParameters(request, allowing: [])
        let passphrase = try await request.passphrase()
        if let seconds = attempts.begin() {
            var fields = HTTPFields()
            fields.append(.retryAfter, String(seconds))
            throw AnsweredProblem(problem: Problem(.tooManyAttempts), fields: fields)
        }
        let vault: RecordVault
        do throws(UnsealingFailure) {
            vault = try await unsealing.unseal(passphrase)
        } catch {
            attempts.end(isWrong: error == .wrongPassphrase)
            throw problem(error)
        }
        attempts.end(isWrong: false)
        await vault.noteUnsealing(context.accessRequest(request), refused: attempts.wrongInAll)
        open(vault)
        return .json { $0.member("status", "open") }
    }

    private func problem(_ failure: UnsealingFailure) -> Problem {
        switch failure {
        case .wrongPassphrase:
            logger.warning(
                "a passphrase was refused", metadata: ["count": "\(attempts.wrongInAll)"])
            return Problem(.wrongPassphrase)
        case .broken(let code):
            var problem = Problem(.notReady, detail: "the vault can't be opened: " + code)
            problem.hint = "the daemon has ended and said why in its log"
            return problem
        }
    }
}

/// `POST /v1/unseal` of a vault that is open.
struct OpenedRoute: Sendable {
    func add(to router: Router<VaultRequestContext>) {
        router.post(RouterPath(APIPath.unseal)) { _, context -> Response in
            try context.connection.peer.checkMayUnseal()
            var problem = Problem(.conflict, detail: "the vault is open already")
            problem.hint = nil
            throw problem
        }
    }
}

extension PeerCredentials {
    /// Refuses everybody but the daemon's own user and root.
    func checkMayUnseal() throws(Problem) {
        guard uid != Self.unknown.uid, uid == 0 || uid == geteuid() else {
            var problem = Problem(.notGranted)
            problem.hint = "only the daemon's own user and root may"
            throw problem
        }
    }
}
