import Cryptography

/// The keys of a keyring that an epoch rotation keeps and a deep rotation makes anew.
final class LongLivedKeys: Sendable {
    let indexSecret: IndexSecret
    let certificateKey: Signer
    let logKey: Signer
    let backupKey: Signer
    let ledgerKey: SecretBytes
    let controlKey: ControlKey

    init(
        indexSecret: IndexSecret, certificateKey: Signer, logKey: Signer, backupKey: Signer,
        ledgerKey: consuming SecretBytes, controlKey: ControlKey
    ) {
        self.indexSecret = indexSecret
        self.certificateKey = certificateKey
        self.logKey = logKey
        self.backupKey = backupKey
        self.ledgerKey = ledgerKey
        self.controlKey = controlKey
    }

    /// Everything random.
    static func make() throws(CryptographyError) -> LongLivedKeys {
        try LongLivedKeys(
            indexSecret: IndexSecret(bytes: SecretBytes(random: 32)),
            certificateKey: Signer(seed: SecretBytes(random: 32)),
            logKey: Signer(seed: SecretBytes(random: 32)),
            backupKey: Signer(seed: SecretBytes(random: 32)),
            ledgerKey: SecretBytes(random: 32),
            controlKey: ControlKey(bytes: SecretBytes(random: 32)))
    }

    func write(to writer: inout SecretWriter) throws(CryptographyError) {
        try indexSecret.write(to: &writer)
        try certificateKey.write(to: &writer)
        try logKey.write(to: &writer)
        try backupKey.write(to: &writer)
        try writer.secret(ledgerKey)
        try controlKey.write(to: &writer)
    }

    convenience init(
        from reader: inout SecretReader, of secret: borrowing SecretBytes
    ) throws(CryptographyError) {
        self.init(
            indexSecret: IndexSecret(bytes: try reader.secret(32, from: secret)),
            certificateKey: try Signer(seed: reader.secret(32, from: secret)),
            logKey: try Signer(seed: reader.secret(32, from: secret)),
            backupKey: try Signer(seed: reader.secret(32, from: secret)),
            ledgerKey: try reader.secret(32, from: secret),
            controlKey: ControlKey(bytes: try reader.secret(32, from: secret)))
    }
}
