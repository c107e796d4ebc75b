/// Reads strict JSON (RFC 8259) in one pass.
///
/// Stricter than the standard where readers differ, since two readers that disagree about one text
/// are a hole: no duplicate member names, no byte order mark, no lone surrogate, no U+0000.
public enum JSONParser {
    /// Reads one value that fills `bytes`, but for white space around it.
    ///
    /// - Throws: `JSONError` with the first rule broken and its offset.
    public static func parse(
        _ bytes: UnsafeRawBufferPointer, limits: JSONLimits = .standard
    ) throws(JSONError) -> JSONValue {
        guard bytes.count <= limits.maximumBytes else { throw JSONError(.size) }
        var scanner = JSONScanner(
            bytes: UnsafeBufferPointer(
                start: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), count: bytes.count),
            limits: limits)
        return try scanner.document()
    }

    /// Reads one value that fills `bytes`, but for white space around it.
    ///
    /// - Throws: `JSONError` with the first rule broken and its offset.
    public static func parse(
        _ bytes: [UInt8], limits: JSONLimits = .standard
    ) throws(JSONError) -> JSONValue {
        try bytes.withUnsafeBytes { Result(parsing: $0, limits: limits) }.get()
    }

    /// Reads one value that fills `bytes`, but for white space around it; offsets in errors count
    /// from the start of the slice.
    ///
    /// - Throws: `JSONError` with the first rule broken and its offset.
    public static func parse(
        _ bytes: ArraySlice<UInt8>, limits: JSONLimits = .standard
    ) throws(JSONError) -> JSONValue {
        try bytes.withUnsafeBytes { Result(parsing: $0, limits: limits) }.get()
    }
}

extension Result<JSONValue, JSONError> {
    init(parsing bytes: UnsafeRawBufferPointer, limits: JSONLimits) {
        do throws(JSONError) {
            self = .success(try JSONParser.parse(bytes, limits: limits))
        } catch {
            self = .failure(error)
        }
    }
}
