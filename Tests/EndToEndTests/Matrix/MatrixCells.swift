/// All cells of one principal: every operation, field, view and state, for every purpose.
struct MatrixCells {
    /// The purposes that ship, one that does not, and none.
    static let purposes: [String?] = CatalogueFacts.purposes + ["no-such-purpose", nil]
    /// Erasures need a record each.
    static let erasuresPerPurpose = 2

    private let principal: MatrixPrincipal
    private let subjects: MatrixSubjects
    private let fields = CatalogueFacts.fields.map(\.name)
    private var cells: [MatrixCell] = []

    static func of(
        _ principal: MatrixPrincipal, _ subjects: MatrixSubjects, values: inout MatrixValues
    ) -> [MatrixCell] {
        var made = MatrixCells(principal: principal, subjects: subjects)
        for (number, purpose) in purposes.enumerated() {
            made.addReads(purpose)
            made.addLists(purpose)
            made.addStates(purpose)
            made.addRights(purpose)
            made.addRightsChanges(purpose)
            made.addSearches(purpose)
            made.addVerifications(purpose)
            made.addCreations(purpose, &values)
            made.addUpdates(purpose)
            made.addBatchWrite(purpose, &values)
            made.addErasures(purpose, number)
            made.addAdministration(purpose, number)
            made.addTokens(purpose, number)
            made.add(.health, purpose)
        }
        return made.cells
    }

    private init(principal: MatrixPrincipal, subjects: MatrixSubjects) {
        self.principal = principal
        self.subjects = subjects
    }

    private mutating func add(_ operation: MatrixCell.Operation, _ purpose: String?) {
        cells.append(MatrixCell(operation: operation, purpose: purpose))
    }

    private mutating func addReads(_ purpose: String?) {
        let selections = [nil] + fields.map { [$0] }
        for fields in selections + [["name", "henkilotunnus"]] {
            for view in [nil, "plain", "masked"] {
                for record in subjects.live {
                    add(.read(record, fields: fields, view: view), purpose)
                }
            }
            for record in [subjects.erased, subjects.unknown] {
                add(.read(record, fields: fields, view: nil), purpose)
            }
            add(.contacts(subjects.company, fields: fields), purpose)
            add(
                .batchRead(
                    [subjects.unknown] + subjects.live + [subjects.erased], fields: fields),
                purpose)
        }
        for record in [subjects.person, subjects.erased, subjects.unknown] {
            add(.contacts(record, fields: nil), purpose)
        }
    }

    private mutating func addLists(_ purpose: String?) {
        let records = subjects.all.filter { !$0.isChangeable && $0.state != .unknown }
        for form in [MatrixCell.List.Form.all, .filtered, .filteredByQuery]
        where purpose != nil || form == .all {
            add(.list(MatrixCell.List(form: form, records: records)), purpose)
        }
        add(.protections(records), purpose)
    }

    /// What is asked of everybody, asked of those who said something or whom something protects.
    private mutating func addStates(_ purpose: String?) {
        for record in subjects.states {
            for (fields, view) in [
                (nil, nil), (nil, "plain"), (nil, "masked"), (["phone"], nil), (["phone"], "plain"),
                (["address"], "masked"), (["email"], nil),
            ] as [([String]?, String?)] {
                add(.read(record, fields: fields, view: view), purpose)
            }
            for field in ["phone", "email", "reference"] {
                add(.search(field: field, of: record, fields: nil), purpose)
            }
            for field in ["phone", "address", "email", "henkilotunnus"] {
                let value = value(of: field, for: record)
                add(.verify(record, field: field, value: value, isRight: true), purpose)
            }
            for field in ["phone", "email"] {
                let value = value(of: field, for: record)
                add(.update(record, field: field, value: value), purpose)
            }
        }
        for name in ["restricted", "objecting"] {
            add(.contacts(subjects.state(name), fields: nil), purpose)
        }
        add(.batchRead(subjects.states, fields: nil), purpose)
        add(.batchRead(subjects.company.contacts, fields: ["name", "phone"]), purpose)
        let restricted = subjects.state("restricted")
        add(.search(field: "phone", of: restricted, fields: ["name", "phone"]), purpose)
        guard purpose != CatalogueFacts.rightsPurpose else { return }
        add(.erase(restricted, compartments: ["billing"]), purpose)
    }

