import StrictJSON
import VaultClient

/// Waits for the end of what the daemon does by itself, and shows how far it is.
struct BackupWait {
    private static let interval = Duration.milliseconds(200)

    private let vault: VaultClient

    init(_ vault: VaultClient) {
        self.vault = vault
    }

    /// What came of it.
    func end(of name: String) async throws -> JSONValue {
        var bar: (phase: String, bar: ProgressBar)?
        while true {
            let backups = try await vault.backups()
            guard let running = backups["running"], !running.isNull else {
                bar?.bar.end()
                return backups[name] ?? .null
            }
            let phase = running["phase"]?.text ?? ""
            let (done, total) = (Self.count(running["done"]), Self.count(running["total"]))
            if bar?.phase != phase {
                bar?.bar.end()
                bar = (phase, ProgressBar(total: total))
            }
            bar?.bar.show(done: done) { _ in
                let left = running["etaSeconds"]?.integer.map { ", \($0) s left" } ?? ""
                return "\(phase) \(done) of \(total)\(left)"
            }
            try await Task.sleep(for: Self.interval)
        }
    }

    /// Fails where something is wrong: what, and what to do.
    static func check(_ result: JSONValue, as what: String) throws {
        guard result["outcome"]?.text != "ok" else { return }
        let failures = result["failures"]?.items ?? []
        for failure in failures.dropLast() {
            StandardError.print(text(failure).text)
        }
        throw failures.last.map(text) ?? Failure("the \(what) found that something is wrong")
    }

    private static func text(_ failure: JSONValue) -> Failure {
        let code = failure["code"]?.plainText.split(separator: "_").joined(separator: " ") ?? "-"
        return Failure(
            "\(code): \(failure["place"]?.plainText ?? "-")", hint: failure["hint"]?.text)
    }

    private static func count(_ value: JSONValue?) -> Int {
        value?.integer.map { Int(clamping: $0) } ?? 0
    }
}
