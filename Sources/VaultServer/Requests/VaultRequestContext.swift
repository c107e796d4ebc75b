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
        let user: UserIdentity
    }

    var coreContext: CoreRequestContextStorage
    let connection: Connection
    let requestID: String
    private let user: UserIdentity

    init(source: Source) {
        coreContext = CoreRequestContextStorage(source: source)
        connection = source.connection
        requestID = source.requestID
        user = source.user
    }

    /// Who asks.
    var caller: Caller {
        Caller(
            uid: connection.peer.uid, gid: connection.peer.gid, groups: user.groups,
            userName: user.name, pid: connection.peer.pid)
    }
}

extension VaultRequestContext {
    /// Begins the answer to this request, so that whoever must outwait it can.
    func beginAnswer(of vault: RecordVault) -> AnswerTicket {
        let ticket = vault.answers.begin(abort: connection.abort)
        connection.expect(ticket)
        return ticket
    }

    /// The request as the vault's access control takes it.
    func accessRequest(_ request: Request) -> AccessRequest {
        AccessRequest(
            caller: caller, purpose: request.headers[.aittaPurpose], requestID: requestID)
    }
}

extension AnswerTicket: DeliverableAnswer {}
