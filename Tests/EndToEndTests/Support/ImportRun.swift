import Foundation
import StrictJSON
import Testing

/// An import of the sample customers with the map that ships, which can be cut off and resumed.
final class ImportRun {
    static let sample = Programs.repository + "/tools/import/customers-sample.csv"
    private static let map = Programs.repository + "/tools/import/web-shop.yaml"

    let file: String
    private let vault: TestVault
    private let rowsPerBatch: Int
    private(set) var process: ChildProcess?
    private var runs = 0

    init(into vault: TestVault, rowsPerBatch: Int) throws {
        self.vault = vault
        self.rowsPerBatch = rowsPerBatch
        let text = try String(contentsOfFile: Self.sample, encoding: .utf8)
        file = try vault.scratch.write(text, to: "import-\(UUID().uuidString.prefix(8)).csv")
    }

    /// Starts it, or lets it go on.
    func start() throws {
        runs += 1
        process = try ChildProcess(
            [
                Programs.aitta, "--socket", vault.socket, "--purpose", "order", "--json", "import",
                file, "--map", Self.map, "--batch", String(rowsPerBatch),
            ], output: output, error: file + ".err")
    }

    var isRunning: Bool { process.map { !$0.hasEnded } ?? false }

    /// Cuts it off.
    func kill() throws {
        process?.signal(SIGKILL)
        _ = try process?.wait()
    }

    /// Waits until it is through; answers its summary.
    func finish() throws -> JSONValue {
        let status = try process?.wait(atMostSeconds: 120)
        let text = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
        let errors = (try? String(contentsOfFile: file + ".err", encoding: .utf8)) ?? ""
        try #require(status == 0, "\(errors.suffix(1000))")
        return try JSONParser.parse(Array(text.utf8))
    }

    /// The references of the rows that are sent again when it goes on: the importer was not told
    /// what became of them, if they were sent.
    func rowsAfterInterruption() throws -> [String] {
        let notes = try JSONParser.parse(
            Array(try Data(contentsOf: URL(filePath: file + ".progress"))))
        let rowsDone = try #require(notes["rows"]?.integer)
        return Self.rows(of: file).dropFirst(Int(rowsDone)).map { $0[0] }
    }

    /// Why rows did not go in, by their references.
    var rejected: [String: String] {
        Dictionary(
            Self.rows(of: file + ".rejected").map { ($0[2], $0[1]) },
            uniquingKeysWith: { $0 + "; " + $1 })
    }

    /// The references of the rows that went in.
    var references: [String] {
        let rejected = rejected
        return Self.rows(of: file).map { $0[0] }.filter { rejected[$0] == nil }
    }

    /// The rows but for the first, cut at every comma: their first columns hold none themselves.
    private static func rows(of file: String) -> [[String]] {
        let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
        return text.split(whereSeparator: \.isNewline).dropFirst().map { line in
            line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }.filter { $0.count > 2 }
    }

    private var output: String { file + ".out\(runs)" }
}
