import Foundation
import LaresCrypto

/// The secret half of a key: 256 random bits.
///
/// It is stored as a plain SHA-256. A slow hash (Argon2, scrypt) protects passwords, which are few enough to be tried; 2²⁵⁶ random
/// secrets are not, and a slow hash on every request would be a way to stall the server.
struct KeySecret {
    static let prefix = "lares_"
    let text: String

    static func random() -> KeySecret {
        KeySecret(text: prefix + hexadecimal(Secrets.random(32)))
    }

    /// The hash of something that has the form of a secret; nil for anything else, without looking further.
    static func hash(of text: String) -> Data? {
        guard text.utf8.count == prefix.utf8.count + 64, text.hasPrefix(prefix) else { return nil }
        return Data(SHA256.hash(Array(text.utf8)))
    }
}

func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}

/// Whether two byte strings are equal, in a time that depends on their length only.
func isEqualInConstantTime(_ a: Data, _ b: Data) -> Bool {
    guard a.count == b.count else { return false }
    return zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
}
