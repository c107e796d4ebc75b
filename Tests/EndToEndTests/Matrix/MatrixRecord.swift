/// A record that cells are about, and in which state.
struct MatrixRecord: Sendable {
    enum State: String, Sendable {
        case live
        case erased
        case unknown
    }

    /// What a person said of a purpose.
    struct Statement: Sendable {
        let purpose: String
        /// `given`, `withdrawn`, `stands` or `lifted`.
        let state: String
    }

    /// What a cell calls it.
    let name: String
    var id: String
    let kind: CatalogueFacts.RecordKind
    var state: State = .live
    /// What it holds, by field.
    var values: [String: MatrixValues.Value] = [:]
    /// Of a company: its contact persons.
    var contacts: [MatrixRecord] = []
    var isRestricted = false
    var isProtected = false
    /// What was recorded, the newest last.
    var consents: [Statement] = []
    var objections: [Statement] = []
    /// Whether cells change or erase it, so that none asks in which state it is.
    var isChangeable = false

    /// What closes it to a purpose, but for a restriction.
    func isClosed(to purpose: String?) -> Bool {
        if CatalogueFacts.needsConsent(purpose, kind) {
            return consents.last { $0.purpose == purpose }?.state != "given"
        }
        return CatalogueFacts.isObjectionable(purpose, kind)
            && objections.last { $0.purpose == purpose }?.state == "stands"
    }

    func isRestricted(for purpose: String?) -> Bool {
        isRestricted && purpose != CatalogueFacts.rightsPurpose
    }

    /// What creates it.
    static func body(
        _ kind: CatalogueFacts.RecordKind, _ values: [String: MatrixValues.Value],
        company: String?
    ) -> String {
        let fields = values.sorted { $0.key < $1.key }.map { #""\#($0)":\#($1.plain)"# }
        let company = company.map { #""company":"\#($0)","# } ?? ""
        return
            #"{"kind":"\#(kind.rawValue)",\#(company)"fields":{\#(fields.joined(separator: ","))}}"#
    }
}
