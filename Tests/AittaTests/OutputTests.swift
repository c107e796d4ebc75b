import StrictJSON
import Testing
import VaultAPI

@testable import aitta

@Suite struct OutputTests {
    @Test func alignsColumns() {
        #expect(
            Output.aligned([["id", "name"], ["1", "ä"], ["100", ""]]) == "id   name\n1    ä\n100")
    }

    @Test func flattensJSON() throws {
        let json = try JSONParser.parse(
            Array(#"{"a":{"b":"x","c":[1,2]},"d":[{"e":true}],"f":null,"g":[]}"#.utf8))
        #expect(
            json.flattened().map { $0.name + "=" + $0.value } == [
                "a.b=x", "a.c=1, 2", "d.0.e=yes", "f=-", "g=-",
            ])
    }

    @Test func doesNotLetValuesSteerTheTerminal() {
        #expect("a\u{1B}[2Jb\u{202E}c".printable == "a?[2Jb?c")
    }

    @Test func leavesValuesOutOfUsageErrors() {
        #expect(
            Failure.withoutValues("Unexpected argument '131052-308T'") == "Unexpected argument '…'")
        #expect(
            Failure.withoutValues("The value 'x' is invalid for '--limit <count>'")
                == "The value '…' is invalid for '--limit <count>'")
        #expect(Failure.withoutValues("Unknown option '--name=Aino'") == "Unknown option '…'")
    }

    @Test(arguments: [
        ("/fields/henkilotunnus", "henkilotunnus: r"),
        ("/fields/address/postalCode", "address.postalCode: r"), ("/reference", "reference: r"),
        ("", "body: r"), ("/fields/a~1b~0c", "a/b~c: r"),
    ])
    func namesThePlace(pointer: String, reason: String) {
        #expect(Violation(pointer: pointer, rule: "r").reason(within: "") == reason)
    }
}
