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
    /// Records of people who said something, or whom something protects.
    let states: [MatrixRecord]
    /// Records whose rights cells change.
    let changeable: Changeable
    /// Records that are there to be erased, one a cell.
    let spare: [MatrixRecord]

    /// An id that no record has, and values that no record has.
    let unknown: MatrixRecord

    struct Changeable: Sendable {
        /// Whose consents, whose objections.
        let person: MatrixRecord
        let company: MatrixRecord
        /// Who is restricted and no longer, protected and no longer.
        let restricted: MatrixRecord
        let protected: MatrixRecord

        var all: [MatrixRecord] { [person, company, restricted, protected] }
    }

    var all: [MatrixRecord] {
        [person, company, sparse, erased, host, unknown] + company.contacts + states
            + changeable.all + spare
    }
    var live: [MatrixRecord] { [person, company, contact] }

    /// The state of a name.
    func state(_ name: String) -> MatrixRecord {
        guard let record = states.first(where: { $0.name == name }) else {
            preconditionFailure("there is no state \(name)")
        }
        return record
    }
}

/// Makes the records of all principals, and the values of what their cells create.
struct MatrixLoader {
    /// May create, erase and record rights; no cell is asked as this user.
    static let uid: UInt32 = 41290
    static let grants = ["checkout", "dpo"].map {
        "uid:\(uid)=\($0)" + TestVault.unlimited
    }
    private typealias Request = (
        method: String, path: String, purpose: String?, body: String?
    )

    let vault: TestVault
    var values = MatrixValues()

    mutating func subjects(spare spareCount: Int, of count: Int) throws -> [MatrixSubjects] {
        let drafts = Self.drafts()
        var filled: [MatrixRecord] = []
        for _ in 0..<count {
            for draft in drafts { filled.append(self.filled(draft)) }
        }
        // These first: a list's first page holds them all.
        let created = try create(filled) { _ in nil }
        let own = (0..<count).map {
            Array(created[($0 * drafts.count)..<(($0 + 1) * drafts.count)])
        }
        let contacts = try contacts(of: own.map { $0[Self.company].id })
        let spare = try spares(count * spareCount)
        try enter(own.flatMap { $0 } + contacts.flatMap { $0 })
        return (0..<count).map { number in
            subjects(
                own[number], contacts[number],
                spare: Array(spare[(number * spareCount)..<((number + 1) * spareCount)]))
        }
    }

    private static let company = 1

    private static func drafts() -> [MatrixRecord] {
        func draft(_ name: String, _ kind: CatalogueFacts.RecordKind = .person) -> MatrixRecord {
            MatrixRecord(name: name, id: unknownID, kind: kind)
        }
        var erased = draft("erased")
        erased.state = .erased
        var restricted = draft("restricted")
        restricted.isRestricted = true
        var protected = draft("protected")
        protected.isProtected = true
        var consenting = draft("consenting")
        consenting.consents = [.init(purpose: "marketing", state: "given")]
        var withdrawn = draft("withdrawn")
        withdrawn.consents = [
            .init(purpose: "marketing", state: "given"),
            .init(purpose: "marketing", state: "withdrawn"),
        ]
        var objecting = draft("objecting", .company)
        objecting.objections = [.init(purpose: "marketing", state: "stands")]
        var disputing = draft("disputing", .company)
        disputing.objections = [
            .init(purpose: "marketing", state: "stands"),
            .init(purpose: "marketing", state: "lifted"),
            .init(purpose: "payment-follow-up", state: "stands"),
        ]
        let changeable = [
            draft("changeable person"), draft("changeable company", .company),
            draft("changeable restriction"), draft("changeable protection"),
        ].map { record in
            var record = record
            record.isChangeable = true
            return record
        }
        return [
            draft("person"), draft("company", .company), draft("sparse"), erased,
            draft("host", .company),
        ] + changeable + [
            restricted, protected, consenting, withdrawn, objecting, disputing,
        ]
    }

