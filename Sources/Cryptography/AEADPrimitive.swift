import CSodium

extension AEAD {
    /// Encrypts behind the nonce that lies at the start of `target`, whose length is that of the
    /// plaintext and ``overheadCount``.
    static func encrypt(
        _ plaintext: UnsafeRawBufferPointer, associatedData: UnsafeRawBufferPointer,
        key: UnsafePointer<UInt8>, into target: UnsafeMutableRawBufferPointer
    ) {
        precondition(target.count == plaintext.count + overheadCount, "the target must fit exactly")
        guard let nonce = target.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
        _ = crypto_aead_xchacha20poly1305_ietf_encrypt(
            nonce + nonceCount, nil,
            plaintext.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt64(plaintext.count),
            associatedData.baseAddress?.assumingMemoryBound(to: UInt8.self),
            UInt64(associatedData.count), nil, nonce, key)
    }

    /// Decrypts into `target`, whose length is that of the plaintext. When false is returned the
    /// target holds no plaintext.
    static func decrypt(
        _ sealed: UnsafeRawBufferPointer, associatedData: UnsafeRawBufferPointer,
        key: UnsafePointer<UInt8>, into target: UnsafeMutableRawBufferPointer
    ) -> Bool {
        precondition(sealed.count == target.count + overheadCount, "the target must fit exactly")
        guard let nonce = sealed.baseAddress?.assumingMemoryBound(to: UInt8.self) else {
            return false
        }
        // An empty target may have no address: libsodium then verifies, and that is all there is.
        return crypto_aead_xchacha20poly1305_ietf_decrypt(
            target.baseAddress?.assumingMemoryBound(to: UInt8.self), nil, nil,
            nonce + nonceCount, UInt64(sealed.count - nonceCount),
            associatedData.baseAddress?.assumingMemoryBound(to: UInt8.self),
            UInt64(associatedData.count), nonce, key) == 0
    }
}
