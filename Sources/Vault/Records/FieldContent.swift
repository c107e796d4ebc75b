import Cryptography

/// One field of an opened compartment, or of one to be sealed.
struct FieldContent: Sendable {
    let name: String
    /// Where the value comes from: `subject`, `authority:dvv`.
    let source: String
    /// The normalised value.
    let json: [UInt8]

    init(name: String, source: String, json: [UInt8]) {
        self.name = name
        self.source = source
        self.json = json
    }

    /// Reads `sl(source) json`; `nil` when it is too short.
    init?(name: String, plaintext: ArraySlice<UInt8>) {
        guard let range = Self.sourceRange(in: plaintext) else { return nil }
        self.name = name
        source = String(decoding: plaintext[range], as: UTF8.self)
        json = Array(plaintext[range.upperBound...])
    }

    /// Appends `sl(source) json`.
    func append(to plaintext: inout [UInt8]) {
        plaintext.append(UInt8(clamping: source.utf8.count))
        plaintext.append(contentsOf: source.utf8.prefix(255))
        plaintext.append(contentsOf: json)
    }

    /// Where the source stands in a plaintext; the JSON follows it.
    static func sourceRange(in plaintext: ArraySlice<UInt8>) -> Range<Int>? {
        guard let count = plaintext.first else { return nil }
        let start = plaintext.startIndex + 1
        let end = start + Int(count)
        return end <= plaintext.endIndex ? start..<end : nil
    }
}