    private func subjects(
        _ own: [MatrixRecord], _ contacts: [MatrixRecord], spare: [MatrixRecord]
    ) -> MatrixSubjects {
        var company = own[Self.company]
        company.contacts = contacts
        var unknown = MatrixRecord(name: "unknown", id: Self.unknownID, kind: .person)
        unknown.state = .unknown
        unknown.values = Self.unknownValues
        return MatrixSubjects(
            person: own[0], company: company, contact: contacts[0], sparse: own[2],
            erased: own[3], host: own[4], states: Array(own[9...]),
            changeable: MatrixSubjects.Changeable(
                person: own[5], company: own[6], restricted: own[7], protected: own[8]),
            spare: spare, unknown: unknown)
    }

    private static let unknownID = "01900000-0000-7000-8000-000000000000"
    /// Of the last numbers, which no record gets.
    private static let unknownValues: [String: MatrixValues.Value] = {
        var values = MatrixValues(after: 250_000)
        let fields = CatalogueFacts.fields.filter { $0.kinds.contains(.person) }
        return Dictionary(
            uniqueKeysWithValues: fields.map { ($0.name, values.next($0.name, .person)) })
    }()

    private mutating func filled(_ draft: MatrixRecord) -> MatrixRecord {
        var record = draft
        for field in CatalogueFacts.fields where field.kinds.contains(draft.kind) {
            guard draft.name != "sparse" || field.name == "name" else { continue }
            record.values[field.name] = values.next(field.name, draft.kind)
        }
        return record
    }

    /// Two contact persons for each company, of whom one is restricted.
    private mutating func contacts(of companies: [String]) throws -> [[MatrixRecord]] {
        var drafts: [MatrixRecord] = []
        for _ in companies {
            for name in ["contact", "restricted contact"] {
                var draft = MatrixRecord(name: name, id: Self.unknownID, kind: .contact)
                draft.isRestricted = name == "restricted contact"
                drafts.append(filled(draft))
            }
        }
        let created = try create(drafts) { companies[$0 / 2] }
        return companies.indices.map { [created[2 * $0], created[2 * $0 + 1]] }
    }

    private mutating func spares(_ count: Int) throws -> [MatrixRecord] {
        var drafts: [MatrixRecord] = []
        for _ in 0..<count {
            var draft = MatrixRecord(name: "spare", id: Self.unknownID, kind: .person)
            draft.isChangeable = true
            drafts.append(filled(draft))
        }
        return try create(drafts) { _ in nil }
    }

    private func create(
        _ drafts: [MatrixRecord], companies: (Int) -> String?
    ) throws -> [MatrixRecord] {
        let answers = try send(
            drafts.enumerated().map { place, draft in
                (
                    "POST", "/v1/records", "order",
                    MatrixRecord.body(draft.kind, draft.values, company: companies(place))
                )
            })
        return try zip(drafts, answers).map { draft, answer in
            let id = try #require(answer.firstMatch(of: #/^201\t{"id":"([0-9a-f-]{36})"/#))
            var record = draft
            record.id = String(id.1)
            return record
        }
    }

    /// Brings the records into their states.
    private func enter(_ records: [MatrixRecord]) throws {
        let requests = records.flatMap(Self.entry)
        let answers = try send(requests)
        try #require(answers.allSatisfy { $0.hasPrefix("20") })
    }

    private static func entry(_ record: MatrixRecord) -> [Request] {
        func request(_ method: String, _ path: String, _ body: String?) -> Request {
            (method, "/v1/records/\(record.id)/" + path, CatalogueFacts.rightsPurpose, body)
        }
        var requests: [Request] = []
        for said in record.consents {
            let body = #"{"purpose":"\#(said.purpose)","state":"\#(said.state)"}"#
            requests.append(request("POST", "consents", body))
        }
        for said in record.objections {
            let stands = said.state == "stands"
            requests.append(
                request(
                    stands ? "PUT" : "DELETE", "objections/" + said.purpose, stands ? "{}" : nil))
        }
        if record.isProtected {
            requests.append(request("PUT", "protection", #"{"until":"2999-01-01"}"#))
        }
        if record.isRestricted {
            requests.append(request("PUT", "restriction", #"{"ground":"matrix"}"#))
        }
        if record.state == .erased {
            requests.append(request("POST", "erasure", #"{"reason":"matrix"}"#))
        }
        return requests
    }

    private func send(_ requests: [Request]) throws -> [Substring] {
        try UserClient(requests, uid: Self.uid, gid: Self.uid, to: vault).answers()
    }
}
