import Cryptography
import Testing

@Suite struct SecretTextTests {
    @Test(arguments: [0, 1, 2, 3, 31, 32, 33])
    func roundTrips(count: Int) throws {
        try startSodium()
        let key = try SecretBytes(random: count)
        let hexText = try SecretText.encodeHex(key)
        #expect(hexText.count == count * 2)
        #expect(exposed(try SecretText.decodeHex(hexText)) == exposed(key))
        for base64 in [SecretText.Base64.standard, .urlSafe] {
            let text = try SecretText.encodeBase64(key, base64)
            #expect(exposed(try SecretText.decodeBase64(text, base64)) == exposed(key))
        }
    }

    @Test func agreesWithTheStandard() throws {
        #expect(
            exposed(try SecretText.encodeBase64(secret(Array("foob".utf8)))) == ascii("Zm9vYg=="))
        #expect(
            exposed(try SecretText.encodeBase64(secret([0xfb, 0xff]), .urlSafe)) == ascii("-_8"))
        #expect(exposed(try SecretText.encodeHex(secret([0x0f, 0xa0]))) == ascii("0fa0"))
    }

    @Test func whiteSpaceAroundIsSkipped() throws {
        #expect(exposed(try SecretText.decodeHex(secret(ascii(" 0fA0\r\n")))) == [0x0f, 0xa0])
        let padded = try secret(ascii("\tZm9vYg==\n"))
        #expect(exposed(try SecretText.decodeBase64(padded)) == Array("foob".utf8))
    }

    @Test(arguments: ["0", "0g", "0f a0", "0f\u{0}a0", "0x0f"])
    func malformedHexIsRefused(text: String) throws {
        let text = try secret(ascii(text))
        #expect(failure { try SecretText.decodeHex(text) } == .malformedText)
    }

    @Test(arguments: ["Zm9vYg", "Zm9vYg=", "Zm9v Yg==", "Zm9vYh==", "Z", "-_8=", "Zm9v\u{0}"])
    func malformedBase64IsRefused(text: String) throws {
        let text = try secret(ascii(text))
        #expect(failure { try SecretText.decodeBase64(text) } == .malformedText)
    }

    private func ascii(_ text: String) -> [UInt8] { Array(text.utf8) }
}
