public import StrictJSON
public import VaultAPI

/// The outcome of one item of a batch; each stands alone.
public struct BatchResult: Sendable, Equatable {
    /// The status that the request alone would have had.
    public let status: Int
    /// The body that it would have had.
    public let body: JSONValue

    /// Makes a result; of use to what stands for a vault in tests.
    public init(status: Int, body: JSONValue) {
        self.status = status
        self.body = body
    }

    /// What was written, where something was.
    public var written: WrittenRecord? { isSuccess ? WrittenRecord(body) : nil }

    /// The record that was read, where one was.
    public var record: VaultRecord? { isSuccess ? VaultRecord(body) : nil }

    /// Why it failed, where it did.
    public var problem: Problem? { isSuccess ? nil : Problem(body) }

    /// Whether it did what it was asked.
    public var isSuccess: Bool { 200..<300 ~= status }
}

extension VaultClient {
    /// Carries out up to `APILimits.batchItems` changes, each atomic alone.
    ///
    /// - Parameters:
    ///   - operations: the body's `operations`, already encoded: `[{"op":"create",…},…]`.
    ///   - key: the same key never carries them out a second time, and answers the same results.
    /// - Returns: one result for each operation, in order.
    public func batchWrite(
        operations: [UInt8], key: IdempotencyKey
    ) async throws(VaultClientError) -> [BatchResult] {
        var writer = JSONWriter(capacity: operations.count + 32)
        writer.beginObject()
        writer.member("operations", fragment: operations[...])
        writer.endObject()
        return try results(try await json(.change(APIPath.batchWrite, writer.bytes, key)))
    }

    /// Reads up to `APILimits.batchItems` records, each with its own outcome.
    public func batchRead(
        _ ids: [String], fields: [String]? = nil, view: RecordView? = nil
    ) async throws(VaultClientError) -> [BatchResult] {
        var members = [JSONMember("ids", .array(ids.map { .string($0) }))]
        members += self.members(fields, view)
        return try results(try await json(.query(APIPath.batchRead, .object(members))))
    }

    private func results(_ answer: JSONValue) throws(VaultClientError) -> [BatchResult] {
        var results: [BatchResult] = []
        for item in try expect(answer["results"]?.items) {
            let status = Int(try expect(item["status"]?.integer))
            results.append(BatchResult(status: status, body: item["body"] ?? .null))
        }
        return results
    }
}
