import KeyManagement

extension RecordVault {
    /// What the vault measures of itself.
    public var metrics: VaultMetrics { configuration.metrics }

    /// Sets the gauges to what is now, for whoever exposes them. Leaves an audit entry, as the status does.
    public func observe(_ proof: Authorized<ReadMetrics>) async throws(VaultError) {
        try await answering(proof) { proof, sequence throws(VaultError) in
            ((), [AuditRecord(proof)])
        }
        metrics.observe(
            log: log, witnessAgeSeconds: witnessing.ageSeconds(at: clock.nowMilliseconds),
            isReady: readiness == .ready, answersUnderWay: answers.underWayCount,
            ledgerReplicas: ledger.replicas)
    }
}
