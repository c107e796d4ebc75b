import StrictJSON
import Verification

/// What is known of an erasure's entry in the log.
enum CertificateLogProof: Equatable {
    /// The certificate has no proof.
    case none
    /// It has one, which needs the log's key to be verified.
    case unchecked
    /// The entry is in the log.
    case verified(number: UInt64, Checkpoint)

    /// Verifies the member `log`, if the certificate has it.
    ///
    /// - Parameter keys: The log's, where they are known: the one that the proof names must be among them.
    init(of certificate: JSONValue, keys: LogKeys?) throws {
        guard let log = certificate["log"] else {
            self = .none
            return
        }
        do throws(LogInclusionError) {
            let inclusion = try LogInclusion(log)
            guard let keys else {
                self = .unchecked
                return
            }
            let key = keys[inclusion.verifierKey] ?? keys.newest
            let checkpoint = try inclusion.verify(certificate, by: key)
            self = .verified(number: inclusion.number, checkpoint)
        } catch {
            throw Failure(
                "the certificate's signature is valid, but not its proof from the log: \(error)",
                hint: "without the member log, it is still a valid certificate that has no proof")
        }
    }

    /// In words.
    var text: String {
        switch self {
        case .none: "no proof: the certificate has none"
        case .unchecked: "not verified: give the log's key with --log-key"
        case .verified(let number, let checkpoint):
            "entry \(number) of \(checkpoint.origin), in its checkpoint of size "
                + String(checkpoint.head.size)
        }
    }

    /// `{"proof":"none"}`, `{"proof":"unchecked"}` or `{"proof":"valid","origin","number","size"}`.
    var json: JSONValue {
        switch self {
        case .none: .object([JSONMember("proof", .string("none"))])
        case .unchecked: .object([JSONMember("proof", .string("unchecked"))])
        case .verified(let number, let checkpoint):
            .object([
                JSONMember("proof", .string("valid")),
                JSONMember("origin", .string(checkpoint.origin.description)),
                JSONMember("number", .number(String(number))),
                JSONMember("size", .number(String(checkpoint.head.size))),
            ])
        }
    }
}
