import LaresForecast
import Testing

@Suite("Panels")
struct PanelTests {
    @Test func aPanelKnowsItsLength() throws {
        let panel = try Panel(start: 0, step: 1_000, series: [[1, .nan, 3], [4, 5, 6]], known: [[0, 0, 1, 1]])
        #expect(panel.count == 3)
        #expect(panel.prefix(1).series[1] == [4])
        #expect(panel.prefix(1).known == [[0, 0, 1, 1]])
    }

    private static let odd: [(Int64, Int64, [[Double]], [[Double]])] = [
        (0, 0, [[1]], []), (0, 1, [[1], [1, 2]], []), (0, 1, [[1, 2]], [[1]]), (0, 1, [[.infinity]], []), (.max - 1, 1, [[1, 2]], []),
        (0, .max, [[1, 2]], []),
    ]

    @Test(arguments: odd)
    func whatIsNoPanelIsRefused(_ start: Int64, _ step: Int64, _ series: [[Double]], _ known: [[Double]]) {
        #expect(throws: ForecastError.self) { try Panel(start: start, step: step, series: series, known: known) }
    }
}
