/// Names of the headers that the interface uses, in the form in which they are sent. Comparison
/// ignores case (RFC 9110, 5.1).
public enum APIHeader {
    /// The purpose for which personal data is read or written.
    public static let purpose = "Aitta-Purpose"
    /// `Bearer` and a token, whose grants apply in place of the uid's.
    public static let authorization = "Authorization"
    /// A UUID that makes a POST safe to repeat for 24 hours.
    public static let idempotencyKey = "Idempotency-Key"
    /// In every answer: the UUID by which logs and audit entries know the request.
    public static let requestID = "Aitta-Request-Id"
    /// Guards an update: `"3"` applies it only to version 3 (RFC 9110, 13.1.1).
    public static let ifMatch = "If-Match"
    /// The version of the record answered, as a quoted number.
    public static let etag = "ETag"
    /// The path of the record that was created.
    public static let location = "Location"
    /// How many seconds to wait before trying again.
    public static let retryAfter = "Retry-After"
    /// `no-store` on every answer that may hold personal data.
    public static let cacheControl = "Cache-Control"
    /// One of `APIMediaType`.
    public static let contentType = "Content-Type"
}

/// Media types that the interface sends and takes.
public enum APIMediaType {
    /// Bodies of requests and answers.
    public static let json = "application/json"
    /// Bodies of errors (RFC 9457).
    public static let problem = "application/problem+json"
    /// Bodies of updates (RFC 7396); `application/json` does as well.
    public static let mergePatch = "application/merge-patch+json"
    /// A passphrase, and nothing else.
    public static let octetStream = "application/octet-stream"
    /// The description of the interface.
    public static let yaml = "application/yaml"
    /// Metrics: Prometheus' text format.
    public static let prometheus = "text/plain; version=0.0.4; charset=utf-8"
}
