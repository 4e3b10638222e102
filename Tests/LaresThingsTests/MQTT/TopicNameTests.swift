import LaresThings
import Testing

@Suite struct TopicNameTests {
    // MQTT 5.0, section 4.7.1: the examples that are not normative, and the limits.
    @Test(arguments: [
        ("sport/tennis/player1", "sport/tennis/player1/#", true), ("sport/tennis/player1/ranking", "sport/tennis/player1/#", true),
        ("sport/tennis/player1/score/wimbledon", "sport/tennis/player1/#", true), ("sport", "sport/#", true), ("sport", "#", true),
        ("sport/tennis/player1", "sport/tennis/+", true), ("sport/tennis/player1/ranking", "sport/tennis/+", false),
        ("sport", "sport/+", false),
        ("sport/", "sport/+", true), ("/finance", "+/+", true), ("/finance", "/+", true), ("/finance", "+", false), ("$SYS/x", "#", false),
        ("$SYS/monitor/x", "+/monitor/x", false), ("$SYS/x", "$SYS/#", true), ("a/b", "a/b/c", false), ("a/b/c", "a/b", false),
        ("a//b", "a/+/b", true),
    ])
    func filtersStandForTopics(topic: String, filter: String, matches: Bool) { #expect(TopicName.matches(topic, filter) == matches) }

    @Test(arguments: ["", "a/+", "#", "a\u{0}b", "a\nb", String(repeating: "a", count: 65_536)])
    func whatIsNoTopicIsRefused(text: String) { #expect(!TopicName.isTopic(text)) }

    @Test(arguments: ["", "a/#/b", "a+", "a#", "+a/b", "a\u{7}"])
    func whatIsNoFilterIsRefused(text: String) { #expect(!TopicName.isFilter(text)) }

    @Test(arguments: ["#", "+/+/#", "a/+/b", "/", "客厅/灯"])
    func filtersAreTaken(text: String) { #expect(TopicName.isFilter(text)) }
}
