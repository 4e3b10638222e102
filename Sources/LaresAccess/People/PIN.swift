import Foundation
import LaresCrypto

/// The form of PINs, and how they are kept.
///
/// A PIN has so few digits that who has the file can try them all: what is kept is made slow to try (scrypt, RFC 7914), and trying at
/// Lares is made slower (``PINTries``).
enum PIN {
    /// Refuses what isn't 4…12 digits, and what is tried first.
    static func check(_ text: String) throws(AccessError) {
        guard isFormed(text) else { throw AccessError(.badPIN, "a PIN has 4 to 12 digits, 0 to 9") }
        guard !isObvious(Array(text.utf8)) else {
            throw AccessError(.badPIN, "this PIN is one of those that are tried first (rows of digits, repetitions): choose another")
        }
    }

    /// Whether a text is 4…12 digits.
    static func isFormed(_ text: String) -> Bool {
        (4...12).contains(text.utf8.count) && text.utf8.allSatisfy { (48...57).contains($0) }
    }

    /// Whether digits are a row (1234, 9876, 7890), repeat themselves (0000, 1212, 123123), come in pairs (112233), or are a column of keys.
    private static func isObvious(_ digits: [UInt8]) -> Bool {
        let numbers = digits.map { Int($0) - 48 }
        let steps = zip(numbers.dropFirst(), numbers).map { ($0 - $1 + 10) % 10 }
        let isRow = [0, 1, 9].contains { step in steps.allSatisfy { $0 == step } }
        let isRepeated = (1...numbers.count / 2).contains { period in
            numbers.count.isMultiple(of: period) && zip(numbers, numbers.dropFirst(period)).allSatisfy { $0 == $1 }
        }
        let evens = stride(from: 0, to: numbers.count - 1, by: 2)
        let isPairs =
            numbers.count.isMultiple(of: 2) && evens.allSatisfy { numbers[$0] == numbers[$0 + 1] }
            && Set(evens.dropFirst().map { (numbers[$0] - numbers[$0 - 2] + 10) % 10 }).count == 1
        return isRow || isRepeated || isPairs || ["2580", "0852"].contains(String(decoding: digits, as: UTF8.self))
    }

    /// How much work a hash is: scrypt with 2^`logRounds` rounds of blocks of 1 KiB, so as many KiB of memory.
    struct Cost: Sendable, Hashable {
        var logRounds: Int
        /// How often, one after another.
        var times: Int

        /// 16 MiB, five times: what OWASP names for this much memory (Password Storage Cheat Sheet), which a small machine has.
        static let usual = Cost(logRounds: 14, times: 5)
    }

    /// What is kept of a PIN: `scrypt$14$5$salt$hash`.
    static func kept(_ pin: String, _ cost: Cost) throws -> String {
        let salt = Data(Secrets.random(16))
        let hash = try hash(pin, salt, cost)
        return ["scrypt", "\(cost.logRounds)", "\(cost.times)", salt.base64EncodedString(), hash.base64EncodedString()]
            .joined(separator: "$")
    }

    /// Whether a PIN is the kept one. For nothing kept it works as long, and says no.
    static func matches(_ pin: String, _ kept: String?, _ cost: Cost) throws -> Bool {
        guard let kept, let parts = Parts(kept) else {
            _ = try hash(pin, Data(count: 16), cost)
            return false
        }
        return isEqualInConstantTime(try hash(pin, parts.salt, parts.cost), parts.hash)
    }

    private struct Parts {
        let cost: Cost
        let salt: Data
        let hash: Data

        init?(_ kept: String) {
            let parts = kept.split(separator: "$", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 5, parts[0] == "scrypt", let rounds = Int(parts[1]), (1...20).contains(rounds), let times = Int(parts[2]),
                (1...32).contains(times), let salt = Data(base64Encoded: parts[3]), !salt.isEmpty, let hash = Data(base64Encoded: parts[4]),
                hash.count == 32
            else { return nil }
            (cost, self.salt, self.hash) = (Cost(logRounds: rounds, times: times), salt, hash)
        }
    }

    private static func hash(_ pin: String, _ salt: Data, _ cost: Cost) throws -> Data {
        let password = Array(("pin:" + pin).utf8)
        guard let key = Secrets.scrypt(password, salt: Array(salt), rounds: 1 << UInt64(cost.logRounds), times: UInt64(cost.times)) else {
            throw AccessError(.tooManyTries, "there is no memory to check a PIN now: try again", retryAfter: 5)
        }
        return Data(key)
    }
}
