import KeyManagement
import Storage
import StrictJSON
import Testing
import VaultTesting

@testable import Vault

extension OpenedVault {
    /// Rotates, and waits for the end.
    @discardableResult
    func rotate(
        _ kind: RotationKind = .epoch
    ) async throws -> RotationProgress.Outcome? {
        await vault.rotate(
            RotationRequest(kind: kind), by: TestCaller.custodian, requestID: "test")
        return vault.rotationProgress.outcome
    }

    /// Whether each certificate of a record is final, oldest first.
    func finality(of id: RecordID) async throws -> [Bool] {
        try await store.certificates(of: id).map {
            let certificate = try JSONParser.parse($0.body)
            return certificate["final"]?.flag == true
        }
    }
}

/// Stops a rotation before the n-th thing that it does to the disk.
final class RotationStopper: Sendable {
    private let left: Locked<Int>
    private let seen = Locked<[RotationStep]>([])

    init(before place: Int) { left = Locked(place) }

    var steps: [RotationStep] { seen.value }

    @Sendable func probe(_ step: RotationStep) throws {
        seen.change { $0.append(step) }
        left.change { $0 -= 1 }
        if left.value < 0 { throw TestFailure("stopped at \(step)") }
    }
}
