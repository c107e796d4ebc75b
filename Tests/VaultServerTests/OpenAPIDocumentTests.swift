import Foundation
import Testing
import VaultAPI

@testable import VaultServer

@Suite struct OpenAPIDocumentTests {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    @Test func `what is served is docs/openapi.yaml`() throws {
        let document = try String(
            contentsOf: Self.root.appending(path: "docs/openapi.yaml"), encoding: .utf8)
        #expect(openAPIDocument == document, "run tools/embed-openapi")
    }

    @Test(arguments: ErrorCode.allCases)
    func `every error code is described`(_ code: ErrorCode) {
        #expect(openAPIDocument.contains("\n            - \(code.rawValue)\n"))
    }

    @Test(arguments: [
        APIPath.health, APIPath.ready, APIPath.openAPI, APIPath.status, APIPath.metrics,
        APIPath.unseal, APIPath.rootKey, APIPath.rotation, APIPath.clockConfirmation,
        APIPath.records,
        APIPath.record("{id}"), APIPath.verify("{id}"), APIPath.contacts("{id}"),
        APIPath.erasure("{id}"), APIPath.consents("{id}"), APIPath.objections("{id}"),
        APIPath.objection("{id}", "{purpose}"), APIPath.restriction("{id}"),
        APIPath.holds("{id}"), APIPath.hold("{id}", "{name}"),
        APIPath.protection("{id}"), APIPath.protections, APIPath.search, APIPath.batchRead,
        APIPath.batchWrite, APIPath.tokens, APIPath.token("{name}"), APIPath.grants,
        APIPath.grant("{id}"), APIPath.roles, APIPath.grantExplanation,
        APIPath.role("{name}"), APIPath.keys, APIPath.keyHistory, APIPath.auditEntries,
        APIPath.auditCheckpoint, APIPath.auditProof, APIPath.backups, APIPath.backupDrill,
        APIPath.grantConfirmation,
    ])
    func `every path is described`(_ path: String) {
        #expect(openAPIDocument.contains("\n  \(path):\n"))
    }
}
