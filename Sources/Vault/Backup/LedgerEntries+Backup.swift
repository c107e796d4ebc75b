import KeyManagement
import Verification

extension [LedgerEntry] {
    /// The last keys part that the ledger names.
    var lastKeysPart: (number: UInt64, digest: [UInt8])? {
        for entry in reversed() {
            if case .keysPart(let number, let digest) = entry.event { return (number, digest) }
        }
        return nil
    }

    /// How often the log was restarted.
    var logRestarts: Int {
        count { entry in
            if case .logRestarted = entry.event { true } else { false }
        }
    }

    /// The last mark of the log, or of its restart; `nil`: there is none.
    var lastLogMark: (size: UInt64, root: [UInt8])? {
        for entry in reversed() {
            switch entry.event {
            case .logMark(let size, let root): return (size, root)
            case .logRestarted(_, _, _, let size, let root): return (size, root)
            default: continue
            }
        }
        return nil
    }
}