    /// What is known of people's rights.
    private mutating func addRights(_ purpose: String?) {
        for record in others(with: ["restricted", "protected"]) {
            add(.restriction(record), purpose)
            add(.protection(record), purpose)
            add(.holds(record), purpose)
        }
        for record in others(with: ["restricted", "consenting", "withdrawn"]) {
            add(.consents(record), purpose)
        }
        for record in others(with: ["restricted", "objecting", "disputing"]) {
            add(.objections(record), purpose)
        }
    }

    private func others(with states: [String]) -> [MatrixRecord] {
        states.map(subjects.state) + [subjects.person, subjects.erased, subjects.unknown]
    }

    private mutating func addRightsChanges(_ purpose: String?) {
        let (changeable, restricted) = (subjects.changeable, subjects.state("restricted"))
        let gone = [subjects.erased, subjects.unknown]
        for state in ["given", "withdrawn"] {
            add(.recordConsent(changeable.person, to: "marketing", state: state), purpose)
        }
        for record in [changeable.company, restricted] {
            // Neither purpose rests on consent: nothing changes.
            add(.recordConsent(record, to: "order", state: "given"), purpose)
        }
        add(.recordConsent(changeable.company, to: "marketing", state: "given"), purpose)
        for objectionable in ["marketing", "payment-follow-up", "order"] {
            for record in [changeable.company, changeable.person] {
                add(.object(record, to: objectionable), purpose)
                add(.liftObjection(record, to: objectionable), purpose)
            }
        }
        add(.object(restricted, to: "order"), purpose)
        add(.liftObjection(restricted, to: "order"), purpose)
        add(.restrict(changeable.restricted), purpose)
        add(.liftRestriction(changeable.restricted), purpose)
        add(.protect(changeable.protected), purpose)
        add(.endProtection(changeable.protected), purpose)
        add(.hold(changeable.protected), purpose)
        add(.endHold(changeable.protected), purpose)
        for record in gone {
            add(.recordConsent(record, to: "marketing", state: "given"), purpose)
            add(.object(record, to: "marketing"), purpose)
            add(.liftObjection(record, to: "marketing"), purpose)
            add(.restrict(record), purpose)
            add(.liftRestriction(record), purpose)
            add(.protect(record), purpose)
            add(.endProtection(record), purpose)
            add(.hold(record), purpose)
            add(.endHold(record), purpose)
        }
    }

    private mutating func addSearches(_ purpose: String?) {
        for record in subjects.live + [subjects.erased, subjects.unknown] {
            for field in record.values.keys.sorted() {
                add(.search(field: field, of: record, fields: nil), purpose)
            }
        }
        add(.search(field: "shoe", of: subjects.person, fields: nil), purpose)
        for field in fields {
            add(.search(field: "phone", of: subjects.person, fields: [field]), purpose)
            add(.search(field: "email", of: subjects.unknown, fields: [field]), purpose)
        }
    }

    private mutating func addVerifications(_ purpose: String?) {
        for record in subjects.live + [subjects.sparse] {
            for field in fields {
                let value = value(of: field, for: record)
                add(.verify(record, field: field, value: value, isRight: true), purpose)
                guard let wrong = subjects.unknown.values[field]?.plain,
                    record.kind == .person
                else { continue }
                add(.verify(record, field: field, value: wrong, isRight: false), purpose)
            }
        }
        for record in [subjects.erased, subjects.unknown] {
            for field in ["henkilotunnus", "email", "shoe"] {
                let value = record.values[field]?.plain ?? "1"
                add(.verify(record, field: field, value: value, isRight: true), purpose)
            }
        }
    }

    /// The record's own value, or a valid one where it has none.
    private func value(of field: String, for record: MatrixRecord) -> String {
        let others = [record, subjects.person, subjects.company]
        return others.lazy.compactMap { $0.values[field]?.plain }.first ?? "null"
    }

    private mutating func addCreations(_ purpose: String?, _ values: inout MatrixValues) {
        for kind in CatalogueFacts.RecordKind.allCases {
            let optional = CatalogueFacts.fields.filter {
                $0.kinds.contains(kind) && $0.name != CatalogueFacts.requiredField
            }
            for field in [nil] + optional.map(\.name) {
                add(creation(kind, field, &values), purpose)
            }
        }
        for (record, kind, field) in [
            (subjects.person, .person, "henkilotunnus"), (subjects.person, .person, "reference"),
            (subjects.company, .company, "ytunnus"), (subjects.person, .company, "reference"),
            (subjects.company, CatalogueFacts.RecordKind.contact, "reference"),
            (subjects.state("restricted"), .person, "henkilotunnus"),
            (subjects.state("protected"), .person, "henkilotunnus"),
            (subjects.state("consenting"), .company, "reference"),
            (subjects.state("objecting"), .company, "ytunnus"),
        ] {
            add(creation(kind, field, &values, twin: record), purpose)
        }
    }

