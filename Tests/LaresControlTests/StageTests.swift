import LaresControl
import Testing

@Suite struct StageTests {
    @Test func stagesAreOneStepApart() {
        #expect(Stage.shadow.next == .guarded)
        #expect(Stage.guarded.next == .active)
        #expect(Stage.active.next == nil)
        #expect(Stage.active.previous == .guarded)
        #expect(Stage.shadow.previous == nil)
        #expect(Stage.shadow < .guarded && Stage.guarded < .active)
    }
}
