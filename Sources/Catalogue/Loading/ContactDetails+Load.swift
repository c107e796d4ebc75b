extension ContactDetails {
    init(_ node: YAMLReader) throws(CatalogueError) {
        try node.requireKeys(["name", "ytunnus", "address", "phone", "email"])
        name = try node.require("name").text()
        ytunnus = try node["ytunnus"]?.ytunnus()
        address = try node["address"]?.text()
        phone = try node["phone"]?.text()
        email = try node["email"]?.text()
    }
}

extension YAMLReader {
    fileprivate func ytunnus() throws(CatalogueError) -> String {
        let text = try text()
        do throws(ValidationFailure) {
            return try Ytunnus(text).text
        } catch {
            throw fail(error.rule, "a valid Y-tunnus belongs here")
        }
    }
}
