/// Says what each cell must be answered, from the role tables and the interface's words alone.
///
/// An outcome is a line: the status, the problem's code or what is shown, field by field.
struct MatrixOracle: Sendable {
    let table: RoleTable

    func outcome(of cell: MatrixCell, for principal: MatrixPrincipal) -> String {
        if case .health = cell.operation { return "200" }
        // Before anything is looked at.
        if principal.presentsBadToken { return "401 bad_token" }
        let rights = table.rights(
            of: principal.roles, within: principal.rolesInReach, for: cell.purpose)
        return MatrixJudge(rights: rights, purpose: cell.purpose).outcome(of: cell.operation)
    }
}

/// One caller's rights for one purpose, applied.
private struct MatrixJudge {
    let rights: Rights
    let purpose: String?

    private typealias Refusal = String
    private static let notGranted = "403 not_granted"

    func outcome(of operation: MatrixCell.Operation) -> String {
        switch operation {
        case .read(let record, let fields, let view):
            refusal("read") ?? refusal(reading: fields, view) ?? show(record, fields, view)
        case .search(let field, let record, let fields):
            refusal("search") ?? refusal(reading: fields, nil)
                ?? search(field, record, fields)
        case .verify(let record, let field, _, let isRight):
            refusal("verify") ?? verify(record, field, isRight)
        case .create(let kind, let fields, _, let twin):
            refusal("create") ?? create(kind, fields, twin)
        case .update(let record, let field, let value):
            refusal("update") ?? update(record, field, isRemoval: value == nil)
        case .contacts(let record, let fields):
            refusal("read") ?? refusal(reading: fields, nil) ?? contacts(record, fields)
        case .batchRead(let records, let fields):
            refusal("read") ?? refusal(reading: fields, nil)
                ?? ("200 results " + records.map { show($0, fields, nil) }.joined(separator: "; "))
        case .batchWrite(let items):
            "200 results " + items.map { outcome(of: $0.cell) }.joined(separator: "; ")
        case .list(let list): refusal("list") ?? self.list(list)
        case .erase(let record, let compartments):
            refusal("erase") ?? erase(record, compartments)
        case .certificates(let record): refusal("read-certificates") ?? certificates(record)
        case .history: refusal("read-audit") ?? "200 items"
        case .recordConsent(let record, let purpose, _):
            refusal("record-consent") ?? recordingRefusal(for: record)
                ?? (CatalogueFacts.needsConsent(purpose, record.kind)
                    ? "201" : "422 invalid_value")
        case .object(let record, let purpose), .liftObjection(let record, let purpose):
            refusal("record-objection") ?? recordingRefusal(for: record)
                ?? (CatalogueFacts.isObjectionable(purpose, record.kind)
                    ? "200" : "422 invalid_value")
        case .consents(let record):
            refusal("read-consents") ?? recordingRefusal(for: record)
                ?? MatrixOutcome.line(ofSaid: record.consents)
        case .objections(let record):
            refusal("read-consents") ?? recordingRefusal(for: record)
                ?? MatrixOutcome.line(ofSaid: record.objections)
        case .restrict(let record), .liftRestriction(let record):
            refusal("restrict") ?? recordingRefusal(for: record) ?? "200"
        case .restriction(let record):
            refusal("restrict") ?? recordingRefusal(for: record)
                ?? "200 restricted \(record.isRestricted)"
        case .protect(let record), .endProtection(let record):
            refusal("protect") ?? recordingRefusal(for: record) ?? "200"
        case .protection(let record):
            refusal("protect") ?? recordingRefusal(for: record)
                ?? "200 protected \(record.isProtected)"
        case .protections(let records):
            refusal("protect")
                ?? MatrixOutcome.line(ofListed: records.filter(\.isProtected).map(\.name))
        case .hold(let record), .endHold(let record):
            refusal("hold") ?? recordingRefusal(for: record) ?? "200"
        case .holds(let record):
            refusal("hold") ?? recordingRefusal(for: record) ?? "200 items"
        case .health: "200"
        case .administration(_, _, _, _, let permission, let outcome):
            refusal(permission) ?? outcome
        }
    }

    /// Why an operation is refused before anything is looked at.
    private func refusal(_ operation: String) -> Refusal? {
        if CatalogueFacts.personalOperations.contains(operation), purpose == nil {
            return "400 purpose_required"
        }
        return rights.operations.contains(operation) ? nil : Self.notGranted
    }

    /// A field that is named must be granted, in the view that is named.
    private func refusal(reading fields: [String]?, _ view: String?) -> Refusal? {
        let isRefused = (fields ?? []).contains { field in
            guard let isPlain = rights.views["read"]?[field] else { return true }
            return view == "plain" && !isPlain
        }
        return isRefused ? Self.notGranted : nil
    }

    private func refusal(for record: MatrixRecord) -> Refusal? {
        switch record.state {
        case .unknown: "404 unknown_record"
        case .erased: "410 erased"
        case .live where record.isRestricted(for: purpose): "423 restricted"
        case .live: record.isClosed(to: purpose) ? Self.notGranted : nil
        }
    }

    /// What is said of a purpose is heard whatever was said before.
    private func recordingRefusal(for record: MatrixRecord) -> Refusal? {
        switch record.state {
        case .unknown: "404 unknown_record"
        case .erased: "410 erased"
        case .live: record.isRestricted(for: purpose) ? "423 restricted" : nil
        }
    }

    /// Whether a record is come upon; a restricted one is, and shows nothing.
    private func isFound(_ record: MatrixRecord) -> Bool {
        record.state == .live && !record.isClosed(to: purpose)
    }

