import KeyManagement
import Testing
import Vault

/// The error that `body` throws must be the vault's, of a code.
@discardableResult
func expectError(
    _ code: VaultError.Code, _ comment: Comment? = nil,
    sourceLocation: SourceLocation = #_sourceLocation,
    isolation: isolated (any Actor)? = #isolation,
    _ body: () async throws -> Void
) async -> VaultError? {
    do {
        try await body()
        Issue.record("no error where \(code) was expected", sourceLocation: sourceLocation)
    } catch let error as VaultError {
        #expect(error.code == code, comment, sourceLocation: sourceLocation)
        return error
    } catch {
        Issue.record("\(error) where \(code) was expected", sourceLocation: sourceLocation)
    }
    return nil
}

/// The error that opening a vault throws; `nil` if it opens, which closes it again.
func openingError(_ open: () async throws -> OpenedVault) async -> (any Error)? {
    do {
        await (try await open()).close()
        return nil
    } catch {
        return error
    }
}
