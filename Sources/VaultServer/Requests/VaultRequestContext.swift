import Hummingbird
import Logging
import Vault

/// What a route knows of a request besides the request itself.
struct VaultRequestContext: RequestContext {
    /// What a context is made of.
    struct Source: RequestContextSource {
        let logger: Logger
        let connection: Connection
        let requestID: String
        let caller: Caller
    }

    var coreContext: CoreRequestContextStorage
    let connection: Connection
    let requestID: String
    /// Who asks.
    var caller: Caller

    init(source: Source) {
        coreContext = CoreRequestContextStorage(source: source)
        connection = source.connection
        requestID = source.requestID
        caller = source.caller
    }
}

extension VaultRequestContext {
    /// Begins the answer to this request, so that whoever must outwait it can.
    func beginAnswer(of vault: RecordVault) -> AnswerTicket {
        let ticket = vault.answers.begin(abort: connection.abort)
        connection.expect(ticket)
        return ticket
    }

    /// Begins the answer to a request whose work took long, and checks once more that it may be given: a
    /// revocation meanwhile refuses it, one from now on waits for its delivery. A ticket from the start
    /// would make erasures wait for the work.
    func beginAnswer<Operation: VaultOperation>(
        of vault: RecordVault, to request: Request, stillNeeding operation: Operation.Type
    ) async throws {
        _ = beginAnswer(of: vault)
        _ = try await vault.authorize(operation, accessRequest(request))
    }

    /// The request as the vault's access control takes it.
    func accessRequest(_ request: Request) -> AccessRequest {
        AccessRequest(
            caller: caller, purpose: request.headers[.aittaPurpose], requestID: requestID)
    }
}

extension PeerCredentials {
    /// The process at the other end, with what the user database knows of its user.
    func caller(_ user: UserIdentity) -> Caller {
        Caller(uid: uid, gid: gid, groups: user.groups, userName: user.name, pid: pid)
    }
}

extension AnswerTicket: DeliverableAnswer {}
