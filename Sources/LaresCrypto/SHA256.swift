internal import COpenSSL

/// SHA-256 (FIPS 180-4) of bytes that come piece by piece.
package struct SHA256: Sendable {
    private var state = State()

    /// Nothing read yet.
    package init() {}

    /// Reads on.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        if !isKnownUniquelyReferenced(&state) { state = state.copy() }
        _ = EVP_DigestUpdate(state.context, bytes.baseAddress, bytes.count)
    }

    /// The 32 bytes of what was read so far.
    package func finish() -> [UInt8] {
        var hash = [UInt8](repeating: 0, count: 32)
        let last = state.copy()
        _ = EVP_DigestFinal_ex(last.context, &hash, nil)
        return hash
    }

    /// The 32 bytes of what is at hand.
    package static func hash(_ bytes: [UInt8]) -> [UInt8] {
        var hash = [UInt8](repeating: 0, count: 32)
        guard EVP_Digest(bytes, bytes.count, &hash, nil, algorithm, nil) == 1 else { fatalError("out of memory") }
        return hash
    }

    /// Found once: looking it up takes longer than hashing a line. The system's settings for OpenSSL aren't read, which would take time at the start.
    fileprivate nonisolated(unsafe) static let algorithm: OpaquePointer? = {
        OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_LOAD_CONFIG), nil)
        return EVP_MD_fetch(nil, "SHA256", nil)
    }()
}

/// Changed only by the one value that has it: others copy it first.
private final class State: @unchecked Sendable {
    let context: OpaquePointer

    init() {
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, SHA256.algorithm, nil) == 1 else { fatalError("out of memory") }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    func copy() -> State {
        let copy = State()
        guard EVP_MD_CTX_copy_ex(copy.context, context) == 1 else { fatalError("out of memory") }
        return copy
    }
}
