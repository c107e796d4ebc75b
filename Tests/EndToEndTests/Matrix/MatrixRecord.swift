/// A record that cells are about, and in which state.
struct MatrixRecord: Sendable {
    enum State: String, Sendable {
        case live
        case erased
        case unknown
    }

    /// What a cell calls it.
    let name: String
    let id: String
    let kind: CatalogueFacts.RecordKind
    var state: State = .live
    /// What it holds, by field.
    var values: [String: MatrixValues.Value] = [:]
    /// Of a company: its contact persons.
    var contacts: [MatrixRecord] = []

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
