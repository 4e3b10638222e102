internal import COpenSSL

/// What is kept of passwords, and bytes that nobody can guess.
package enum Secrets {
    /// Bytes from the system's random generator.
    package static func random(_ count: Int) -> [UInt8] {
        var system = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &system) }
    }

    /// PBKDF2 with HMAC-SHA-512 (RFC 8018, section 5.2).
    ///
    /// - Returns: 64 bytes.
    package static func pbkdf2(_ password: [UInt8], salt: [UInt8], rounds: Int32) -> [UInt8] {
        var key = [UInt8](repeating: 0, count: 64)
        let isMade = password.withUnsafeBytes { password in
            PKCS5_PBKDF2_HMAC(
                password.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(password.count), salt, Int32(salt.count), rounds,
                EVP_sha512(), Int32(key.count), &key)
        }
        guard isMade == 1 else { fatalError("out of memory") }
        return key
    }

    /// scrypt (RFC 7914) with blocks of 1 KiB.
    ///
    /// - Parameters:
    ///   - rounds: A power of two; as many KiB of memory.
    ///   - times: How often, one after another.
    /// - Returns: 32 bytes; nil when the library refuses, or when there isn't the memory.
    package static func scrypt(_ password: [UInt8], salt: [UInt8], rounds: UInt64, times: UInt64) -> [UInt8]? {
        var key = [UInt8](repeating: 0, count: 32)
        let isMade = password.withUnsafeBytes { password in
            // 2 GiB is the bound: the library's own is 32 MiB.
            EVP_PBE_scrypt(
                password.baseAddress?.assumingMemoryBound(to: CChar.self), password.count, salt, salt.count, rounds, 8, times, 2 << 30,
                &key, key.count)
        }
        return isMade == 1 ? key : nil
    }
}
