extension FieldDefinition {
    /// Reads a field of the controller's own. Unless the file says otherwise it is not searchable,
    /// masked reads withhold it, and every kind of record may have it.
    init(
        _ item: YAMLReader, besides taken: [String], compartments: [String]
    ) throws(CatalogueError) {
        try item.requireKeys([
            "name", "type", "compartment", "searchable", "unique", "mask", "kinds", "maximumLength",
        ])
        let name = try item.require("name").newName(
            besides: taken, isValid: CatalogueName.isField, form: "[a-z][A-Za-z0-9]{0,31}")
        let type = try item.require("type").word(FieldType.self)
        let compartment = try item.require("compartment")
        guard compartments.contains(try compartment.text()) else {
            throw compartment.fail(
                "unknown-compartment", "known: " + compartments.joined(separator: ", "))
        }
        let isSearchable = try item["searchable"]?.flag() ?? false
        guard !isSearchable || type.canBeSearchable else {
            throw item.fail("searchable", "fields of type \(type.rawValue) can't be searched")
        }
        let isUnique = try item["unique"]?.flag() ?? false
        guard !isUnique || isSearchable && type.canBeUnique else {
            throw item.fail("unique", "only a searchable field with one value can be unique")
        }
        self.init(
            name, type, in: try compartment.text(), isSearchable: isSearchable, isUnique: isUnique,
            mask: try item["mask"]?.mask(for: type) ?? .hidden,
            kinds: try item.kinds() ?? Set(RecordKind.allCases),
            maximumLength: try item.maximumLength(of: type))
    }
}

extension YAMLReader {
    /// The mask for a field that ships, of which nothing else can be changed.
    func maskOfShippedField(_ field: FieldDefinition) throws(CatalogueError) -> Mask {
        guard hasOnlyKeys(["name", "mask"]) else {
            throw fail("shipped-field", "of a field that ships only `mask` can be changed")
        }
        return try require("mask").mask(for: field.type)
    }

    fileprivate func mask(for type: FieldType) throws(CatalogueError) -> Mask {
        let mask = try word(Mask.self)
        guard mask.fits(type) else {
            let fitting = Mask.allCases.filter { $0.fits(type) }.map(\.rawValue)
            throw fail(
                "mask", "masks for type \(type.rawValue): " + fitting.joined(separator: ", "))
        }
        return mask
    }

    fileprivate func kinds() throws(CatalogueError) -> Set<RecordKind>? {
        guard let list = self["kinds"] else { return nil }
        var kinds: Set<RecordKind> = []
        for item in try list.items(atMost: RecordKind.allCases.count) {
            guard kinds.insert(try item.word(RecordKind.self)).inserted else {
                throw item.fail("duplicate", "this kind stands here twice")
            }
        }
        guard !kinds.isEmpty else { throw list.fail("empty", "name at least one kind") }
        return kinds
    }

    fileprivate func maximumLength(of type: FieldType) throws(CatalogueError) -> Int {
        guard let length = self["maximumLength"] else {
            return FieldDefinition.defaultMaximumLength
        }
        guard type == .text || type == .reference else {
            throw length.fail("maximumLength", "only types text and reference have one")
        }
        return try length.integer(1...2000)
    }
}
