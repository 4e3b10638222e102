import LaresPlaces
import Testing

@Suite struct RuleYAMLTests {
    @Test func aRuleIsTheSameInYAML() throws {
        let rule = try Rule(RuleFormTests.whole)
        #expect(try Rule(parsingYAML: Array(rule.yaml.utf8)) == rule, "\(rule.yaml)")
    }

    @Test func aRuleAsPeopleWriteItIsRead() throws {
        let text = """
            # As Anna likes it.
            name: Hall light
            when:
              - becomes: hall/motion/motion
                to: true
            only:
              - between: [22:00, sunrise]
            then:
              - set: {hall/lamp/on: true}
              - after: 5m
                then:
                  - set: {hall/lamp/on: false}
            mode: restart
            """
        let rule = try Rule(parsingYAML: Array(text.utf8))
        #expect(rule.id.description == "hall_light" && rule.mode == .restart && rule.conditions.count == 1 && rule.actions.count == 2)
    }

    @Test(arguments: [
        ("name: x\nname: y", "line 2, column 1"), ("name: *x", "line 1, column 7"), ("name: r\nwhen: []", "then"), ("- a", "object"),
    ])
    func whatIsWrongIsNamed(_ text: String, _ word: String) {
        let error = #expect(throws: RuleError.self) { try Rule(parsingYAML: Array(text.utf8)) }
        #expect(error?.message.contains(word) == true, "\(error?.message ?? "")")
    }
}
