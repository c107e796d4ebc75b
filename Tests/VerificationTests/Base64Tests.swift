import Testing
import Verification

@Suite struct Base64Tests {
    /// RFC 4648, section 10.
    private static let vectors = [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
        ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ]

    @Test(arguments: vectors)
    func vectorsAgree(bytes: String, text: String) {
        #expect(Base64.encode(Array(bytes.utf8)) == text)
        #expect(Base64.decode(text) == Array(bytes.utf8))
    }

    @Test func allBytesReadBack() {
        let bytes = (0...255).map { UInt8($0) }
        for count in 0...256 {
            let some = Array(bytes.prefix(count))
            #expect(Base64.decode(Base64.encode(some)) == some)
        }
    }

    @Test(arguments: [
        "Z", "Zg", "Zg=", "Zh==", "Zm9=", "====", "=Zg=", "Zg==Zg==", "Zm 9v", "Zm-_", "Zg==\n",
    ])
    func otherFormsAreRefused(text: String) {
        #expect(Base64.decode(text) == nil)
    }
}
