import Foundation
import Testing

extension EndToEnd {
    /// docs/openapi.yaml describes the daemon as it is. Besides, every answer that any other test
    /// gets is held against it.
    @Suite struct OpenAPITests {
        @Test func everyRouteThatIsDescribedExists() throws {
            #expect(OpenAPI.shared.operations.count >= 20)
            let vault = try TestVault()
            try vault.start()
            for operation in OpenAPI.shared.operations {
                let path = operation.path.replacing(
                    "{id}", with: "01900000-0000-7000-8000-000000000000")
                let isRead = operation.method == "GET" || operation.method == "DELETE"
                let answer = try vault.connect().ask(
                    operation.method, path, purpose: "data-subject-rights",
                    body: isRead ? nil : Array("{}".utf8))
                #expect(answer.code != "no_such_route" && answer.status != 405, "\(operation)")
            }
        }

        @Test func theDescriptionServedIsTheFile() throws {
            let vault = try TestVault()
            try vault.start()
            let answer = try vault.connect().ask("GET", "/v1/openapi.yaml")
            #expect(answer.body == Array(try Data(contentsOf: URL(filePath: OpenAPI.path))))
        }

        /// An answer that is not described is noticed.
        @Test func whatIsNotDescribedIsNoticed() {
            let teapot = Answer(status: 418, headers: [:], body: [])
            let fine = Answer(status: 200, headers: [:], body: [])
            #expect(!OpenAPI.shared.isDescribed(teapot, to: "GET", "/healthz"))
            #expect(OpenAPI.shared.isDescribed(fine, to: "GET", "/healthz"))
            #expect(!OpenAPI.shared.isDescribed(fine, to: "GET", "/v1/nothing"))
            #expect(!OpenAPI.shared.isDescribed(fine, to: "PUT", "/v1/records"))
        }
    }
}
