public import StrictJSON

extension Catalogue {
    /// Validates and normalises the value of `field` in a record of `kind`.
    ///
    /// `null` is no value: removing a field is the caller's business.
    ///
    /// - Throws: `ValidationFailure` with the pointer from the record's root.
    public func validate(
        field name: String, value: JSONValue, kind: RecordKind,
        settings: CatalogueSettings = CatalogueSettings()
    ) throws(ValidationFailure) -> FieldValue {
        let field = try definition(of: name)
        guard field.kinds.contains(kind) else {
            throw ValidationFailure(pointer: field.pointer, .kind)
        }
        do throws(ValidationFailure) {
            return try field.normalise(value, kind: kind, settings: settings)
        } catch {
            throw error.under(field.pointer)
        }
    }

    /// Checks that a record of `kind` has every field that it must have.
    ///
    /// - Throws: `ValidationFailure` with rule `required` at the first that is missing.
    public func requireFields(
        _ present: some Collection<String>, of kind: RecordKind
    ) throws(ValidationFailure) {
        for name in requiredFields(of: kind) where !present.contains(name) {
            throw ValidationFailure(pointer: "/fields/\(name)", .required)
        }
    }

    /// The masked view of a value that `validate` made: JSON, or nil where the field is withheld.
    public func mask(json: [UInt8], of field: String) -> [UInt8]? {
        self.field(named: field)?.mask.applied(to: json)
    }

    /// The field called `name`. The name of a field that does not exist stands in the failure only
    /// where it looks like a name: it might be a value in the wrong place.
    func definition(of name: String) throws(ValidationFailure) -> FieldDefinition {
        if let field = field(named: name) { return field }
        throw ValidationFailure(
            pointer: CatalogueName.isField(name) ? "/fields/\(name)" : "/fields", .unknownField)
    }
}
