/// Why settings are refused: which key, what it takes, and never the value.
struct SettingsError: Error, Equatable, CustomStringConvertible {
    /// What is wrong.
    let description: String
    /// What to do about it.
    let hint: String?

    init(_ description: String, hint: String? = nil) {
        self.description = description
        self.hint = hint
    }

    init(_ key: String, takes values: String) {
        self.init("\(key) takes \(values)", hint: "see aitta.example.yaml")
    }
}
