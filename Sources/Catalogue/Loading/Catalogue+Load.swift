extension Catalogue {
    /// The most fields, the shipped ones included.
    public static let maximumFields = 64
    /// The most compartments, the shipped ones included.
    public static let maximumCompartments = 16
    /// The most purposes, the shipped ones included.
    public static let maximumPurposes = 32

    /// Reads a `catalogue.yaml`: its fields, compartments and purposes come on top of the shipped
    /// ones. Of a shipped field only the mask can be changed.
    ///
    /// - Throws: `CatalogueError` at the first fault.
    public static func load(yaml: String) throws(CatalogueError) -> Catalogue {
        let file = try YAMLReader.document(yaml)
        try file.requireKeys([
            "version", "controller", "dataProtectionOfficer", "compartments", "fields", "purposes",
        ])
        let version = try file.require("version").integer(1...1_000_000_000)
        let compartments = try Self.compartments(file["compartments"])
        return Catalogue(
            version: version,
            controller: try ContactDetails(file.require("controller")),
            dataProtectionOfficer: try file["dataProtectionOfficer"].map(ContactDetails.init),
            compartments: compartments,
            fields: try Self.fields(file["fields"], compartments: compartments),
            purposes: try Self.purposes(file["purposes"]))
    }

    private static func compartments(
        _ list: YAMLReader?
    ) throws(CatalogueError) -> [Compartment] {
        var compartments = Compartment.shipped
        for item in try list?.items(atMost: maximumCompartments - compartments.count) ?? [] {
            try item.requireKeys(["name", "description"])
            let name = try item.require("name").newName(
                besides: compartments.map(\.name), isValid: CatalogueName.isField,
                form: "[a-z][A-Za-z0-9]{0,31}")
            compartments.append(
                Compartment(name: name, description: try item.require("description").text()))
        }
        return compartments
    }

    private static func fields(
        _ list: YAMLReader?, compartments: [Compartment]
    ) throws(CatalogueError) -> [FieldDefinition] {
        var fields = FieldDefinition.shipped
        var masked: Set<String> = []
        for item in try list?.items(atMost: maximumFields) ?? [] {
            let name = try item.require("name").text()
            if let shipped = FieldDefinition.shipped.firstIndex(where: { $0.name == name }) {
                guard masked.insert(name).inserted else {
                    throw item.fail("duplicate", "this field's mask is given twice")
                }
                fields[shipped].mask = try item.maskOfShippedField(fields[shipped])
            } else {
                fields.append(
                    try FieldDefinition(
                        item, besides: fields.map(\.name), compartments: compartments.map(\.name)))
            }
        }
        if let list, fields.count > maximumFields {
            throw list.fail(
                "too-many", "at most \(maximumFields) fields, the shipped ones included")
        }
        return fields
    }

    private static func purposes(_ list: YAMLReader?) throws(CatalogueError) -> [Purpose] {
        var purposes = Purpose.shipped
        for item in try list?.items(atMost: maximumPurposes - purposes.count) ?? [] {
            purposes.append(try Purpose(item, besides: purposes.map(\.name)))
        }
        return purposes
    }
}

extension YAMLReader {
    /// A name of the right form that is not taken.
    func newName(
        besides taken: [String], isValid: (String) -> Bool, form: String
    ) throws(CatalogueError) -> String {
        let name = try text()
        guard isValid(name) else { throw fail("name", "names have the form \(form)") }
        guard !taken.contains(name) else {
            throw fail("duplicate", "this name is taken; what ships can't be redefined")
        }
        return name
    }
}
