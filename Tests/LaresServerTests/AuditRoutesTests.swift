import HTTPTypes
import HummingbirdTesting
import LaresAccess
import LaresJSON
import LaresServer
import Testing

struct AuditRoutesTests {
    private func log() throws -> AuditLog {
        let log = try AuditLog(home: scratchHome())
        for number in 1...5 {
            try log.append(
                number == 3 ? .deedRefused : .thingSet, subject: "hall/\(number)", by: Principal(name: number < 3 ? "phone" : "local"),
                detail: number == 3 ? ["path": "api", "hazards": ["opens"]] : nil)
        }
        return log
    }

    private func numbers(_ answer: JSON) -> [Int] { answer["entries"]?.elements?.compactMap { $0["number"]?.number.map { Int($0) } } ?? [] }

    @Test func ownersReadWhatWasDoneInPages() async throws {
        try await withServer(audit: try log()) { client in
            let first = try await client.get("/lares/v1/audit?limit=2").json()
            #expect(numbers(first) == [5, 4] && first["next"]?.number == 4)
            let second = try await client.get("/lares/v1/audit?limit=2&before=4").json()
            #expect(numbers(second) == [3, 2] && second["next"]?.number == 2)
            #expect(second["entries"]?.elements?.first?["detail"]?["hazards"] == ["opens"])
            let last = try await client.get("/lares/v1/audit?limit=2&before=2").json()
            #expect(numbers(last) == [1] && last["next"] == .null)
            let phone = try await client.get("/lares/v1/audit?who=phone").json()
            #expect(numbers(phone) == [2, 1])
            let refused = try await client.get("/lares/v1/audit?act=deed.refused").json()
            #expect(numbers(refused) == [3])
            let none = try await client.get("/lares/v1/audit?who=phone&act=deed.refused").json()
            #expect(numbers(none) == [] && none["next"] == .null)
        }
    }

    @Test(arguments: ["limit=0", "limit=1001", "limit=", "limit=x", "before=0", "before=-1", "before=99999999999999999999"])
    func wrongPagesAreRefused(query: String) async throws {
        try await withServer(audit: try log()) { client in
            let answer = try await client.get("/lares/v1/audit?\(query)")
            #expect(answer.status == .badRequest)
        }
    }

    @Test(arguments: [Role.resident, .guest, .child, .agent, .viewer])
    func nobodyElseReadsIt(role: Role) async throws {
        let keys = try KeyStore(home: scratchHome())
        let headers: HTTPFields = [.authorization: "Bearer \(try keys.make(name: "key", role: role).secret)"]
        try await withServer(keys: keys, audit: try log()) { client in
            let answer = try await client.get("/lares/v1/audit", headers: headers), page = try await client.get("/audit", headers: headers)
            #expect(answer.status == .forbidden && page.status == .notFound)
        }
    }

    @Test func withoutALogThereIsNone() async throws {
        try await withServer { client in
            let answer = try await client.get("/lares/v1/audit"), page = try await client.get("/audit")
            #expect(answer.error("code") == "not_here" && page.status == .notFound)
        }
    }

    @Test(arguments: ["en", "zh"]) func thePageIsWholeAndSaysNoMarkup(language: String) async throws {
        let log = try log()
        try log.append(AuditAct("later.act"), subject: "<b>", by: Principal(name: "a&b"))
        try await withServer(audit: log) { client in
            let page = try await client.get("/audit", headers: [.cookie: "lang=\(language)"])
            #expect(page.status == .ok && page.text.hasSuffix("</html>") && !page.text.contains("{{") && !page.text.contains("[["))
            #expect(page.text.contains("later.act") && page.text.contains("&lt;b&gt;") && !page.text.contains("<b>"))
            #expect(page.text.contains("hazards: opens"))
            let filtered = try await client.get("/audit?who=a%26b&act=gone.act", headers: [.cookie: "lang=\(language)"])
            #expect(filtered.status == .ok && filtered.text.contains("value=\"gone.act\" selected"))
        }
    }
}
