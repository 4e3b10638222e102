import Foundation
import LaresServer
import LaresTesting
import Testing

/// Forms with files, taken apart while they arrive.
struct MultipartTests {
    private static let type = "multipart/form-data; boundary=xYz"
    private static let body =
        "preamble\r\n--xYz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\n--xYz\t\r\n"
        + "content-type: text/csv\r\ncontent-disposition: form-data; name=\"data\"; filename=\"my %22data%22.csv\"\r\n\r\n"
        + "a,b\r\n--xY\r\n1,2\r\n\r\n--xYz\r\nContent-Disposition: form-data; name=empty\r\n\r\n\r\n--xYz--\r\nepilogue"

    /// Parts as "name:file:content".
    private func parts(_ body: String, pieces size: Int = .max, type: String = Self.type) throws -> [String] {
        var reader = try #require(MultipartReader(contentType: type))
        var (parts, rest): ([String], ArraySlice<UInt8>) = ([], Array(body.utf8)[...])
        var isOpen = false
        while !rest.isEmpty {
            let piece = rest.prefix(size)
            rest = rest.dropFirst(piece.count)
            for event in try reader.feed(piece) {
                switch event {
                case .part(let name, let file):
                    parts.append("\(name):\(file ?? "-"):")
                    isOpen = true
                case .bytes(let bytes):
                    #expect(isOpen && !bytes.isEmpty)
                    parts[parts.count - 1] += String(decoding: bytes, as: UTF8.self)
                case .end: isOpen = false
                }
            }
        }
        try reader.finish()
        return parts
    }

    @Test(arguments: [1, 2, 3, 7, 64, Int.max])
    func partsAreTheSameHoweverTheyArrive(size: Int) throws {
        #expect(try parts(Self.body, pieces: size) == ["a:-:one", "data:my \"data\".csv:a,b\r\n--xY\r\n1,2\r\n", "empty:-:"])
    }

    @Test func aNameMayHaveQuotesAndSemicolons() throws {
        let body = "--xYz\r\nContent-Disposition: form-data; name=\"a;b\"; filename=\"\\\"x\\\\y\\\";.csv\"\r\n\r\n\r\n--xYz--"
        #expect(try parts(body) == ["a;b:\"x\\y\";.csv:"])
    }

    @Test(arguments: [
        "", "--xYz", "--xYz--", "--xYz\r\n", "--xYz\r\n\r\nbody\r\n--xYz--", "--xYz\r\nContent-Disposition: form-data\r\n\r\n\r\n--xYz--",
        "--xYz\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\n\r\n--xYz--", "--xYzQ\r\n",
        "--xYz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nwithout an end", "--xYz\r\n" + String(repeating: "x", count: 9_000),
        "--xYz" + String(repeating: " ", count: 200) + "\r\n",
        String(repeating: "--xYz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n", count: 1_001) + "--xYz--",
    ])
    func whatIsNoFormIsRefused(body: String) throws {
        // A form without parts is one, if an empty one.
        if body == "--xYz--" { return #expect(try parts(body).isEmpty) }
        #expect(throws: APIError.self) { try parts(body) }
    }

    @Test(arguments: [
        nil, "", "multipart/form-data", "multipart/form-data; boundary=", "multipart/mixed; boundary=x", "text/csv; boundary=x",
        "multipart/form-data; boundary=" + String(repeating: "x", count: 71), "multipart/form-data; boundary=é",
    ])
    func anotherKindOfBodyIsNone(type: String?) { #expect(MultipartReader(contentType: type) == nil) }

    @Test func theBoundaryMayStandInQuotes() throws {
        let body = "--a b\r\nContent-Disposition: form-data; name=x\r\n\r\ny\r\n--a b--"
        #expect(try parts(body, type: "Multipart/Form-Data; charset=x; Boundary=\"a b\"") == ["x:-:y"])
    }

    @Test func mutatedFormsAreReadOrRefused() throws {
        var random = SplitMix(seed: 0x4D17)
        let odd = Array("\r\n-:;=\"\\xYz \0é".utf8), seed = Array(Self.body.utf8)
        let count = ProcessInfo.processInfo.environment["LARES_FUZZ"].flatMap { Int($0) } ?? 20_000
        var read = 0
        for _ in 0..<count {
            var bytes = seed
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let at = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[at] = odd.randomElement(using: &random) ?? 0
                case 1: bytes.remove(at: at)
                default: bytes.insert(odd.randomElement(using: &random) ?? 0, at: at)
                }
            }
            var reader = try #require(MultipartReader(contentType: Self.type))
            var (rest, isWhole): (ArraySlice<UInt8>, Bool) = (bytes[...], true)
            while !rest.isEmpty, isWhole {
                let size = Int.random(in: 1...80, using: &random)
                isWhole = (try? reader.feed(rest.prefix(size))) != nil
                rest = rest.dropFirst(size)
            }
            if isWhole, (try? reader.finish()) != nil { read += 1 }
        }
        #expect(read > count / 50 && read < count)
    }
}