    private func creation(
        _ kind: CatalogueFacts.RecordKind, _ field: String?, _ values: inout MatrixValues,
        twin: MatrixRecord? = nil
    ) -> MatrixCell.Operation {
        let names = [CatalogueFacts.requiredField] + [field].compactMap { $0 }
        var content: [String: MatrixValues.Value] = [:]
        for name in names { content[name] = values.next(name, kind) }
        if let twin, let field { content[field] = twin.values[field] }
        let company = kind == .contact ? subjects.host.id : nil
        return .create(
            kind, fields: names, body: MatrixRecord.body(kind, content, company: company),
            twin: twin.flatMap { twin in field.map { (twin, $0) } })
    }

    private mutating func addUpdates(_ purpose: String?) {
        for record in subjects.live {
            for field in fields {
                let value = value(of: field, for: record)
                add(.update(record, field: field, value: value), purpose)
            }
        }
        for record in [subjects.erased, subjects.unknown] {
            for field in fields {
                let value = value(of: field, for: record)
                add(.update(record, field: field, value: value), purpose)
            }
        }
        for field in fields { add(.update(subjects.sparse, field: field, value: nil), purpose) }
    }

    private mutating func addBatchWrite(_ purpose: String?, _ values: inout MatrixValues) {
        var items: [(cell: MatrixCell.Operation, item: String)] = []
        for operation in [
            creation(.person, "email", &values),
            creation(.person, "henkilotunnus", &values, twin: subjects.person),
            creation(.company, nil, &values),
        ] {
            guard case .create(_, _, let body, _) = operation else { continue }
            items.append((operation, #"{"op":"create",\#(body.dropFirst())"#))
        }
        for (record, field) in [
            (subjects.person, "phone"), (subjects.person, "billing"), (subjects.company, "email"),
            (subjects.erased, "phone"), (subjects.unknown, "phone"),
        ] {
            let value = value(of: field, for: record)
            items.append(
                (
                    .update(record, field: field, value: value),
                    #"{"op":"update","id":"\#(record.id)","fields":{"\#(field)":\#(value)}}"#
                ))
        }
        add(.batchWrite(items), purpose)
    }

    private mutating func addErasures(_ purpose: String?, _ number: Int) {
        let spare = subjects.spare[(number * Self.erasuresPerPurpose)...]
            .prefix(Self.erasuresPerPurpose)
        for (record, compartments) in zip(spare, [["billing"], nil]) {
            add(.erase(record, compartments: compartments), purpose)
        }
        // There is nothing in them, which not everybody is told.
        for compartment in ["contact", "billing"] {
            add(.erase(subjects.sparse, compartments: [compartment]), purpose)
        }
        add(.erase(subjects.unknown, compartments: ["contact"]), purpose)
        add(.erase(subjects.erased, compartments: nil), purpose)
        add(.erase(subjects.unknown, compartments: nil), purpose)
        for record in [subjects.person, subjects.erased, subjects.unknown] {
            add(.certificates(record), purpose)
        }
    }

    private mutating func addAdministration(_ purpose: String?, _ number: Int) {
        func add(
            _ name: String, _ method: String, _ path: String, _ body: String? = nil,
            needs permission: String, _ outcome: String
        ) {
            self.add(
                .administration(
                    name, method: method, path: path, body: body, permission: permission,
                    outcome: outcome), purpose)
        }
        let refused = "403 not_granted"
        let role =
            #"{"kind":"data","reason":"matrix","permissions":[{"operations":["read-keys"]}]}"#
        func grant(_ principal: String) -> String {
            #"{"principal":"\#(principal)","role":"dpo","reason":"matrix"}"#
        }
        let nothing = "01900000-0000-7000-8000-000000000000"
        let other = principal.uid % 1000 * 100 + UInt32(number) + 500_000
        let own = principal.grants.first { $0.time != .past }?.role ?? "dpo"
        let name = "matrix-\(principal.uid)-\(number)"
        add("keys", "GET", "/v1/keys", needs: "read-keys", "200")
        add("checkpoint", "GET", "/v1/audit/checkpoint", needs: "read-keys", "200")
        add("status", "GET", "/v1/status", needs: "read-status", "200")
        // Whoever may is told what is wrong; nothing is changed.
        add(
            "root key", "POST", "/v1/keys/root", #"{"type":"none"}"#, needs: "rotate-keys",
            "422 invalid_value")
        add("rotation", "GET", "/v1/keys/rotation", needs: "rotate-keys", "200")
        add(
            "clock", "POST", "/v1/clock/confirmation", #"{"reason":"No code"}"#,
            needs: "rotate-keys", "422 invalid_value")
        add("backups", "GET", "/v1/backups", needs: "back-up", "200")
        add("metrics", "GET", "/metrics", needs: "read-metrics", "200")
        add("entries", "GET", "/v1/audit/entries?limit=1", needs: "read-audit", "200 items")
        add("proof", "GET", "/v1/audit/proof?number=1", needs: "read-audit", "200")
        self.add(.history(subjects.person), purpose)
        self.add(.history(subjects.unknown), purpose)
        add("roles", "GET", "/v1/roles", needs: "read-roles", "200 items")
        add("a role", "GET", "/v1/roles/dpo", needs: "read-roles", "200")
        add(
            "explanation", "GET", "/v1/grants/explanation?principal=uid:5", needs: "read-roles",
            "200")
        add("grants", "GET", "/v1/grants", needs: "manage-grants", "200 items")
        add(
            "grant to another", "POST", "/v1/grants", grant("uid:\(other)"),
            needs: "manage-grants", "201")
        add(
            "grant to oneself", "POST", "/v1/grants", grant("uid:\(principal.uid)"),
            needs: "manage-grants", refused)
        add(
            "grant to one's group", "POST", "/v1/grants", grant("gid:\(principal.gid)"),
            needs: "manage-grants", refused)
        add(
            "revoke nothing", "DELETE", "/v1/grants/\(nothing)", needs: "manage-grants",
            "404 unknown_grant")
        add(
            "preview a role", "PUT", "/v1/roles/\(name)?preview=true", role,
            needs: "manage-roles", "200")
        add("set a role", "PUT", "/v1/roles/\(name)", role, needs: "manage-roles", "200")
        add("set one's role", "PUT", "/v1/roles/\(own)", role, needs: "manage-roles", refused)
        add(
            "delete no role", "DELETE", "/v1/roles/no-such-role", needs: "manage-roles",
            "404 unknown_role")
    }

    private mutating func addTokens(_ purpose: String?, _ number: Int) {
        let name = "matrix-\(principal.uid)-\(number)"
        let (token, other) = ("/v1/tokens/" + name, "/v1/tokens/no-such-token")
        func body(_ name: String, _ user: UInt32) -> String {
            #"{"name":"\#(name)","users":["uid:\#(user)"],"reason":"matrix"}"#
        }
        func grant(_ token: String) -> String {
            #"{"principal":"token:\#(token)","role":"dpo","reason":"matrix"}"#
        }
        let own = name + "-own"
        for (name, method, path, body, permission, outcome) in [
            ("tokens", "GET", "/v1/tokens", nil, "manage-tokens", "200 items"),
            ("make a token", "POST", "/v1/tokens", body(name, 77), "manage-tokens", "201"),
            (
                "make it again", "POST", "/v1/tokens", body(name, 78), "manage-tokens",
                "409 conflict"
            ),
            ("grant to it", "POST", "/v1/grants", grant(name), "manage-grants", "201"),
            ("revoke it", "DELETE", token, nil, "manage-tokens", "200"),
            ("revoke none", "DELETE", other, nil, "manage-tokens", "404 unknown_token"),
            (
                "make a token for oneself", "POST", "/v1/tokens", body(own, principal.uid),
                "manage-tokens", "201"
            ),
            (
                "grant to one's token", "POST", "/v1/grants", grant(own), "manage-grants",
                "403 not_granted"
            ),
        ] as [(String, String, String, String?, String, String)] {
            add(
                .administration(
                    name, method: method, path: path, body: body, permission: permission,
                    outcome: outcome), purpose)
        }
    }
}
