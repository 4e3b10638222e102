import Foundation
import LaresControl
import LaresJSON
import Testing

/// What CityLearn 1.3.6 says of batteries and costs, by `scripts/golden/battery.py`.
struct BatteryGolden {
    let json: JSON

    init() throws {
        let file = try #require(Bundle.module.url(forResource: "battery", withExtension: "json", subdirectory: "Golden"))
        json = try JSON(parsing: Array(Data(contentsOf: file)))
    }

    func list(_ name: String) throws -> [JSON] { try #require(json[name]?.elements) }
}

extension JSON {
    func numbers() throws -> [Double] { try #require(elements).map { try #require($0.number) } }
    func rows(_ name: String) throws -> [[Double]] { try #require(self[name]?.elements).map { try $0.numbers() } }
    func row(_ name: String) throws -> [Double] { try #require(self[name]).numbers() }

    fileprivate func curve(_ name: String) throws -> Curve? {
        try self[name].map { try Curve($0.elements?.map { try $0.numbers() }.map { (place: $0[0], value: $0[1]) } ?? []) }
    }

    fileprivate var battery: BatteryDesign {
        get throws {
            try BatteryDesign(
                capacity: #require(self["capacity"]?.number), power: #require(self["nominal_power"]?.number),
                capacityLoss: #require(self["capacity_loss_coefficient"]?.number), standingLoss: #require(self["loss_coefficient"]?.number),
                efficiency: curve("power_efficiency_curve") ?? BatteryDesign.usualEfficiency,
                powerLimit: curve("capacity_power_curve") ?? BatteryDesign.usualPowerLimit)
        }
    }
}

@Suite struct BatteryGoldenTests {
    @Test(arguments: 0..<3) func batteriesAreThoseOfCityLearn(_ place: Int) throws {
        let golden = try BatteryGolden().list("batteries")[place]
        var battery = Battery(try #require(golden["design"]).battery)
        var worst = 0.0
        for step in try golden.rows("steps") {
            let used = battery.charge(step[0])
            worst = max(worst, abs(used - step[1]), abs(battery.stored - step[2]), abs(battery.capacity - step[3]))
        }
        #expect(worst < 1e-9)
    }

    @Test(arguments: 0..<2) func costsAreThoseOfCityLearn(_ place: Int) throws {
        let golden = try BatteryGolden().list("districts")[place]
        let (load, solar) = (try golden.rows("load"), try golden.rows("solar"))
        let count = load[0].count
        let record = try DistrictRecord(
            homes: zip(load, solar).map { try HomeRecord(name: "home", load: $0, solar: $1, battery: nil) },
            price: golden.row("price"), emission: golden.row("emission"), hours: (0..<count).map { $0 % 24 },
            days: (0..<count).map { $0 / 24 % 7 })
        let score = DistrictScore(record, used: try golden.rows("used")), wanted = try golden.row("scores")
        for (ours, theirs) in zip([score.price, score.carbon, score.ramping, score.loadFactor], wanted) {
            #expect(abs(ours - theirs) < 1e-9)
        }
    }

    /// Five homes over a year: `battery.py --year`, and the data of the challenge.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["LARES_CITYLEARN_YEAR"] != nil))
    func aYearOfFiveHomesIsThatOfCityLearn() throws {
        let environment = ProcessInfo.processInfo.environment
        let runs = try JSON(parsing: Array(Data(contentsOf: URL(filePath: #require(environment["LARES_CITYLEARN_YEAR"])))))
        let record = try CityLearnFolder(#require(environment["LARES_CITYLEARN"])).record
        for name in ["random", "rule"] {
            let golden = try #require(runs[name]), asked = try golden.rows("asked"), used = try golden.rows("used")
            var (run, worst) = (DistrictRun(record), 0.0)
            while run.goesOn { run.go(run.batteries.indices.map { asked[$0][run.hour] * (run.batteries[$0]?.capacity ?? 0) }) }
            for (ours, theirs) in zip(run.used, used) { worst = max(worst, zip(ours, theirs).map { abs($0 - $1) }.max() ?? .infinity) }
            let score = run.score, wanted = try golden.row("scores")
            #expect(worst < 1e-9)
            for (ours, theirs) in zip([score.price, score.carbon, score.grid], wanted) { #expect(abs(ours - theirs) < 1e-9) }
        }
    }
}
