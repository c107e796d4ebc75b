import StrictJSON

extension FieldDefinition {
    /// Validates and normalises a value; pointers in failures start at the field.
    func normalise(
        _ value: JSONValue, kind: RecordKind, settings: CatalogueSettings
    ) throws(ValidationFailure) -> FieldValue {
        switch type {
        case .text: return try text(value)
        case .reference:
            let text = try ShortText(value.requireText(), maximumCharacters: maximumLength).text
            return self.value(text: text, index: text)
        case .number:
            let number = try Number(value)
            return FieldValue(
                json: Array(number.literal.utf8), indexValues: index(number.literal))
        case .date: return same(try CalendarDate(value.requireText()).text)
        case .json: return FieldValue(json: try FreeJSON(value).json, indexValues: [])
        case .name: return try name(value, kind: kind)
        case .henkilotunnus:
            return same(
                try Henkilotunnus(
                    value.requireText(),
                    acceptArtificial: settings.acceptArtificialHenkilotunnus
                ).text)
        case .ytunnus: return same(try Ytunnus(value.requireText()).text)
        case .address:
            return FieldValue(json: try PostalAddress(value).json, indexValues: [])
        case .phone:
            return same(
                try PhoneNumber(
                    value.requireText(), countryCallingCode: settings.defaultCountryCallingCode
                ).text)
        case .email:
            let email = try EmailAddress(value.requireText())
            return self.value(text: email.text, index: email.searchText)
        case .iban: return same(try IBAN(value.requireText()).text)
        case .billing:
            let billing = try Billing(value)
            let iban = isSearchable ? billing.iban : nil
            return FieldValue(
                json: billing.json,
                indexValues: iban.map { [IndexValue(key: "\(name).iban", $0)] } ?? [])
        }
    }

    private func text(_ value: JSONValue) throws(ValidationFailure) -> FieldValue {
        let text = try ShortText(value.requireText(), maximumCharacters: maximumLength).text
        return self.value(text: text, index: SearchText.fold(text))
    }

    private func name(_ value: JSONValue, kind: RecordKind) throws(ValidationFailure) -> FieldValue
    {
        let index = NameIndex(field: name)
        if kind == .company {
            let text = try PersonName.text(value.requireText())
            return FieldValue(
                json: JSONValue.string(text).encoded(),
                indexValues: isSearchable ? index.indexValues(ofCompany: text) : [])
        }
        let person = try PersonName(value)
        return FieldValue(
            json: person.json, indexValues: isSearchable ? index.indexValues(of: person) : [])
    }

    /// A text that is compared as it is stored.
    private func same(_ text: String) -> FieldValue { value(text: text, index: text) }

    private func value(text: String, index: @autoclosure () -> String) -> FieldValue {
        FieldValue(json: JSONValue.string(text).encoded(), indexValues: self.index(index()))
    }

    private func index(_ normalised: @autoclosure () -> String) -> [IndexValue] {
        isSearchable ? [IndexValue(key: name, normalised())] : []
    }
}

extension JSONValue {
    func requireText() throws(ValidationFailure) -> String {
        guard let text else { throw ValidationFailure(.type) }
        return text
    }
}
