extension KeyName {
    /// Whether it is the origin of a vault's log: `aitta/VAULT`, or `aitta/VAULT/N` from the second on, which
    /// begins with each restore (docs/FORMAT.md).
    public func isLog(ofVault vault: String) -> Bool {
        let name = description.utf8
        let first = "aitta/\(vault)".utf8
        guard name.starts(with: first) else { return false }
        let rest = name.dropFirst(first.count)
        if rest.isEmpty { return true }
        guard rest.first == UInt8(ascii: "/"), let count = UInt64(Substring(rest.dropFirst()))
        else {
            return false
        }
        return count > 1 && "/\(count)".utf8.elementsEqual(rest)
    }
}
