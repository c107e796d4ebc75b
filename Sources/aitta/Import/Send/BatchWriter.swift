import VaultClient

/// Who carries out changes: the vault, or in tests something that stands for it.
protocol BatchWriter: Sendable {
    func batchWrite(
        operations: [UInt8], key: IdempotencyKey
    ) async throws(VaultClientError) -> [BatchResult]
}

extension VaultClient: BatchWriter {}
