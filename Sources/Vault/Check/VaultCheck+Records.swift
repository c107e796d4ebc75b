import KeyManagement
import Storage

extension VaultCheck {
    /// Every record and every tombstone; fills in what should stand in the index.
    func checkRecords(
        _ report: inout Report, _ index: inout IndexComparison, _ logged: LoggedChanges,
        progress: (Int) -> Void
    ) async throws {
        var pages = RecordPages(store)
        while true {
            let page = try await pages.next()
            guard !page.isEmpty else { return }
            for entry in page {
                switch entry.lookup {
                case .live(let stored):
                    let findings = report.findings.count
                    let last = logged[stored.id]
                    if let last, last.generation > stored.generation {
                        report.note(
                            "rolled-back", "record \(stored.id): the log has a later change")
                    }
                    try await check(stored, &report, &index)
                    if findings == report.findings.count, let digest = last?.digest,
                        digest != stored.digest
                    {
                        report.note("not-as-logged", "record \(stored.id)")
                    }
                case .erased(let tombstone): try check(tombstone, of: entry.id, &report)
                case .unknown, nil: report.note("damaged", "row of record \(entry.id)")
                }
            }
            progress(report.records)
        }
    }

    private func check(
        _ tombstone: [UInt8], of id: RecordID, _ report: inout Report
    ) throws {
        let milliseconds = try keyring.erasedAtMilliseconds(tombstone: tombstone, of: id)
        if milliseconds == nil { report.note("damaged", "tombstone of record \(id)") }
    }

    private func check(
        _ stored: StoredRecord, _ report: inout Report, _ index: inout IndexComparison
    ) async throws {
        guard let record = try? await open(stored) else {
            return report.note("damaged", "key box of record \(stored.id)")
        }
        report.records += 1
        var data = FieldData(vault: keyring.vault, record: stored.id)
        for label in record.box.labels.indices {
            let dek = try record.dek(of: label)
            for (place, field) in record.box.labels[label].fields.enumerated() {
                var plaintext: [UInt8] = []
                if let fault = record.open(
                    (label, place), dek: dek, data: &data, appendingTo: &plaintext)
                {
                    report.note(fault.rawValue, "field \(field) of record \(stored.id)")
                } else {
                    report.fields += 1
                }
            }
        }
        let own = keyring.index(of: record.segment)
        for place in 0..<record.box.indexValueCount {
            guard let entry = try record.box.indexValue(place) else { continue }
            index.expect(stored.id, in: own.chain(of: entry.value))
        }
    }
}

extension VaultCheck.Report {
    mutating func note(_ kind: String, _ place: String) {
        findings.append(VaultCheck.Finding(kind: kind, place: place))
    }
}
