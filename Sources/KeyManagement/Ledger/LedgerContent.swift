import Cryptography

/// What a ledger's file says, every entry of it verified (docs/FORMAT.md, "Ledger").
struct LedgerContent: Sendable {
    private static let magic = Array("AITTALGR".utf8)
    private static let format: UInt8 = 1

    let entries: [LedgerEntry]
    /// The end of the last whole entry.
    let head: LedgerHead
    /// Whether an entry follows that was never written whole.
    let isTorn: Bool

    static func header(of vault: VaultID) -> [UInt8] { magic + [format] + vault.bytes }

    /// A whole file of these entries, which count from 1.
    static func file(
        of entries: [LedgerEntry], _ authenticator: LedgerMAC
    ) throws(KeyError) -> [UInt8] {
        header(of: authenticator.vault)
            + (try LedgerHead.empty(authenticator.vault).appending(entries, authenticator).bytes)
    }

    /// Reads a file's bytes.
    ///
    /// - Parameter path: Named in errors.
    /// - Throws: ``KeyError/Code/ledgerDamaged``, with the place.
    init(_ bytes: [UInt8], at path: String, _ authenticator: LedgerMAC) throws(KeyError) {
        var head = LedgerHead.empty(authenticator.vault)
        guard bytes.starts(with: head.mac) else {
            throw KeyError(.ledgerDamaged, at: "\(path): header")
        }
        var entries: [LedgerEntry] = []
        while head.byteCount < bytes.count {
            let frame = LedgerFrame(in: bytes, at: head.byteCount)
            let expected = try frame.map { frame throws(KeyError) in
                try authenticator.mac(of: frame.body, after: head.mac)
            }
            guard let frame, ConstantTime.equals(Array(frame.mac), expected ?? []) else {
                if LedgerFrame.isTorn(bytes, from: head.byteCount) { break }
                throw KeyError(.ledgerDamaged, at: "\(path): entry \(entries.count + 1)")
            }
            guard let entry = LedgerEntry(decoding: frame.body),
                entry.number == UInt64(entries.count) + 1
            else { throw KeyError(.ledgerDamaged, at: "\(path): entry \(entries.count + 1)") }
            entries.append(entry)
            head = LedgerHead(
                number: entry.number, mac: Array(frame.mac), byteCount: frame.end)
        }
        self.entries = entries
        self.head = head
        isTorn = head.byteCount < bytes.count
    }

    /// What a file says, whatever has authenticated it, up to the first thing that no ledger would say.
    static func unverifiedEntries(_ bytes: [UInt8], of vault: VaultID) -> [LedgerEntry] {
        var entries: [LedgerEntry] = []
        var end = header(of: vault).count
        guard bytes.starts(with: header(of: vault)) else { return [] }
        while let frame = LedgerFrame(in: bytes, at: end),
            let entry = LedgerEntry(decoding: frame.body),
            entry.number == UInt64(entries.count) + 1
        {
            entries.append(entry)
            end = frame.end
        }
        return entries
    }
}
