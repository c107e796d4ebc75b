public import StrictJSON

/// A JSON value of any shape, of limited size. What it says is the catalogue's business alone.
public struct FreeJSON: Sendable, Equatable {
    /// The value, compact, members in their own order.
    public let json: [UInt8]

    /// The most bytes that a value may take.
    public static let maximumBytes = 8192

    /// Reads a value.
    ///
    /// - Throws: `ValidationFailure` with rule `type` for `null`, `too-long`.
    public init(_ value: JSONValue) throws(ValidationFailure) {
        guard !value.isNull else { throw ValidationFailure(.type) }
        let json = value.encoded()
        guard json.count <= Self.maximumBytes else { throw ValidationFailure(.tooLong) }
        self.json = json
    }
}
