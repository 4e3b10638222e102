import Foundation
import LaresJSON
import LaresPlaces
import Testing

/// Webhooks and ntfy, against a server on this machine.
@Suite(.timeLimit(.minutes(1))) struct WebSenderTests {
    private static let noon = Date(timeIntervalSince1970: 1_795_950_000)

    static func parcel(_ kind: NoticeChannel.Kind, text: String = "Wasser im Keller", title: String? = "水", isUrgent: Bool = false)
        -> Parcel
    {
        let notice = Notice(date: noon, text: text, title: title, recipient: "Anna", rule: "leak")
        return Parcel(kind, .notice(notice, language: .chinese), key: "key-1", isUrgent: isUrgent, createdAt: noon)
    }

    private func sent(
        _ json: String, _ answers: [String] = ["200 OK"], isUrgent: Bool = false, text: String = "Wasser im Keller"
    ) async throws -> (outcome: SendOutcome, requests: [String]) {
        let correspondence = Correspondence(answers)
        let outcome = try await withServer({ WebHandler(correspondence) }) { port in
            let text2 = json.replacingOccurrences(of: "PORT", with: "\(port)")
            let channel = try NoticeChannel(JSON(parsing: Array(text2.utf8)))
            let sender = WebSender(patience: .milliseconds(500))
            let parcel = Self.parcel(channel.kind, text: text, isUrgent: isUrgent)
            switch channel.kind {
            case .webhook(let webhook): return await sender.send(parcel, to: webhook)
            case .ntfy(let ntfy): return await sender.send(parcel, to: ntfy)
            case .email: return .refused("no mail here")
            }
        }
        return (outcome, correspondence.requests)
    }

    private static let hook = #"{"name": "h", "kind": "webhook", "url": "http://127.0.0.1:PORT/hook?a=b", "token": "s3cret"}"#

    @Test func aWebhookIsSentJSONWithItsKey() async throws {
        let (outcome, requests) = try await sent(Self.hook)
        #expect(outcome == .sent)
        let parts = try #require(requests.first).components(separatedBy: "\r\n\r\n")
        let lines = parts[0].components(separatedBy: "\r\n")
        #expect(lines[0] == "POST /hook?a=b HTTP/1.1")
        let headers = Set(lines.dropFirst().map { $0.lowercased() })
        #expect(headers.isSuperset(of: ["idempotency-key: key-1", "authorization: bearer s3cret", "content-type: application/json"]))
        let body: JSON = [
            "id": "key-1", "time": "2026-11-29T11:00:00Z", "title": "水", "text": "Wasser im Keller", "to": "Anna", "rule": "leak",
            "urgent": false,
        ]
        #expect(try JSON(parsing: Array(parts[1].utf8)) == body)
    }

    @Test func redirectsAreNotFollowed() async throws {
        let (outcome, requests) = try await sent(Self.hook, ["302 Found\r\nlocation: /elsewhere", "200 OK"])
        #expect(outcome == .refused("the server answers 302: redirects aren't followed, enter the address it leads to"))
        #expect(requests.count == 1)
    }

    @Test func aBusyServerSaysForHowLong() async throws {
        #expect(try await sent(Self.hook, ["503 Busy\r\nRetry-After: 7"]).outcome == .failed("the server answers 503", retryAfter: 7))
        #expect(try await sent(Self.hook, ["404 Not Found"]).outcome == .refused("the server answers 404"))
    }

    @Test func aServerThatNeverAnswersIsNotWaitedForLong() async throws {
        #expect(try await sent(Self.hook, [""]).outcome == .failed("no answer within 0.5 seconds"))
    }

    @Test func whereNobodyListensItIsTriedAgain() async throws {
        let webhook = Webhook(try #require(WebAddress("http://127.0.0.1:1")))
        guard case .failed = await WebSender().send(Self.parcel(.webhook(webhook)), to: webhook) else {
            Issue.record("nobody listens there")
            return
        }
    }

    @Test func ntfyIsSentAMessageForItsTopic() async throws {
        let ntfy =
            #"{"name": "n", "kind": "ntfy", "server": "http://127.0.0.1:PORT", "topic": "lares", "user": "u", "password": "p", "tags": ["house"]}"#
        let (outcome, requests) = try await sent(ntfy, isUrgent: true)
        #expect(outcome == .sent)
        let parts = try #require(requests.first).components(separatedBy: "\r\n\r\n")
        #expect(parts[0].hasPrefix("POST / HTTP/1.1\r\n"))
        #expect(parts[0].contains("Basic dTpw"))
        let body: JSON = ["topic": "lares", "message": "Wasser im Keller", "title": "水", "priority": 5, "tags": ["house"]]
        #expect(try JSON(parsing: Array(parts[1].utf8)) == body)
    }

    @Test func aLongMessageStaysAMessage() async throws {
        let ntfy = #"{"name": "n", "kind": "ntfy", "server": "http://127.0.0.1:PORT", "topic": "lares"}"#
        let (_, requests) = try await sent(ntfy, text: String(repeating: "水", count: 4000))
        let body = try JSON(parsing: Array(try #require(requests.first).components(separatedBy: "\r\n\r\n")[1].utf8))
        #expect(body["message"]?.text?.utf8.count == 3999)
        #expect(body["priority"] == 3)
    }
}
