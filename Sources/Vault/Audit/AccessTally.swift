import Catalogue
import Storage
import Verification

/// Counts what one principal's accesses touched in a time, as a scan shows it the log.
///
/// It remembers each distinct record by its 16-byte id and a word with a bit for each field: 24 bytes,
/// and as much again for the table's vacant places. At ``maximumRecords`` that is 200 MB, and half as much
/// more while the table grows; the scan ends with an error before it would take more.
struct AccessTally: LogVisitor {
    /// The most distinct records that are counted.
    static let maximumRecords = 5_000_000
    /// The most names of fields, those no longer in the catalogue included: the bits of a word.
    static let maximumFields = UInt64.bitWidth
    /// The compartment of a field that the catalogue does not have.
    static let unknownCompartment = "unknown"
    private static let operations: Set<String> = [
        OperationKind.read.rawValue, OperationKind.search.rawValue, OperationKind.verify.rawValue,
        OperationKind.readConsents.rawValue,
    ]
    /// Operations that write as a rule, and whose entries say so where they only read.
    private static let readingReason = "read"

    /// Whose entries are counted.
    let principal: AccessPrincipal
    /// Which of them by their time, in Unix milliseconds.
    let time: Range<Int64>
    let catalogue: Catalogue
    var maximumRecords = Self.maximumRecords

    /// How many entries could be read, of whomever.
    private(set) var readable: UInt64 = 0
    /// How many had expired.
    private var expired: UInt64 = 0
    /// The time of the first that could be read: those that had expired are no younger.
    private var firstReadable: Int64?
    private(set) var accesses = 0
    private(set) var refusals = 0
    /// Unix milliseconds; entries stand in the log nearly, but not quite, in the order of their times.
    private(set) var first: Int64?
    private(set) var last: Int64?
    private var touched: [RecordID: UInt64] = [:]
    private var fields: [(name: String, compartment: String, records: Int)] = []
    private var places: [String: Int] = [:]
    private var compartments: [String: (fields: UInt64, records: Int)] = [:]

    init(of principal: AccessPrincipal, in time: Range<Int64>, catalogue: Catalogue) {
        self.principal = principal
        self.time = time
        self.catalogue = catalogue
    }

    mutating func visit(_ entry: AuditEntry) throws(VaultError) -> Bool {
        guard !entry.leaf.isExpired else {
            expired += 1
            return true
        }
        guard entry.leaf.isWhole, let logged = LoggedEntry(entry.leaf.entry) else { return true }
        readable += 1
        firstReadable = firstReadable ?? logged.milliseconds
        guard principal.made(logged), time.contains(logged.milliseconds) else { return true }
        if logged.outcome != "ok" {
            // An entry may stand for many refusals of the same minute.
            let count = Int(clamping: max(logged.count ?? 1, 1))
            refusals = refusals.addingReportingOverflow(count).overflow ? .max : refusals + count
        } else if let record = logged.record, Self.isAccess(logged) {
            accesses += 1
            first = min(first ?? logged.milliseconds, logged.milliseconds)
            last = max(last ?? logged.milliseconds, logged.milliseconds)
            try note(record, touchedIn: mask(of: logged.fields))
        }
        return true
    }

    private static func isAccess(_ entry: LoggedEntry) -> Bool {
        operations.contains(entry.operation) || entry.reason == readingReason
    }

    private mutating func note(
        _ record: RecordID, touchedIn mask: UInt64
    ) throws(VaultError) {
        let known = touched[record]
        guard known != nil || touched.count < maximumRecords else {
            throw VaultError(
                .invalidValue, detail: "more than \(maximumRecords) records: ask for a shorter time"
            )
        }
        let before = known ?? 0
        guard known == nil || mask & ~before != 0 else { return }
        touched[record] = before | mask
        var added = mask & ~before
        while added != 0 {
            fields[added.trailingZeroBitCount].records += 1
            added &= added - 1
        }
        for (name, compartment) in compartments
        where before & compartment.fields == 0 && mask & compartment.fields != 0 {
            compartments[name]?.records += 1
        }
    }

    /// A bit for each field.
    private mutating func mask(of names: [String]) throws(VaultError) -> UInt64 {
        var mask: UInt64 = 0
        for name in names { mask |= 1 << UInt64(try place(of: name)) }
        return mask
    }

    private mutating func place(of name: String) throws(VaultError) -> Int {
        if let place = places[name] { return place }
        let place = fields.count
        guard place < Self.maximumFields else {
            throw VaultError(
                .invalidValue,
                detail: "more than \(Self.maximumFields) fields: ask for a shorter time")
        }
        let isOfRights = RightsField.allCases.contains { $0.logName == name }
        let compartment =
            catalogue.field(named: name)?.compartment
            ?? (isOfRights ? RightsField.label : Self.unknownCompartment)
        fields.append((name, compartment, 0))
        places[name] = place
        compartments[compartment, default: (0, 0)].fields |= 1 << UInt64(place)
        return place
    }
}

extension AccessTally {
    /// Puts the counts in a statement, whose entries are those that the tally was shown.
    func fill(_ scope: inout BreachScope) {
        scope.records = touched.count
        scope.fields = fields.sorted { $0.name < $1.name }.map {
            BreachScope.Field(name: $0.name, compartment: $0.compartment, records: $0.records)
        }
        scope.compartments = compartments.sorted { $0.key < $1.key }.map {
            BreachScope.Compartment(name: $0.key, records: $0.value.records)
        }
        scope.accesses = accesses
        scope.firstAccess = first.map { Timestamp.text(milliseconds: $0) }
        scope.lastAccess = last.map { Timestamp.text(milliseconds: $0) }
        scope.refusals = refusals
        let entries = scope.lastEntry - scope.firstEntry + 1
        // Expired entries may be of the time only if it began before the first that is left.
        let isCut = expired > 0 && time.lowerBound < firstReadable ?? .max
        scope.unreadableEntries = entries - min(readable + (isCut ? 0 : expired), entries)
    }
}
