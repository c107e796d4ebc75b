import Foundation

/// Looks for values in files, in every common encoding.
struct ByteSearch {
    /// What was found: whose value, how encoded, in which file. Never the value.
    struct Finding: Hashable, CustomStringConvertible {
        let name: String
        let encoding: String
        let file: String

        var description: String { "\(name) as \(encoding) in \(file)" }
    }

    private let patterns: [(name: String, encoding: String, bytes: Data)]

    /// - Parameter values: bytes by the name that they are reported under.
    init(_ values: [(name: String, bytes: [UInt8])]) {
        patterns = values.flatMap { value in
            Self.encodings(value.bytes).map {
                (value.name, $0.encoding, Data($0.bytes))
            }
        }
    }

    /// Searches files, and directories with all below them.
    func findings(in paths: [String]) throws -> Set<Finding> {
        var found: Set<Finding> = []
        for file in paths.flatMap(Self.files) {
            let content = try Data(contentsOf: URL(filePath: file))
            for pattern in patterns where content.range(of: pattern.bytes) != nil {
                found.insert(
                    Finding(
                        name: pattern.name, encoding: pattern.encoding,
                        file: URL(filePath: file).lastPathComponent))
            }
        }
        return found
    }

    static func files(under path: String) -> [String] {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            return []
        }
        guard isDirectory.boolValue else { return [path] }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.sorted().flatMap { files(under: path + "/" + $0) }
    }

    static func encodings(_ bytes: [UInt8]) -> [(encoding: String, bytes: [UInt8])] {
        let hexadecimal = bytes.map { String(format: "%02x", $0) }.joined()
        var all: [(String, [UInt8])] = [
            ("bytes", bytes), ("hex", Array(hexadecimal.utf8)),
            ("HEX", Array(hexadecimal.uppercased().utf8)),
        ]
        for shift in 0..<3 {
            let coded = base64(bytes, shift: shift)
            let url = coded.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: "-") : $0 }
                .map { $0 == UInt8(ascii: "/") ? UInt8(ascii: "_") : $0 }
            all += [("base64, shifted by \(shift)", coded), ("base64url, by \(shift)", url)]
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { return all }
        let units = Array(text.utf16)
        all += [
            ("UTF-16LE", units.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }),
            ("UTF-16BE", units.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }),
        ]
        for allowed in [CharacterSet.alphanumerics, .urlPathAllowed] {
            let plain = allowed.intersection(CharacterSet(charactersIn: "\u{21}"..."\u{7E}"))
            let coded = text.addingPercentEncoding(withAllowedCharacters: plain) ?? text
            all.append(("percent", Array(coded.utf8)))
        }
        return all
    }

    /// The characters of base64 that depend on the bytes alone, wherever these stand in what was
    /// encoded: `shift` bytes come before them, and others may follow.
    private static func base64(_ bytes: [UInt8], shift: Int) -> [UInt8] {
        let coded = Array(
            Data([UInt8](repeating: 0, count: shift) + bytes).base64EncodedString().utf8)
        let end = (bytes.count + shift) % 3 == 0 ? coded.count : coded.count - 4
        return Array(coded[[0, 2, 3][shift]..<end])
    }
}
