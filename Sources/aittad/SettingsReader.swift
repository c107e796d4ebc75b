import Configuration

/// Reads settings one by one, each as text in the range that it may take, and remembers which there
/// are.
///
/// Everything is read as text first: the configuration library takes a value that it can't convert
/// for one that is not there, and a setting that is misspelt must not become the default.
final class SettingsReader {
    private let reader: ConfigReader
    /// Every key read so far, and what it holds.
    private(set) var keys: [String: Shape] = [:]

    /// What a key holds.
    enum Shape {
        case scalar
        case list
    }

    init(_ reader: ConfigReader) {
        self.reader = reader
    }

    func optionalText(_ key: String) throws(SettingsError) -> String? {
        keys[key] = .scalar
        let text = reader.string(forKey: ConfigKey(key))
        return text?.isEmpty == true ? nil : text
    }

    func optionalPath(_ key: String) throws(SettingsError) -> String? {
        guard let path = try optionalText(key) else { return nil }
        guard path.utf8.first == UInt8(ascii: "/") else {
            throw SettingsError(key, takes: "an absolute path")
        }
        return path
    }

    /// A list of absolute paths; empty if there is none.
    func paths(_ key: String) throws(SettingsError) -> [String] {
        keys[key] = .list
        let paths = reader.stringArray(forKey: ConfigKey(key)) ?? []
        guard paths.allSatisfy({ $0.utf8.first == UInt8(ascii: "/") }), paths.count <= 16,
            Set(paths).count == paths.count
        else { throw SettingsError(key, takes: "a list of at most 16 different absolute paths") }
        return paths
    }

    func path(_ key: String, default path: String) throws(SettingsError) -> String {
        try optionalPath(key) ?? path
    }

    func integer(
        _ key: String, in range: ClosedRange<Int>, default number: Int
    ) throws(SettingsError) -> Int {
        guard let text = try optionalText(key) else { return number }
        guard let number = Int(text), range.contains(number) else {
            throw SettingsError(
                key, takes: "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func flag(_ key: String, default flag: Bool) throws(SettingsError) -> Bool {
        guard let text = try optionalText(key) else { return flag }
        guard let flag = Bool(text) else { throw SettingsError(key, takes: "true or false") }
        return flag
    }

    /// Three octal digits after a zero, as chmod(1) shows them. Others than owner and group never
    /// get more than to connect.
    func mode(_ key: String, default mode: UInt32) throws(SettingsError) -> UInt32 {
        guard let text = try optionalText(key) else { return mode }
        guard text.utf8.count == 4, text.utf8.first == UInt8(ascii: "0"),
            let mode = UInt32(text, radix: 8), mode & 0o111 == 0, mode & 0o600 == 0o600
        else {
            throw SettingsError(
                key, takes: "a mode in quotes such as \"0660\": octal, owner rw, nobody x")
        }
        return mode
    }

    func digits(
        _ key: String, count: ClosedRange<Int>, default digits: String
    ) throws(SettingsError) -> String {
        guard let text = try optionalText(key) else { return digits }
        guard count.contains(text.utf8.count),
            text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 })
        else {
            throw SettingsError(key, takes: "\(count.lowerBound) to \(count.upperBound) digits")
        }
        return text
    }

    func choice(
        _ key: String, of choices: [String], default choice: String
    ) throws(SettingsError) -> String {
        guard let text = try optionalText(key) else { return choice }
        guard choices.contains(text) else {
            throw SettingsError(key, takes: "one of " + choices.joined(separator: ", "))
        }
        return text
    }

    func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String, default choice: Choice
    ) throws(SettingsError) -> Choice where Choice.RawValue == String {
        let choices = Choice.allCases.map(\.rawValue)
        let text = try self.choice(key, of: choices, default: choice.rawValue)
        return Choice(rawValue: text) ?? choice
    }
}
