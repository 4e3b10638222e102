import Foundation
import LaresJSON
import LaresPlaces
import Testing

/// Mail, by the real `curl`, against a server on this machine.
@Suite(.timeLimit(.minutes(1))) struct MailSenderTests {
    private func sent(
        _ rest: String = "", security: String = "none", told: String = "", isUrgent: Bool = false
    ) async throws -> (outcome: SendOutcome, lines: [String]) {
        let correspondence = Correspondence([told])
        let outcome = try await withFolder { folder in
            try await withServer({ MailHandler(correspondence) }) { port in
                let text = """
                    {"name": "m", "kind": "email", "host": "127.0.0.1", "port": \(port), "from": "lares@home.example", "to": "anna@example.org", "security": "\(security)"\(rest)}
                    """
                guard case .email(let email) = try NoticeChannel(JSON(parsing: Array(text.utf8))).kind else { return SendOutcome.sent }
                let outcome = await MailSender(folder: folder).send(
                    WebSenderTests.parcel(.email(email), text: "水 im Keller\n.\nende", isUrgent: isUrgent), to: email)
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
                return outcome
            }
        }
        return (outcome, correspondence.requests)
    }

    @Test func aMailIsTakenByTheServer() async throws {
        let (outcome, lines) = try await sent(isUrgent: true)
        #expect(outcome == .sent)
        #expect(lines.contains { $0.hasPrefix("MAIL FROM:<lares@home.example>") })
        #expect(lines.contains("RCPT TO:<anna@example.org>"))
        let message = try #require(lines.first { $0.contains("Message-ID") })
        #expect(message.contains("Message-ID: <key-1@home.example>\n"))
        #expect(message.contains("Date: Sun, 29 Nov 2026 11:00:00 +0000\n"))
        #expect(message.contains("Subject: =?utf-8?B?5rC0?=\n"))
        #expect(message.contains("Importance: high\n"))
        let body = try #require(message.components(separatedBy: "\n\n").dropFirst().first)
        let data = try #require(Data(base64Encoded: body.replacingOccurrences(of: "\n", with: "")))
        #expect(String(decoding: data, as: UTF8.self) == "水 im Keller\n.\nende\n")
    }

    @Test func aLoginIsToldAndItsPasswordMayHaveAnyLetters() async throws {
        let (outcome, lines) = try await sent(#", "user": "anna", "password": "p\"\\x #y""#)
        #expect(outcome == .sent)
        let login = Data("\0anna\0p\"\\x #y".utf8).base64EncodedString()
        #expect(lines.contains { $0.hasSuffix(login) })
    }

    @Test(arguments: [
        ("RCPT 550 no such user", true), ("RCPT 451 later", false), ("MAIL 552 no room", true), ("END 554 spam", true),
        ("END 452 no room", false), ("MAIL 421 closing", false),
    ])
    func whatTheServerSaysDecidesWhetherItIsTriedAgain(told: String, isFinal: Bool) async throws {
        switch try await sent(told: told).outcome {
        case .sent: Issue.record("it was refused")
        case .refused(let reason): #expect(isFinal, "\(reason)")
        case .failed(let reason, _): #expect(!isFinal, "\(reason)")
        }
    }

    @Test(arguments: [("AUTH 535 wrong password", true), ("AUTH 454 not now", false)])
    func aLoginThatIsWrongIsNotTriedAgain(told: String, isFinal: Bool) async throws {
        switch try await sent(#", "user": "anna", "password": "p""#, told: told).outcome {
        case .sent: Issue.record("it was refused")
        case .refused(let reason): #expect(isFinal, "\(reason)")
        case .failed(let reason, _): #expect(!isFinal, "\(reason)")
        }
    }

    @Test func nothingIsSaidToAServerWithoutTheEncryptionThatWasAskedFor() async throws {
        let (outcome, lines) = try await sent(#", "user": "anna", "password": "p""#, security: "starttls")
        guard case .failed = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(!lines.contains { $0.hasPrefix("AUTH") || $0.hasPrefix("MAIL") })
    }

    @Test func withoutCurlItSaysWhatIsMissing() async throws {
        try await withFolder { folder in
            guard let mail = MailAddress("a@b.example"), let email = Email(host: "127.0.0.1", from: mail, to: mail) else { return }
            let outcome = await MailSender(folder: folder, program: "/nowhere/curl").send(WebSenderTests.parcel(.email(email)), to: email)
            #expect(outcome == .failed("'/nowhere/curl' can't be run: install the package curl"))
        }
    }

    @Test(arguments: [
        "a\r\nBcc: evil@example.org", "=?utf-8?B?QQ==?=", String(repeating: "水火", count: 100), "e\u{301}\u{1F469}\u{200D}\u{1F680}",
    ])
    func titlesCannotAddHeaders(title: String) throws {
        let mail = try #require(MailAddress("a@b.example"))
        let email = try #require(Email(host: "h", from: mail, to: mail))
        let text = MailMessage(WebSenderTests.parcel(.email(email), title: title), from: mail, to: mail).text
        let head = text.components(separatedBy: "\r\n\r\n")[0]
        #expect(head.utf8.allSatisfy { $0 < 0x80 })
        #expect(!head.contains("\r\nBcc"))
        #expect(head.components(separatedBy: "\r\n").allSatisfy { $0.utf8.count <= 78 })
        let words = head.components(separatedBy: "=?utf-8?B?").dropFirst().map { String($0.prefix { $0 != "?" }) }
        let decoded = words.map { String(decoding: Data(base64Encoded: $0) ?? Data(), as: UTF8.self) }.joined()
        #expect(decoded == title)
    }
}
