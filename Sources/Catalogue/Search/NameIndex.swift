import StrictJSON

/// What names are found by. Names match whatever their case and the white space in them; letters
/// with marks are letters of their own: `Mäki` is not `Maki`.
struct NameIndex {
    let field: String

    /// Family and given name are joined by a character that no name contains.
    private static let joint = "\u{1F}"

    /// Whole; family alone; family and first given name.
    func indexValues(of name: PersonName) -> [IndexValue] {
        let family = SearchText.fold(name.family)
        guard let given = name.given.map(SearchText.fold) else {
            return [whole(family), self.family(family)]
        }
        return [
            whole(given + " " + family), self.family(family),
            familyGiven(family, firstWord(of: given)),
        ]
    }

    func indexValues(ofCompany name: String) -> [IndexValue] { [whole(SearchText.fold(name))] }

    func searchKeys(_ value: JSONValue) throws(ValidationFailure) -> [IndexValue] {
        if let text = value.text {
            let folded = SearchText.fold(try PersonName.text(text))
            return [whole(folded), family(folded)]
        }
        let name = try PersonName(value)
        let family = SearchText.fold(name.family)
        guard let given = name.given.map(SearchText.fold) else { return [self.family(family)] }
        let first = firstWord(of: given)
        return first == given
            ? [familyGiven(family, given)] : [whole(given + " " + family)]
    }

    private func whole(_ folded: String) -> IndexValue { IndexValue(key: field, folded) }

    private func family(_ folded: String) -> IndexValue {
        IndexValue(key: "\(field).family", folded)
    }

    private func familyGiven(_ family: String, _ given: String) -> IndexValue {
        IndexValue(key: "\(field).familyGiven", family + Self.joint + given)
    }

    private func firstWord(of folded: String) -> String {
        String(folded.prefix { $0 != " " })
    }
}
