extension RecordVault {
    /// Logs who gave the passphrase that opened the vault, and how many were refused before.
    public func noteUnsealing(_ request: AccessRequest, refused: Int) async {
        var entry = AuditRecord(
            caller: request.caller, requestID: request.requestID, purpose: nil, operation: "unseal")
        if refused > 0 { entry.count = refused }
        // The vault is open; where the log can't be written, nothing is answered anyway.
        try? await append(entry, usesReserve: true)
    }
}
