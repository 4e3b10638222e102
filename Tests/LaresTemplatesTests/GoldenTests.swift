import Foundation
import LaresTemplates
import Testing

@Suite struct GoldenTests {
    @Test func everySmallTemplateGivesWhatJinjaGives() throws {
        let (now, cases) = try Golden.cases()
        #expect(cases.count > 800)
        for golden in cases {
            let source = golden["template"]?.text ?? ""
            let (ours, error) = Outcome.ours(source, golden["context"] ?? [:], now: now)
            let expected = Outcome(golden)
            #expect(ours.isSame(as: expected), "\(source.debugDescription) gave \(ours) (\(String(describing: error))), jinja2 \(expected)")
        }
    }

    @Test func everyRealChatTemplateGivesWhatJinjaGives() throws {
        let (now, templates) = try Golden.models()
        #expect(templates.count >= 60)
        for (name, source, cases) in templates {
            for (number, golden) in cases.enumerated() {
                let (ours, error) = Outcome.ours(source, golden["context"] ?? [:], now: now)
                let expected = Outcome(golden)
                #expect(
                    ours.isSame(as: expected),
                    "\(name), conversation \(number): gave \(ours) (\(String(describing: error))), jinja2 \(expected)")
            }
        }
    }
}
