import Storage
import StrictJSON
import Vault
import VaultAPI

extension BatchOperation {
    /// Reads one item of `operations`. One that can't be read becomes a failure in its place, and
    /// its neighbours go on.
    init(_ item: JSONValue) {
        do throws(Problem) {
            self = try Self.reading(item)
        } catch {
            let rules = error.violations.map(\.rule).joined(separator: ", ")
            self = .malformed(
                VaultError(.malformedRequest, detail: "the operation can't be read: " + rules))
        }
    }

    /// The members that name the operation are taken away; the rest is as in a POST or a PATCH.
    private static func reading(_ item: JSONValue) throws(Problem) -> BatchOperation {
        let names = item.members?.map(\.name) ?? []
        let object = try RequestObject(item, allowing: names)
        let isDryRun = try object.flag("dryRun")
        switch try object.text("op") {
        case "create":
            return .create(item.without(["op", "dryRun"]), isDryRun: isDryRun)
        case "update":
            guard let id = RecordID(try object.text("id")) else {
                return .malformed(VaultError(.unknownRecord))
            }
            let version = try object.integer("version", in: 1...Int64.max).map { UInt64($0) }
            return .update(
                id, item.without(["op", "dryRun", "id", "version"]), ifMatch: version,
                isDryRun: isDryRun)
        default: throw object.invalid("op", rule: "create-or-update")
        }
    }
}

extension JSONValue {
    fileprivate func without(_ names: [String]) -> JSONValue {
        .object((members ?? []).filter { !names.contains($0.name) })
    }
}
