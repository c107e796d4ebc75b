import ArgumentParser
import StrictJSON
import VaultClient

struct KeysRotate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Rotate the keys, and wait until that is final.",
        discussion: """
            Requests go on meanwhile. Afterwards no older copy of the vault opens by any key that it holds, \
            and the erasures from before get their certificates of finality. What was begun and is not \
            final is gone on with. Ends with 1 when it can't become final now. --json says how long each \
            step took.
            """)

    private static let interval = Duration.milliseconds(100)

    @OptionGroup var options: GlobalOptions

    @Flag(help: "For timers: refuse while the daemon's clock is doubted.")
    var scheduled = false

    @Flag(
        help: """
            After a suspected leak: every key anew, and every field sealed anew; it takes minutes for each \
            million records, and can be interrupted.
            """)
    var deep = false

    @Option(
        help: ArgumentHelp(
            "With --deep: the most records in a second. (else half of the time is left to others)",
            valueName: "n"))
    var recordsPerSecond: Int?

    func validate() throws {
        guard !(deep && scheduled) else {
            throw ValidationError("--deep and --scheduled exclude each other")
        }
        guard recordsPerSecond == nil || deep else {
            throw ValidationError("--records-per-second goes with --deep")
        }
        if let recordsPerSecond, !(1...1_000_000).contains(recordsPerSecond) {
            throw ValidationError("--records-per-second takes 1 to 1000000")
        }
    }

    func run() async throws {
        try await options.withVault(to: "rotate keys") { vault in
            // One that runs or waits already settles less than what was erased by now.
            let state = try await vault.rotation()["state"]?.text
            var rotation = try await rotate(vault)
            if !deep, state == "middle" || state == "certifying",
                rotation["outcome"]?.text == "final"
            {
                rotation = try await rotate(vault)
            }
            let keys = rotation["outcome"]?.text == "final" ? try? await vault.publicKeys() : nil
            if options.json {
                Output.print(json: rotation)
            } else if let keys {
                let root = rotation["rootKeySource"]
                Output.print(
                    pairs: [
                        ("outcome", "final"), ("epoch", keys["epoch"]?.plainText ?? "-"),
                        ("erasures waiting", keys["erasuresWaiting"]?.plainText ?? "-"),
                    ]
                        + (deep
                            ? [
                                ("root key", (root?["path"] ?? root?["name"])?.plainText ?? "-"),
                                ("public key", Self.publicKey(keys) ?? "-"),
                            ] : []))
                if deep {
                    StandardError.print(
                        "note: keep the public key in the place of the one before: what leaked signs "
                            + "for that")
                }
                if deep, root?["type"]?.text == "key-file" {
                    StandardError.print(
                        "note: the key file before it opens nothing that is left here: destroy it")
                }
            }
            try check(rotation)
        }
    }

    private func rotate(_ vault: VaultClient) async throws -> JSONValue {
        while try await vault.startRotation(
            isScheduled: scheduled, isDeep: deep, recordsPerSecond: recordsPerSecond)["begun"]?
            .flag == false
        {
            _ = try await end(of: vault)
        }
        return try await end(of: vault)
    }

    private func end(of vault: VaultClient) async throws -> JSONValue {
        var bar: (step: String, bar: ProgressBar)?
        while true {
            let rotation = try await vault.rotation()
            guard let step = rotation["step"]?.text else {
                bar?.bar.end()
                if rotation["outcome"] != nil { return rotation }
                try await Task.sleep(for: Self.interval)
                continue
            }
            let done = Int(clamping: rotation["done"]?.integer ?? 0)
            let total = Int(clamping: rotation["total"]?.integer ?? 0)
            if bar?.step != step {
                bar?.bar.end()
                bar = (step, ProgressBar(total: total))
            }
            let left = rotation["secondsLeft"]?.integer.map { ", \(Self.text(seconds: $0)) left" }
            bar?.bar.show(done: done) { _ in
                total > 0 ? "\(step) \(done) of \(total)\(left ?? "")" : step
            }
            try await Task.sleep(for: Self.interval)
        }
    }

    /// By which backups and certificates are verified, as `aittad init` printed the first.
    private static func publicKey(_ status: JSONValue) -> String? {
        status["keys"]?.items?.first { $0["use"]?.text == "certificates" }?["publicKey"]?.plainText
    }

    private static func text(seconds: Int64) -> String {
        seconds < 120 ? "\(seconds) s" : "\((seconds + 30) / 60) min"
    }

    private func check(_ rotation: JSONValue) throws {
        switch rotation["outcome"]?.text {
        case "final": return
        case "waiting":
            let places = (rotation["waitingFor"]?.items ?? []).map(\.plainText)
            guard places != ["root-key"] else {
                throw Failure(
                    "the rotation is not final: it needs a new root key",
                    hint: "give one with `aitta keys root`; the rotation goes on by itself")
            }
            throw Failure(
                "the rotation is not final: out of reach: \(places.joined(separator: ", "))",
                hint: "bring it within reach; the rotation goes on by itself, and the vault serves")
        default:
            let detail = rotation["detail"].map { ": \($0.plainText)" } ?? ""
            throw Failure(
                "the rotation stopped: \(rotation["code"]?.plainText ?? "-")\(detail)",
                hint: "`aitta keys rotate` goes on with it")
        }
    }
}
