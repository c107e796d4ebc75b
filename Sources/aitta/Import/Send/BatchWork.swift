import VaultAPI
import VaultClient

/// A batch on its way.
struct BatchWork {
    /// A row that can be sent: its index in the batch, and what it asks for.
    struct Item {
        var row: Int
        var content: ImportRow.Content
    }

    let items: [Item]
    /// Ids of the companies created, by row.
    var companies: [Int: String] = [:]
    private let batch: ImportBatch
    private var created: [NewRecord.Kind: Int] = [:]
    private var reasons: [Int: [String]] = [:]

    init(_ batch: ImportBatch) {
        self.batch = batch
        var items: [Item] = []
        items.reserveCapacity(batch.rows.count)
        for (index, row) in batch.rows.enumerated() {
            switch row.content {
            case .success(let content): items.append(Item(row: index, content: content))
            case .failure(let rejection): reasons[index] = rejection.reasons
            }
        }
        self.items = items
    }

    func hasContact(_ row: Int) -> Bool { contactBytes(row) != nil }

    func contact(of row: Int) -> [UInt8] { contactBytes(row) ?? [] }

    func isRejected(_ row: Int) -> Bool { reasons[row] != nil }

    mutating func count(_ kind: NewRecord.Kind, _ number: Int = 1) {
        created[kind, default: 0] += number
    }

    mutating func reject(_ row: Int, _ problem: Problem, prefix: String) {
        reasons[row, default: []] += problem.reasons.map { prefix + $0 }
    }

    var outcome: BatchOutcome {
        BatchOutcome(
            number: batch.number, end: batch.end, rows: batch.rows.count, created: created,
            rejected: reasons.sorted { $0.key < $1.key }.map { index, reasons in
                let row = batch.rows[index]
                return RejectedRow(line: row.line, columns: row.columns, reasons: reasons)
            })
    }

    private func contactBytes(_ row: Int) -> [UInt8]? {
        guard case .success(let content) = batch.rows[row].content else { return nil }
        return content.contact
    }
}

extension Problem {
    /// Why a row was refused, in stable words: `henkilotunnus: check-character`,
    /// `duplicate: ytunnus`.
    var reasons: [String] {
        if !violations.isEmpty { return violations.map { $0.reason(within: "") } }
        if let field { return ["\(code): \(field)"] }
        return [code]
    }
}
