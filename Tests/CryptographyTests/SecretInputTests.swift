import Glibc
import Testing

@testable import Cryptography

@Suite struct SecretInputTests {
    @Test(arguments: [
        ("a b", "a b"), ("a b\n", "a b"), ("a b\r\n", "a b"), ("a\nb\n", "a\nb"), (" ä ", " ä "),
    ])
    func everythingButTheLastLineEndingIsTheSecret(_ sample: (given: String, read: String)) throws {
        let secret = try read(sample.given, limit: 8)
        #expect(exposed(secret) == Array(sample.read.utf8))
    }

    @Test func nothingAndTooMuchAreRefused() throws {
        for text in ["", "\n", "\r\n", "123456789", "123456789\n", "1234567890123456"] {
            #expect(failure { try read(text, limit: 8) } == .noSecretGiven, "\(text.count)")
        }
        #expect(exposed(try read("12345678\r\n", limit: 8)).count == 8)
    }

    private func read(_ text: String, limit: Int) throws -> SecretBytes {
        try startSodium()
        var ends: [CInt] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { close(ends[0]) }
        _ = Array(text.utf8).withUnsafeBytes { write(ends[1], $0.baseAddress, $0.count) }
        close(ends[1])
        return try SecretInput.read(from: ends[0], prompt: "secret", limit: limit)
    }
}
