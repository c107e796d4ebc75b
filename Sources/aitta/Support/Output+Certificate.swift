import StrictJSON

extension Output {
    /// Prints what a certificate says. A proof is for programs; who reads wants to know what it is of.
    static func print(certificate: JSONValue) {
        let signed = (certificate.members ?? []).filter { $0.name != "log" }
        let number = certificate["log"]?["number"]?.plainText
        print(
            pairs: JSONValue.object(signed).flattened()
                + (number.map { [("log", "entry \($0)")] } ?? []))
    }
}
