import Foundation
import Glibc
import Testing

/// The programs as they were built, started as an operator starts them, and spoken to from outside.
/// One test at a time: each starts daemons of its own.
@Suite(.serialized) struct EndToEnd {}

extension Trait where Self == ConditionTrait {
    /// Only root can start processes of other users.
    static var needsRoot: Self {
        let isRoot = geteuid() == 0
        if !isRoot { announceSkipped() }
        return .enabled(if: isRoot, "needs root, for processes of other users")
    }
}

private let skipAnnouncement: Void = print(
    "SKIPPED: end-to-end tests that need root, for processes of other users")

private func announceSkipped() { skipAnnouncement }
