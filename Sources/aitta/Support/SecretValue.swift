import StrictJSON

/// A field's value as it is given to a command. All but those of a few fields are personal, and
/// the command line can be read by every process of the machine.
enum SecretValue {
    /// Fields whose values anyone may see: the customer number and the public company number.
    static let openFields: Set<String> = ["reference", "ytunnus"]

    /// Takes the value from the command line where that is allowed, else from standard input.
    ///
    /// - Throws: a usage failure for a personal value on the command line; it repeats neither the
    ///   value nor the field, since the two may have been swapped.
    static func resolve(field: String, argument: String) throws -> JSONValue {
        if argument == "-" { return try parse(StandardInput.value()) }
        guard openFields.contains(field) else {
            throw Failure.usage(
                "values of this field are refused on the command line, where others can read them",
                hint: "write - in place of the value and give it on standard input")
        }
        return .string(argument)
    }

    /// Text, or where it begins with a brace a JSON object: a name or an address in its parts.
    private static func parse(_ text: String) throws -> JSONValue {
        guard text.utf8.first == UInt8(ascii: "{") else { return .string(text) }
        return try JSONInput.parse(Array(text.utf8), name: "the value")
    }
}

/// JSON that a command is given.
enum JSONInput {
    /// Reads a file, or standard input for `-`.
    static func read(_ path: String, limit: Int) throws -> JSONValue {
        let isStandardInput = path == "-"
        let bytes =
            try isStandardInput
            ? StandardInput.all(limit: limit) : FileBytes.read(path: path, limit: limit)
        return try parse(bytes, name: isStandardInput ? "standard input" : path)
    }

    static func parse(_ bytes: [UInt8], name: String) throws -> JSONValue {
        do {
            return try JSONParser.parse(bytes)
        } catch {
            throw Failure(
                "\(name) is not valid JSON: \(error.rule.rawValue) at byte \(error.offset)")
        }
    }
}
