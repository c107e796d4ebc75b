import Foundation

/// Wycheproof's files, wherever they lie on this machine: see Tests/Vectors/README.md.
enum Vectors {
    /// The file decoded, or nil, said on standard output, where there is none.
    static func load<File: Decodable>(_ name: String, as type: File.Type) throws -> File? {
        guard let folder = folders.first(where: { exists(name, in: $0) }) else {
            print("SKIPPED \(name): in none of \(folders.map(\.path)); run Tests/Vectors/fetch")
            return nil
        }
        let data = try Data(contentsOf: folder.appendingPathComponent(name))
        return try JSONDecoder().decode(File.self, from: data)
    }

    private static var folders: [URL] {
        var folders: [URL] = []
        if let named = ProcessInfo.processInfo.environment["AITTA_VECTORS"] {
            folders.append(URL(fileURLWithPath: named))
        }
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let beside = root.deletingLastPathComponent()
        folders.append(beside.appendingPathComponent("shared/vectors/wycheproof"))
        folders.append(root.appendingPathComponent(".build/vectors"))
        return folders
    }

    private static func exists(_ name: String, in folder: URL) -> Bool {
        FileManager.default.fileExists(atPath: folder.appendingPathComponent(name).path)
    }
}

/// Bytes that a vector file writes as hexadecimal.
struct Hex: Decodable {
    let bytes: [UInt8]

    init(from decoder: any Decoder) throws {
        let text = Array(try decoder.singleValueContainer().decode(String.self).utf8)
        let digits = text.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
        guard digits.count == text.count, digits.count % 2 == 0 else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "not hexadecimal"))
        }
        bytes = stride(from: 0, to: digits.count, by: 2).map {
            UInt8(digits[$0] * 16 + digits[$0 + 1])
        }
    }
}
