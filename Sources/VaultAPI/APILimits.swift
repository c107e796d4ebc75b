/// Limits that both ends know. Those marked default can be set by the daemon's configuration;
/// a client that stays within them works with every daemon that was not told otherwise.
public enum APILimits {
    /// Largest body of a request (default).
    public static let requestBodyBytes = 1 << 20
    /// Longest passphrase, in bytes.
    public static let passphraseBytes = 1024
    /// Largest sum of all header lines of a request.
    public static let headerBytes = 16 << 10
    /// Deepest nesting of objects and arrays in a body.
    public static let jsonDepth = 32
    /// Most ids or operations in one batch.
    public static let batchItems = 1000
    /// Most queries in one search.
    public static let searchQueries = 100
    /// Most matches that one query can ask for.
    public static let searchMatches = 100
    /// Matches that one query answers when it names no limit.
    public static let searchMatchesDefault = 20
    /// Most fields named in one request.
    public static let fieldsPerRequest = 64
    /// Most items in one page of a list.
    public static let listItems = 1000
    /// Items in a page when the request names no limit.
    public static let listItemsDefault = 100
    /// Longest reason code.
    public static let reasonBytes = 64
    /// Most bytes of the path of a directory.
    public static let pathBytes = 4096
    /// Longest the daemon waits for a whole request, from its first byte (default).
    public static let requestDeadlineSeconds = 10
    /// Longest the daemon waits for a client to take an answer (default).
    public static let responseDeadlineSeconds = 10
    /// Longest a connection stays open without a request (default).
    public static let idleSeconds = 60
    /// Most connections in all (default).
    public static let connections = 256
    /// Most connections of one uid (default).
    public static let connectionsPerUID = 128
    /// Connections kept back for `/healthz` and `/readyz` (default).
    public static let connectionsForHealth = 8
}
