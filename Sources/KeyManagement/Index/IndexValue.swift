import Cryptography

/// The index value t of a normalised value: 128 bits that only the keyring's index secret makes.
public final class IndexValue: Sendable {
    let bytes: SecretBytes

    init(bytes: consuming SecretBytes) {
        self.bytes = bytes
    }

    /// Whether two index values are equal, in constant time.
    public func equals(_ other: IndexValue) -> Bool {
        bytes.constantTimeEquals(other.bytes)
    }
}

/// Derives index values (docs/FORMAT.md, "Blind index").
public final class IndexSecret: Sendable {
    private let bytes: SecretBytes

    init(bytes: consuming SecretBytes) {
        self.bytes = bytes
    }

    /// The index value of a search key's normalised value.
    public func value(key: String, normalised: [UInt8]) throws(KeyError) -> IndexValue {
        var message = AssociatedData(reservingCapacity: 16 + key.utf8.count + normalised.count)
        message.append(key)
        message.append(normalised)
        do throws(CryptographyError) {
            var value = try SecretBytes(count: 16)
            try value.withUnsafeMutableBytes { output throws(CryptographyError) in
                try message.bytes.withUnsafeBufferPointer { input throws(CryptographyError) in
                    try KeyedHash.hash(UnsafeRawBufferPointer(input), key: bytes, into: output)
                }
            }
            return IndexValue(bytes: value)
        } catch {
            throw KeyError(error, at: "index value")
        }
    }

    func write(to writer: inout SecretWriter) throws(CryptographyError) {
        try writer.secret(bytes)
    }
}
