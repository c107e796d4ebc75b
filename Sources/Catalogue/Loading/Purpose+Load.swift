extension Purpose {
    /// Reads a purpose: its legal bases for all kinds of records (`legalBases: [contract]`) or for
    /// each (`legalBases: {person: [consent]}`); kinds that are left out have none.
    init(_ item: YAMLReader, besides taken: [String]) throws(CatalogueError) {
        try item.requireKeys(["name", "legalBases"])
        let name = try item.require("name").newName(
            besides: taken, isValid: CatalogueName.isPurpose, form: "[a-z][a-z0-9-]{0,31}")
        let bases = try item.require("legalBases")
        var legalBases: [RecordKind: [LegalBasis]] = [:]
        if bases.isList {
            let forAll = try bases.legalBases()
            for kind in RecordKind.allCases { legalBases[kind] = forAll }
        } else {
            try bases.requireKeys(RecordKind.allCases.map(\.rawValue))
            for kind in RecordKind.allCases {
                legalBases[kind] = try bases[kind.rawValue]?.legalBases()
            }
            guard !legalBases.isEmpty else { throw bases.fail("empty", "name a legal basis") }
        }
        self.init(name, legalBases)
    }
}

extension YAMLReader {
    fileprivate func legalBases() throws(CatalogueError) -> [LegalBasis] {
        var bases: [LegalBasis] = []
        for item in try items(atMost: LegalBasis.allCases.count) {
            let basis = try item.word(LegalBasis.self)
            guard !bases.contains(basis) else {
                throw item.fail("duplicate", "this legal basis stands here twice")
            }
            bases.append(basis)
        }
        guard !bases.isEmpty else { throw fail("empty", "name a legal basis") }
        return bases
    }
}
