import LaresServer
import Testing

/// A rule names a thing wherever its text does.
struct RuleSightTests {
    private let hidden: Set = ["bedroom/lamp", "safe"]

    @Test(arguments: [
        #"{"when": [{"state": "bedroom/lamp/on", "becomes": true}]}"#, #"{"then": [{"set": {"bedroom/lamp/on": false}}]}"#,
        #"{"when": [{"available": "bedroom/lamp"}]}"#, #"{"only": [{"template": "{{ value('bedroom/lamp/on') }}"}]}"#,
        #"{"when": [{"state": "safe/locked"}]}"#, #"{"when": [{"available": "safe"}]}"#,
    ])
    func aThingIsNamed(text: String) { #expect(RuleSight.named(in: text, among: hidden) != nil) }

    @Test(arguments: [
        #"{"name": "Keep it safe at night", "when": [{"state": "hall/lamp/on"}]}"#, #"{"when": [{"state": "bedroom/lamp-2/on"}]}"#,
        #"{"when": [{"state": "bedroom/lamps/on"}]}"#, #"{"when": [{"mqtt": "x/bedroom/lamp/on/y"}]}"#, "",
    ])
    func othersAreNot(text: String) { #expect(RuleSight.named(in: text, among: hidden) == nil) }
}
