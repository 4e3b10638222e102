import LaresCrypto
import Testing

@Suite("What the system's libcrypto is used for")
struct CryptoTests {
    private func digits(_ bytes: [UInt8]) -> String { bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }

    /// FIPS 180-4.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ])
    func sha256IsThatOfTheStandard(_ text: String, _ hash: String) { #expect(digits(SHA256.hash(Array(text.utf8))) == hash) }

    @Test func piecesHashAsTheWhole() {
        let whole = [UInt8](repeating: 0x61, count: 1_000_000)
        var pieces = SHA256()
        for start in stride(from: 0, to: whole.count, by: 777) {
            whole[start..<min(whole.count, start + 777)].withUnsafeBytes { pieces.update($0) }
        }
        var more = pieces
        whole.withUnsafeBytes { more.update($0) }
        #expect(more.finish() == SHA256.hash(whole + whole))
        #expect(digits(pieces.finish()) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
        #expect(digits(SHA256.hash(whole)) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    /// Made by Python's hashlib.
    @Test func pbkdf2IsThatOfOthers() {
        let key = Secrets.pbkdf2(Array("password".utf8), salt: Array("salt".utf8), rounds: 1)
        #expect(digits(key).hasPrefix("867f70cf1ade02cff3752599a3a53dc4af34c7a669815ae5d513554e1c8cf252"))
        #expect(Secrets.pbkdf2([], salt: [1], rounds: 2).count == 64)
    }

    /// RFC 7914, section 12; the first half of its 64 bytes.
    @Test(
        arguments: [
            ("password", "NaCl", 1024, 16, "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"),
            ("pleaseletmein", "SodiumChloride", 16_384, 1, "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"),
        ] as [(String, String, UInt64, UInt64, String)])
    func scryptIsThatOfTheStandard(_ password: String, _ salt: String, _ rounds: UInt64, _ times: UInt64, _ key: String) throws {
        let made = try #require(Secrets.scrypt(Array(password.utf8), salt: Array(salt.utf8), rounds: rounds, times: times))
        #expect(digits(made) == key)
    }

    @Test func whatScryptCannotDoIsRefused() {
        #expect(Secrets.scrypt([], salt: [], rounds: 16, times: 1)?.count == 32, "nothing is something to it")
        #expect(Secrets.scrypt([1], salt: [2], rounds: 3, times: 1) == nil, "not a power of two")
        #expect(Secrets.scrypt([1], salt: [2], rounds: 1 << 40, times: 1) == nil, "more memory than there may be")
    }

    @Test func randomBytesAreNotTheSameTwice() { #expect(Secrets.random(32).count == 32 && Secrets.random(32) != Secrets.random(32)) }
}
