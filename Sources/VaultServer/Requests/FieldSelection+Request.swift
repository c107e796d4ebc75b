import Hummingbird
import Vault
import VaultAPI

extension FieldSelection {
    /// The query parameters that select fields.
    static let parameters = ["fields", "view", "include"]
    /// The members of a body that select fields.
    static let members = ["fields", "view"]

    /// Reads `?fields=a,b&view=masked&include=sources`.
    init(_ query: QueryParameters) throws(Problem) {
        var fields: [String]?
        if let text = query["fields"] {
            let names = text.split(separator: ",", omittingEmptySubsequences: false)
            guard names.count <= APILimits.fieldsPerRequest, !names.contains(where: \.isEmpty)
            else {
                throw QueryParameters.invalid(
                    "fields", rule: "names-1-\(APILimits.fieldsPerRequest)")
            }
            fields = names.map(String.init)
        }
        let view = query["view"].map { View(rawValue: $0) }
        if case .some(.none) = view {
            throw QueryParameters.invalid("view", rule: "plain-or-masked")
        }
        let include = query["include"]
        guard include == nil || include == "sources" else {
            throw QueryParameters.invalid("include", rule: "sources")
        }
        self.init(fields: fields, view: view ?? nil, includesSources: include != nil)
    }

    /// Reads the members `fields` and `view`.
    init(_ object: RequestObject) throws(Problem) {
        let fields = try object.texts("fields", count: 1...APILimits.fieldsPerRequest)
        let view = try object.optionalText("view").map { View(rawValue: $0) }
        if case .some(.none) = view { throw object.invalid("view", rule: "plain-or-masked") }
        self.init(fields: fields, view: view ?? nil, includesSources: false)
    }
}
