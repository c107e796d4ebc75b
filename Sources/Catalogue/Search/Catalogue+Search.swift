public import StrictJSON

extension Catalogue {
    /// What to look up for a search of `field` for `value`: one key or alternatives, any of which
    /// makes a match.
    ///
    /// `name` takes a text (a company's name, a person's given names and family name, or the family
    /// name alone), `{"family"}`, or `{"family","given"}`; `billing` takes an IBAN or `{"iban"}`.
    ///
    /// - Throws: `ValidationFailure` at `/field` or `/value`.
    public func searchKeys(
        field name: String, value: JSONValue, settings: CatalogueSettings = CatalogueSettings()
    ) throws(ValidationFailure) -> [IndexValue] {
        guard let field = field(named: name) else {
            throw ValidationFailure(pointer: "/field", .unknownField)
        }
        guard field.isSearchable else {
            throw ValidationFailure(pointer: "/field", .notSearchable)
        }
        do throws(ValidationFailure) {
            return try field.searchKeys(value, settings: settings)
        } catch {
            throw error.under("/value")
        }
    }
}

extension FieldDefinition {
    fileprivate func searchKeys(
        _ value: JSONValue, settings: CatalogueSettings
    ) throws(ValidationFailure) -> [IndexValue] {
        switch type {
        case .name: return try NameIndex(field: name).searchKeys(value)
        case .billing:
            let iban = value["iban"] ?? value
            return [IndexValue(key: "\(name).iban", try IBAN(try iban.requireText()).text)]
        default:
            // What was accepted once must be found, whatever the configuration says today.
            var settings = settings
            settings.acceptArtificialHenkilotunnus = true
            return try normalise(value, kind: .person, settings: settings).indexValues
        }
    }
}
