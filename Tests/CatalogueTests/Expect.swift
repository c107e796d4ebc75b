import Catalogue
import StrictJSON
import Testing

/// Reads JSON that the test itself wrote.
func json(_ text: String) throws -> JSONValue { try JSONParser.parse(Array(text.utf8)) }

/// The rule that `body` breaks, nil where it breaks none.
func rule(_ body: () throws(ValidationFailure) -> some Any) -> String? {
    do throws(ValidationFailure) {
        _ = try body()
        return nil
    } catch {
        return error.rule
    }
}

/// Validates in the shipped catalogue, artificial henkilötunnus accepted.
func validate(
    _ field: String, _ text: String, _ kind: RecordKind = .person,
    in catalogue: Catalogue = .shipped
) throws -> FieldValue {
    try catalogue.validate(
        field: field, value: try json(text), kind: kind,
        settings: CatalogueSettings(acceptArtificialHenkilotunnus: true))
}

extension FieldValue {
    var jsonText: String { String(decoding: json, as: UTF8.self) }
}

extension [IndexValue] {
    /// `key=value`, the joint between family and given name shown as `|`.
    var texts: [String] {
        map {
            "\($0.key)="
                + String(decoding: $0.normalised, as: UTF8.self).replacing("\u{1F}", with: "|")
        }
    }
}
