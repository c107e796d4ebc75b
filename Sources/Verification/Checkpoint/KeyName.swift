/// The name of a key that signs notes (C2SP signed-note), recommended to be a URL without scheme. A
/// log's is the origin of its checkpoints too.
///
/// It is compared by its bytes: two names that only look alike to Unicode are two.
public struct KeyName: Sendable, CustomStringConvertible {
    /// The longest name, in bytes of UTF-8.
    public static let maximumBytes = 255

    /// The name.
    public let description: String

    /// Takes a name.
    ///
    /// - Throws: `invalidKeyName` for an empty or too long one, or one that holds a Unicode space, a
    ///   plus or a control character below U+0020.
    public init(_ text: String) throws(NoteError) {
        let isAllowed = text.unicodeScalars.allSatisfy {
            $0.value >= 0x20 && $0 != "+" && !$0.properties.isWhitespace
        }
        guard isAllowed, (1...Self.maximumBytes).contains(text.utf8.count) else {
            throw .invalidKeyName
        }
        description = text
    }

    /// The bytes of its UTF-8.
    public var bytes: [UInt8] { Array(description.utf8) }
}

extension KeyName: Hashable {
    /// Whether both have the same bytes.
    public static func == (a: KeyName, b: KeyName) -> Bool {
        a.description.utf8.elementsEqual(b.description.utf8)
    }

    /// Feeds the bytes.
    public func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
}
