import KeyManagement
import Storage

extension VaultCheck {
    /// The sealed states, and whether the policy is the one that the ledger knows.
    func checkState(_ report: inout Report) async throws {
        guard let stored = try await store.state(VaultBox.stateName) else {
            return report.note("damaged", "sealed state \(VaultBox.stateName): missing")
        }
        let box: VaultBox
        do throws(KeyError) {
            box = try VaultBox.open(stored, keyring: keyring)
        } catch {
            return report.note("damaged", "sealed state \(error.place)")
        }
        try await checkConfiguration(box, &report)
        guard let policy = try await store.state(PolicyState.name) else {
            return report.note("damaged", "sealed state \(PolicyState.name): missing")
        }
        do {
            _ = try PolicyState.standing(
                of: PolicyState.open(policy, vaultBox: box), stored: policy, in: entries)
        } catch {
            report.note("damaged", "sealed state \(PolicyState.name): \(error)")
        }
    }

    /// Whether the count of the ledger is one that a vault wrote, and of this ledger.
    func checkLedgerCount(_ report: inout Report) async throws {
        do {
            try await LedgerState.check(UInt64(entries.count), keyring: keyring, in: store)
        } catch is KeyError {
            report.note("damaged", "sealed state \(LedgerState.name)")
        } catch is OpeningError {
            report.note("ledger-shorter", "the database's count of the ledger")
        }
    }

    private func checkConfiguration(_ box: VaultBox, _ report: inout Report) async throws {
        guard let stored = try await store.state(ConfigurationState.name) else {
            return report.note("damaged", "sealed state \(ConfigurationState.name): missing")
        }
        do throws(KeyError) {
            _ = try box.open(stored, label: .configuration)
        } catch {
            report.note("damaged", "sealed state \(error.place)")
        }
    }

    /// Whether the log is the one that the ledger has marks of.
    func checkLog(_ report: inout Report) async throws {
        switch try await LogStanding.load(from: store, ledger: entries).standing {
        case .intact: break
        case .shorter: report.note("log-shorter", "the ledger's marks of the audit log")
        case .altered: report.note("log-altered", "the ledger's marks of the audit log")
        }
    }

    /// Records that the ledger says are erased and that live, or of which not even a tombstone is left:
    /// the next start will erase them again.
    func checkErasures(_ report: inout Report) async throws {
        for entry in entries {
            guard case .erasure(let id, .whole, _) = entry.event else { continue }
            do throws(StoreError) {
                switch try await store.record(id) {
                case .live: report.note("erased-but-live", "record \(id)")
                case .unknown: report.note("erasure-missing", "record \(id)")
                case .erased: break
                }
            } catch {
                guard case .corrupt = error else { throw error }
                report.note("erased-but-live", "record \(id)")
            }
        }
    }
}
