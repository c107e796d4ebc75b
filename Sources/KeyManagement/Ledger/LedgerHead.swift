/// Where a ledger ends: all that is needed to append to it.
struct LedgerHead: Sendable, Equatable {
    /// Of the last entry; 0: there is none.
    let number: UInt64
    /// Of the last entry; the header, where there is none.
    let mac: [UInt8]
    /// How long the file is up to there.
    let byteCount: Int

    /// Of a ledger without entries.
    static func empty(_ vault: VaultID) -> LedgerHead {
        let header = LedgerContent.header(of: vault)
        return LedgerHead(number: 0, mac: header, byteCount: header.count)
    }

    /// The entries that say events, as they follow this head in the file, and the head after them.
    func appending(
        _ events: [LedgerEvent], milliseconds: Int64, _ authenticator: LedgerMAC
    ) throws(KeyError) -> (entries: [LedgerEntry], bytes: [UInt8], head: LedgerHead) {
        var entries: [LedgerEntry] = []
        for event in events {
            entries.append(
                LedgerEntry(
                    number: number + UInt64(entries.count) + 1, milliseconds: milliseconds,
                    event: event))
        }
        let (bytes, head) = try appending(entries, authenticator)
        return (entries, bytes, head)
    }

    /// Entries as they follow this head in the file, and the head after them.
    func appending(
        _ entries: [LedgerEntry], _ authenticator: LedgerMAC
    ) throws(KeyError) -> (bytes: [UInt8], head: LedgerHead) {
        var bytes: [UInt8] = []
        var mac = mac
        for entry in entries {
            let body = entry.encoded()
            mac = try authenticator.mac(of: body[...], after: mac)
            LedgerFrame.append(body: body, mac: mac, to: &bytes)
        }
        return (
            bytes,
            LedgerHead(
                number: entries.last?.number ?? number, mac: mac,
                byteCount: byteCount + bytes.count)
        )
    }
}
