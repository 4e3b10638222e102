package import Foundation
import LaresCrypto

/// A SHA-256, checked: 64 lower-case hexadecimal digits. Only such a value ever becomes part of a path.
public struct Digest: Sendable, Hashable, CustomStringConvertible {
    /// The 64 digits.
    public let description: String

    /// Reads "sha256:…", "sha256-…" or the digits alone, in either case; nil for anything else.
    public init?(_ text: String) {
        var digits = text.lowercased()
        for prefix in ["sha256:", "sha256-"] where digits.hasPrefix(prefix) { digits.removeFirst(prefix.count) }
        guard digits.utf8.count == 64, digits.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }) else { return nil }
        description = digits
    }

    /// The 32 bytes.
    var bytes: [UInt8] {
        let digits = description.utf8.map { $0 < 97 ? $0 - 48 : $0 - 87 }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    init(_ hash: [UInt8]) {
        let digits = Array("0123456789abcdef".utf8)
        description = String(decoding: hash.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// The digest of some bytes.
    package init(of bytes: some DataProtocol) {
        var hash = SHA256()
        for region in bytes.regions { region.withUnsafeBytes { hash.update($0) } }
        self.init(hash.finish())
    }
}

/// Hashes a file piece by piece.
struct FileHash {
    private var hash = SHA256()

    mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { hash.update($0) } }

    func finish() -> Digest { Digest(hash.finish()) }
}
