import Cryptography
import Testing
import Verification

/// A note of Go's sumdb/note documentation, and keys to sign others.
final class NoteFixture {
    static let peter = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    static let text =
        "If you think cryptography is the answer to your problem,\n"
        + "then you don't know what your problem is.\n"
    static let line =
        "\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqf"
        + "qdngotpRZb6KE6RyyBwJnAM=\n"
    static let note = text + "\n" + line

    let name: KeyName
    let key: SigningKey

    init(_ name: String) throws {
        try Sodium.start(lockedMemory: .permitUnlocked, limitBytes: 64 << 20)
        self.name = try KeyName(name)
        key = try SigningKey(seed: SecretBytes(random: 32))
    }

    var verifier: VerifierKey { VerifierKey(name: name, publicKey: key.publicKey) }
}