    /// Whether a field may be used to recognise the record.
    private func allowsMatching(_ record: MatrixRecord, _ field: String) -> Bool {
        !record.isProtected || !CatalogueFacts.whereabouts.contains(field)
            || rights.isPlain("protected", field)
    }

    private func list(_ list: MatrixCell.List) -> String {
        let isFiltered = list.form != .all || !CatalogueFacts.opensEveryRecord(purpose)
        let listed = list.records.filter {
            !isFiltered || isFound($0) && !$0.isRestricted(for: purpose)
        }
        return MatrixOutcome.line(
            ofListed: listed.map { $0.state == .erased ? "erased, gone" : $0.name })
    }

    /// A record that is come upon.
    private func found(_ record: MatrixRecord, _ fields: [String]?) -> String {
        guard record.isRestricted(for: purpose) else { return shown(record, fields, nil) }
        let planned = (rights.views["read"] ?? [:]).keys.filter { fields?.contains($0) ?? true }
        return MatrixOutcome.line(
            record.name,
            Dictionary(uniqueKeysWithValues: planned.map { ($0, "withheld restricted") }))
    }

    private func show(_ record: MatrixRecord, _ fields: [String]?, _ view: String?) -> String {
        refusal(for: record) ?? "200 " + shown(record, fields, view)
    }

    private func shown(_ record: MatrixRecord, _ fields: [String]?, _ view: String?) -> String {
        var views: [String: String] = [:]
        for (field, isPlain) in rights.views["read"] ?? [:] {
            guard fields?.contains(field) ?? true, let value = record.values[field],
                isPlain || view != "plain"
            else { continue }
            var isPlain = isPlain && view != "masked"
            if record.isProtected, CatalogueFacts.whereabouts.contains(field) {
                guard let isSeenPlain = rights.views["protected"]?[field] else {
                    views[field] = "withheld protected"
                    continue
                }
                isPlain = isPlain && isSeenPlain
            }
            views[field] =
                value.plain == value.masked ? "same" : isPlain ? "plain" : "masked"
        }
        return MatrixOutcome.line(record.name, views)
    }

    private func search(_ field: String, _ record: MatrixRecord, _ fields: [String]?) -> String {
        guard let known = CatalogueFacts.field(field) else { return "422 unknown_field" }
        guard rights.isPlain("search", field) else { return Self.notGranted }
        guard known.isSearchable else { return "422 invalid_value" }
        let isMatch = isFound(record) && allowsMatching(record, field)
        return "200 matches" + (isMatch ? " " + found(record, fields) : "")
    }

    private func verify(_ record: MatrixRecord, _ field: String, _ isRight: Bool) -> String {
        guard let known = CatalogueFacts.field(field) else { return "422 unknown_field" }
        guard rights.views["verify"]?[field] != nil else { return Self.notGranted }
        if let refusal = refusal(for: record) { return refusal }
        guard allowsMatching(record, field) else { return Self.notGranted }
        guard known.kinds.contains(record.kind) else { return "422 invalid_value" }
        return "200 match \(isRight && record.values[field] != nil)"
    }

    private func create(
        _ kind: CatalogueFacts.RecordKind, _ fields: [String],
        _ twin: (record: MatrixRecord, field: String)?
    ) -> String {
        guard fields.allSatisfy({ rights.isPlain("create", $0) }),
            !CatalogueFacts.needsConsent(purpose, kind)
        else {
            return Self.notGranted
        }
        guard let twin else { return "201" }
        // Whoever could find it is told which it is, and nobody else.
        let isTold =
            rights.isPlain("search", twin.field) && isFound(twin.record)
            && allowsMatching(twin.record, twin.field)
        return "409 duplicate" + (isTold ? " existing " + twin.record.name : "")
    }

    private func update(_ record: MatrixRecord, _ field: String, isRemoval: Bool) -> String {
        // Before anything else: what is not granted must not tell whether there is a value.
        guard rights.isPlain("update", field) else { return Self.notGranted }
        if let refusal = refusal(for: record) { return refusal }
        if isRemoval { return field == CatalogueFacts.requiredField ? "422 invalid_value" : "200" }
        let isOfKind = CatalogueFacts.field(field)?.kinds.contains(record.kind) ?? false
        return isOfKind ? "200" : "422 invalid_value"
    }

    private func contacts(_ record: MatrixRecord, _ fields: [String]?) -> String {
        switch record.state {
        case .unknown: "404 unknown_record"
        case .erased: "410 erased"
        case .live where record.isRestricted(for: purpose): "423 restricted"
        case .live:
            "200 items"
                + record.contacts.filter(isFound).map { " " + found($0, fields) }.sorted().joined()
        }
    }

    private func erase(_ record: MatrixRecord, _ compartments: [String]?) -> String {
        // Before anything else: what is not granted must not tell whether there is a value.
        let isGranted = (compartments ?? []).allSatisfy { compartment in
            CatalogueFacts.fields.contains {
                $0.compartment == compartment && rights.isPlain("erase", $0.name)
            }
        }
        guard isGranted else { return Self.notGranted }
        switch record.state {
        case .unknown: return "404 unknown_record"
        case .erased: return "200"
        case .live where record.isRestricted(for: purpose): return "423 restricted"
        case .live: break
        }
        let fields = record.values.keys.filter { field in
            compartments?.contains(CatalogueFacts.field(field)?.compartment ?? "") ?? true
        }
        if fields.isEmpty { return "422 invalid_value" }
        return fields.allSatisfy { rights.isPlain("erase", $0) } ? "200" : Self.notGranted
    }

    private func certificates(_ record: MatrixRecord) -> String {
        record.state == .unknown ? "404 unknown_record" : "200 items"
    }
}
