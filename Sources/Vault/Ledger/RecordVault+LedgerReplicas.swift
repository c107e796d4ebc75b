import Dispatch
public import KeyManagement
import StrictJSON

extension RecordVault {
    /// The replicas of the ledger, and how each stands.
    public var ledgerReplicas: [LedgerReplica] { ledger.replicas }

    /// Gives the replicas that lack entries what they lack, if they can be written again. It waits for
    /// their disks, on a thread of its own.
    public func catchUpLedgerReplicas() async {
        guard !ledger.replicasOutOfReach.isEmpty else { return }
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { [ledger] in
                ledger.catchUp()
                continuation.resume()
            }
        }
    }

    /// The replicas, for whoever keeps the keys.
    var ledgerReplicaDocument: JSONValue {
        let last = ledger.lastNumber
        return .array(
            ledger.replicas.map { replica in
                let behind = replica.lastNumber.map { last - min($0, last) }
                return .object([
                    JSONMember("directory", .string(replica.directory)),
                    JSONMember("standing", .string(replica.standing.rawValue)),
                    JSONMember("behind", behind.map { .number(String($0)) } ?? .null),
                ])
            })
    }
}
