extension JSONWriter {
    /// Writes a member with a text.
    public mutating func member(_ name: String, _ text: String) {
        self.name(name)
        string(text)
    }

    /// Writes a member with a text, or nothing where there is none.
    public mutating func member(_ name: String, ifPresent text: String?) {
        if let text { member(name, text) }
    }

    /// Writes a member with an integer.
    public mutating func member(_ name: String, _ number: some FixedWidthInteger) {
        self.name(name)
        integer(number)
    }

    /// Writes a member with `true` or `false`.
    public mutating func member(_ name: String, _ flag: Bool) {
        self.name(name)
        bool(flag)
    }

    /// Writes a member with a value.
    public mutating func member(_ name: String, _ value: JSONValue) {
        self.name(name)
        self.value(value)
    }

    /// Writes a member with bytes that are one JSON value already.
    public mutating func member(_ name: String, fragment json: ArraySlice<UInt8>) {
        self.name(name)
        fragment(json)
    }
}
