import Cryptography
import KeyManagement
import Storage
import StrictJSON
import Verification

extension VaultCheck {
    private static var certificatePageCount: Int { 1000 }

    /// Whether each certificate is the vault's own, and each certificate of finality one that the ledger bears
    /// out: it names an erasure of its record, from before the cutoff of a rotation that became final.
    func checkCertificates(_ report: inout Report) async throws {
        let finalities = KnownFinalities(entries, keyring: keyring)
        let keys = try await certificateKeys(&report)
        let snapshot = try await store.snapshot()
        do throws(StoreError) {
            var number: UInt64 = 0
            while true {
                let page = try await snapshot.certificates(
                    after: number, limit: Self.certificatePageCount)
                guard let last = page.last else { break }
                for certificate in page { check(certificate, by: keys, finalities, &report) }
                number = last.number
            }
        } catch {
            await snapshot.close()
            throw error
        }
        await snapshot.close()
    }

    /// The keys of now, and those from which the key history leads to them.
    private func certificateKeys(_ report: inout Report) async throws -> [PublicKey] {
        let stored = try await store.state(KeyHistoryState.name)
        let history: KeyHistory
        do throws(VaultError) {
            history = try KeyHistoryState.read(stored).history
        } catch {
            report.note("damaged", "key history")
            return keyring.certificateKeys
        }
        return keyring.certificateKeys.flatMap { key in
            [key] + history.predecessors(ofCertificateKey: key).map(\.certificates)
        }
    }

    private func check(
        _ certificate: ListedCertificate, by keys: [PublicKey], _ finalities: KnownFinalities,
        _ report: inout Report
    ) {
        report.certificates += 1
        let place = "certificate \(certificate.number) of record \(certificate.record)"
        guard let document = try? JSONParser.parse(certificate.certificate.body),
            keys.contains(where: { ErasureCertificate.isValid(document, key: $0) }),
            document["vault"]?.text == keyring.vault.description,
            document["record"]?.text == certificate.record.description
        else { return report.note("certificate-forged", place) }
        guard document["final"]?.flag != false
        else { return }
        if !finalities.bearOut(document, of: certificate.record) {
            report.note("certificate-impossible", place)
        }
    }
}

/// What a ledger says of erasures and of the rotations that settled them.
private struct KnownFinalities {
    private var erasures: [UInt64: LedgerEntry] = [:]
    /// The highest cutoff of each epoch that began with a rotation whose old KEK is destroyed.
    private var cutoffs: [UInt64: UInt64] = [:]

    init(_ entries: [LedgerEntry], keyring: Keyring) {
        for entry in entries {
            switch entry.event {
            case .erasure: erasures[entry.number] = entry
            case .rotationFinal(let epoch, _, let cutoff):
                cutoffs[epoch] = max(cutoffs[epoch] ?? 0, cutoff)
            default: continue
            }
        }
        // Certificates come before the ledger's word that all of them are there.
        if keyring.rotation == nil, let begun = RotationHistory(entries).begun {
            cutoffs[begun.epoch] = max(cutoffs[begun.epoch] ?? 0, begun.cutoff)
        }
    }

    func bearOut(_ certificate: JSONValue, of record: RecordID) -> Bool {
        guard let number = certificate["ledgerEntry"]?.text.flatMap({ UInt64($0) }),
            let entry = erasures[number], case .erasure(record, _, let dekIDs) = entry.event,
            let epoch = certificate["finalEpoch"]?.integer,
            let cutoff = cutoffs[UInt64(clamping: epoch)]
        else { return false }
        return number <= cutoff
            && certificate["erasedAt"]?.text == Timestamp.text(seconds: entry.milliseconds / 1000)
            && certificate["keysDestroyed"]?.integer == Int64(dekIDs.count)
    }
}
