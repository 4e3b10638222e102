import LaresJSON
import LaresPlaces
import Testing

@Suite struct ChannelFormTests {
    private static let whole = [
        #"{"name": "hook", "kind": "webhook", "url": "https://example.org/hooks/k3y?t=s3cret", "token": "s3cret"}"#,
        #"{"name": "phone", "kind": "ntfy", "server": "https://ntfy.example:8443", "topic": "lares", "token": "s3cret", "tags": ["house", "+1"]}"#,
        #"{"name": "phone", "kind": "ntfy", "server": "http://10.0.0.2", "topic": "lares", "user": "anna", "password": "s3cret"}"#,
        #"{"name": "mail", "kind": "email", "host": "mail.example", "security": "tls", "user": "anna", "password": "s3cret", "from": "lares@example.org", "to": "anna@example.org"}"#,
    ]

    private func channel(_ text: String, replacing old: NoticeChannel? = nil) throws -> NoticeChannel {
        try NoticeChannel(JSON(parsing: Array(text.utf8)), replacing: old)
    }

    @Test(arguments: whole)
    func secretsAreNeverShown(text: String) throws {
        let channel = try channel(text)
        var dumped = ""
        dump(channel, to: &dumped)
        for shown in [channel.json.serialized, "\(channel)", String(reflecting: channel), dumped]
        where shown.contains("s3cret") || shown.contains("k3y") {
            Issue.record("\(shown)")
        }
    }

    @Test func aWebhookIsShownByWhereItLeads() throws {
        let json = try channel(Self.whole[0]).json
        #expect(json == ["name": "hook", "kind": "webhook", "address": "https://example.org/…", "has_token": true])
    }

    @Test func secretsStayAsLongAsTheServerDoes() throws {
        let old = try channel(Self.whole[1])
        let renamed = try channel(
            #"{"name": "phone", "kind": "ntfy", "server": "https://ntfy.example:8443", "topic": "other"}"#, replacing: old)
        #expect(renamed.json["has_login"] == true)
        let moved = try channel(#"{"name": "phone", "kind": "ntfy", "server": "https://evil.example", "topic": "lares"}"#, replacing: old)
        #expect(moved.json["has_login"] == false)
        let hook = try channel(#"{"name": "hook", "kind": "webhook"}"#, replacing: channel(Self.whole[0]))
        #expect(hook == (try channel(Self.whole[0])))
        #expect(throws: OutboxError.self) {
            try channel(
                #"{"name": "m", "kind": "email", "host": "evil.example", "user": "anna", "from": "a@b", "to": "a@b"}"#,
                replacing: channel(Self.whole[3]))
        }
    }

    @Test(arguments: [
        #"{"name": "Hook", "kind": "webhook", "url": "https://example.org"}"#,
        #"{"name": "hook", "kind": "pigeon"}"#,
        #"{"name": "hook", "kind": "webhook", "url": "ftp://example.org"}"#,
        #"{"name": "hook", "kind": "webhook", "url": "file:///etc/passwd"}"#,
        #"{"name": "hook", "kind": "webhook", "url": "https://anna:pass@example.org"}"#,
        #"{"name": "hook", "kind": "webhook", "url": "https://example.org/\r\nX: y"}"#,
        #"{"name": "hook", "kind": "webhook", "url": "https://example.org", "token": "a\r\nX-Other: b"}"#,
        #"{"name": "hook", "kind": "webhook", "url": "https://example.org", "tokn": "a"}"#,
        #"{"name": "phone", "kind": "ntfy", "server": "https://ntfy.sh/path", "topic": "a"}"#,
        #"{"name": "phone", "kind": "ntfy", "server": "https://ntfy.sh", "topic": "a/b"}"#,
        #"{"name": "phone", "kind": "ntfy", "server": "https://ntfy.sh", "topic": "a", "token": "t", "user": "u", "password": "p"}"#,
        #"{"name": "mail", "kind": "email", "host": "m", "from": "a@b", "to": "a@b\r\nBcc: c@d"}"#,
        #"{"name": "mail", "kind": "email", "host": "m", "from": "a@b", "to": "a@b,c@d"}"#,
        #"{"name": "mail", "kind": "email", "host": "m", "from": "<a@b>", "to": "a@b"}"#,
        #"{"name": "mail", "kind": "email", "host": "-K/etc/x", "from": "a@b", "to": "a@b"}"#,
        #"{"name": "mail", "kind": "email", "host": "m\"\nurl = x", "from": "a@b", "to": "a@b"}"#,
        #"{"name": "mail", "kind": "email", "host": "m", "user": "a:b", "password": "p", "from": "a@b", "to": "a@b"}"#,
        #"{"name": "mail", "kind": "email", "host": "m", "port": 0, "from": "a@b", "to": "a@b"}"#,
    ])
    func whatCannotBeAChannelIsRefused(text: String) {
        #expect { try channel(text) } throws: { ($0 as? OutboxError)?.code == .badChannel }
    }

    @Test func recipientsAreReadAndWritten() throws {
        let text =
            #"{"name": "Anna", "channels": ["phone"], "quiet": {"from": "22:00", "to": "07:00", "days": ["mon", "tue"]}, "language": "zh"}"#
        let json = try JSON(parsing: Array(text.utf8))
        #expect(try NoticeRecipient(json).json == json)
    }

    @Test(arguments: [
        #"{"channels": []}"#, #"{"name": "Anna", "channels": ["a", "a"]}"#, #"{"name": "Anna", "quiet": {"from": "22:00"}}"#,
        #"{"name": "Anna", "quiet": {"from": "22:00", "to": "22:00"}}"#, #"{"name": "Anna", "language": "fr"}"#, #"{"name": "A", "x": 1}"#,
    ])
    func whatCannotBeARecipientIsRefused(text: String) {
        #expect { try NoticeRecipient(JSON(parsing: Array(text.utf8))) } throws: { ($0 as? OutboxError)?.code == .badRecipient }
    }

    @Test func rulesSayWhatIsUrgent() throws {
        let text = #"{"name": "Leak", "when": {"becomes": "cellar/leak", "to": true}, "then": {"notify": "Water", "urgent": true}}"#
        let rule = try Rule(parsing: Array(text.utf8))
        let water = try RuleValue(JSON.string("Water"))
        #expect(rule.actions == [.notify(.init(water, isUrgent: true))])
        #expect(try Rule(rule.json) == rule)
    }
}
