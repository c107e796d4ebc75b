import Foundation

/// The files of transparency-dev/merkle, wherever they lie on this machine: see
/// Tests/Vectors/README.md.
enum VectorFiles {
    /// All files below a folder of `testdata`, by path, decoded; nil, said on standard output, where
    /// there is none.
    static func load<File: Decodable>(_ name: String, as type: File.Type) throws -> [String: File]?
    {
        let places = folders.map { $0.appendingPathComponent("testdata/\(name)") }
        guard let folder = places.first(where: { FileManager.default.fileExists(atPath: $0.path) })
        else {
            print("SKIPPED rfc6962 \(name): in none of \(folders.map(\.path))")
            return nil
        }
        var files: [String: File] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        where path.hasSuffix(".json") {
            let data = try Data(contentsOf: folder.appendingPathComponent(path))
            files[path] = try JSONDecoder().decode(File.self, from: data)
        }
        return files
    }

    private static var folders: [URL] {
        var folders: [URL] = []
        if let named = ProcessInfo.processInfo.environment["AITTA_VECTORS"] {
            folders.append(URL(fileURLWithPath: named).appendingPathComponent("rfc6962"))
        }
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let beside = root.deletingLastPathComponent()
        folders.append(beside.appendingPathComponent("shared/vectors/rfc6962"))
        folders.append(root.appendingPathComponent(".build/vectors/rfc6962"))
        return folders
    }
}
