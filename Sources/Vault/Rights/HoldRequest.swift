import Catalogue
import StrictJSON

/// What a request says of a hold.
struct HoldRequest {
    private static let maximumBasisCharacters = 500

    private let compartments: [String]?
    private let ground: HoldGround
    private let basis: String
    private let untilSeconds: Int64?

    init(
        _ body: JSONValue, _ catalogue: Catalogue, atSeconds now: Int64
    ) throws(VaultError) {
        guard let members = body.members else {
            throw VaultError(.malformedRequest, pointer: "", .type)
        }
        try RecordDraft.refuseUnknown(
            members, allowed: ["compartments", "ground", "basis", "until"])
        compartments = try Self.compartments(body["compartments"], catalogue)
        guard let ground = body["ground"]?.text.flatMap(HoldGround.init(rawValue:)) else {
            throw VaultError(.invalidValue, pointer: "/ground", .unknownMember)
        }
        self.ground = ground
        guard let basis = body["basis"]?.text else {
            throw VaultError(.invalidValue, pointer: "/basis", .required)
        }
        do throws(ValidationFailure) {
            self.basis = try ShortText(basis, maximumCharacters: Self.maximumBasisCharacters).text
        } catch {
            throw VaultError(.invalidValue, failures: [error.under("/basis")])
        }
        untilSeconds = try Self.end(body["until"], atSeconds: now)
    }

    func hold(_ name: String, by caller: Caller, atSeconds now: Int64) -> Hold {
        Hold(
            name: name, compartments: compartments, ground: ground, basis: basis,
            untilSeconds: untilSeconds, sinceSeconds: now, recordedBy: caller.principalText)
    }

    /// `nil`: everything.
    private static func compartments(
        _ json: JSONValue?, _ catalogue: Catalogue
    ) throws(VaultError) -> [String]? {
        guard let json, !json.isNull else { return nil }
        let names = json.items?.compactMap(\.text) ?? []
        guard !names.isEmpty, names.count == json.items?.count else {
            throw VaultError(.invalidValue, pointer: "/compartments", .type)
        }
        guard names.allSatisfy({ catalogue.compartment(named: $0) != nil }) else {
            throw VaultError(.invalidValue, pointer: "/compartments", .unknownMember)
        }
        return Set(names).sorted()
    }

    private static func end(_ json: JSONValue?, atSeconds now: Int64) throws(VaultError) -> Int64? {
        guard let json, !json.isNull else { return nil }
        guard let until = json.text.flatMap(EndOfTime.seconds) else {
            throw VaultError(.invalidValue, pointer: "/until", .date)
        }
        guard until > now else { throw VaultError(.invalidValue, pointer: "/until", .past) }
        return until
    }
}
