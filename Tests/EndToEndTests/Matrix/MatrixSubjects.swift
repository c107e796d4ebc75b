import StrictJSON
import Testing

/// The records that one principal's cells are about; no other principal's are.
struct MatrixSubjects: Sendable {
    let person: MatrixRecord
    let company: MatrixRecord
    let contact: MatrixRecord
    /// A person of whom nothing is known but the name.
    let sparse: MatrixRecord
    let erased: MatrixRecord
    /// The company of the contacts that cells create.
    let host: MatrixRecord
    /// Records that are there to be erased, one a cell.
    let spare: [MatrixRecord]

    /// An id that no record has, and values that no record has.
    let unknown: MatrixRecord

    var all: [MatrixRecord] { [person, company, contact, sparse, erased, host, unknown] + spare }
    var live: [MatrixRecord] { [person, company, contact] }
}

/// Makes the records of all principals, and the values of what their cells create.
struct MatrixLoader {
    /// May create and erase; no cell is asked as this user.
    static let uid: UInt32 = 41290
    private static let names = ["person", "company", "sparse", "erased", "host"]
    static let grants = ["uid:\(uid)=checkout", "uid:\(uid)=dpo"]

    let vault: TestVault
    var values = MatrixValues()

    mutating func subjects(spare spareCount: Int, of count: Int) throws -> [MatrixSubjects] {
        let kinds: [CatalogueFacts.RecordKind] = [.person, .company, .person, .person, .company]
        var first: [MatrixRecord] = []
        for _ in 0..<count {
            for (place, name) in Self.names.enumerated() {
                first.append(
                    draft(name, kinds[place], only: name == "sparse" ? ["name"] : nil))
            }
            for _ in 0..<spareCount { first.append(draft("spare", .person)) }
        }
        first = try create(first, companies: first.map { _ in nil })
        let size = Self.names.count + spareCount
        let companies = (0..<count).map { first[$0 * size + 1] }
        var contacts: [MatrixRecord] = []
        for _ in companies {
            contacts.append(draft("contact", .contact))
        }
        contacts = try create(contacts, companies: companies.map(\.id))
        try erase((0..<count).map { first[$0 * size + 3] })
        return (0..<count).map { number in
            let own = Array(first[(number * size)..<((number + 1) * size)])
            var company = own[1]
            var erased = own[3]
            company.contacts = [contacts[number]]
            erased.state = .erased
            return MatrixSubjects(
                person: own[0], company: company, contact: contacts[number], sparse: own[2],
                erased: erased, host: own[4], spare: Array(own[Self.names.count...]),
                unknown: unknown())
        }
    }

    private mutating func unknown() -> MatrixRecord {
        var record = draft("unknown", .person)
        record.state = .unknown
        return record
    }

    private mutating func draft(
        _ name: String, _ kind: CatalogueFacts.RecordKind, only fields: [String]? = nil
    ) -> MatrixRecord {
        var record = MatrixRecord(
            name: name, id: "01900000-0000-7000-8000-000000000000", kind: kind)
        for field in CatalogueFacts.fields where field.kinds.contains(kind) {
            guard fields?.contains(field.name) ?? true else { continue }
            record.values[field.name] = values.next(field.name, kind)
        }
        return record
    }

    private func create(
        _ drafts: [MatrixRecord], companies: [String?]
    ) throws -> [MatrixRecord] {
        let answers = try send(
            zip(drafts, companies).map { draft, company in
                (
                    "POST", "/v1/records", "order",
                    MatrixRecord.body(draft.kind, draft.values, company: company)
                )
            })
        return try zip(drafts, answers).map { draft, answer in
            let id = try #require(answer.firstMatch(of: #/^201\t{"id":"([0-9a-f-]{36})"/#))
            return MatrixRecord(
                name: draft.name, id: String(id.1), kind: draft.kind, values: draft.values)
        }
    }

    private func erase(_ records: [MatrixRecord]) throws {
        let answers = try send(
            records.map {
                (
                    "POST", "/v1/records/\($0.id)/erasure", "data-subject-rights",
                    #"{"reason":"matrix"}"#
                )
            })
        try #require(answers.allSatisfy { $0.hasPrefix("200\t") })
    }

    private func send(
        _ requests: [(method: String, path: String, purpose: String?, body: String?)]
    ) throws -> [Substring] {
        try UserClient(requests, uid: Self.uid, gid: Self.uid, to: vault).answers()
    }
}
