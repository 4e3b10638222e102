import Foundation
import LaresForecast
import LaresJSON
import Testing

/// What statsmodels, statsforecast and numpy make of series (scripts/golden/forecasts.py).
enum ForecastGolden {
    static let all: JSON = {
        let url = Bundle.module.bundleURL.appendingPathComponent("Golden/forecasts.json")
        guard let data = try? Data(contentsOf: url), let json = try? JSON(parsing: Array(data)) else { return .null }
        return json
    }()

    static func numbers(_ json: JSON?) -> [Double] { json?.elements?.compactMap(\.number) ?? [] }
}

@Suite struct SmoothingGoldenTests {
    @Test(arguments: ForecastGolden.all["filters"]?["cases"]?.elements ?? [])
    func aFilterWithGivenWeightsIsThatOfStatsmodels(_ golden: JSON) throws {
        let filters = try #require(ForecastGolden.all["filters"]), values = ForecastGolden.numbers(filters["values"])
        let form = try #require(SmoothingForm(golden["form"]?.text ?? "")), season = ForecastGolden.numbers(golden["season"])
        func weight(_ name: String) -> Double { filters["weights"]?[name]?.number ?? .nan }
        let weights = SmoothingWeights(
            level: weight("level"), slope: form.trend == .none ? 0 : weight("slope"),
            damping: form.trend == .damped ? weight("damping") : 1,
            seasons: season.isEmpty ? [] : [weight("season")])
        let first = SmoothingState(
            level: filters["state"]?["level"]?.number ?? .nan, slope: form.trend == .none ? 0 : filters["state"]?["slope"]?.number ?? .nan,
            seasons: season.isEmpty ? [] : [season])
        let design = SmoothingDesign(form, seasons: season.isEmpty ? [] : [season.count])
        let series = try #require(SmoothedSeries(values, design, weights: weights, first: first))
        for (ours, theirs) in zip(series.continued(series.last, steps: 6), ForecastGolden.numbers(golden["forecasts"])) {
            #expect(abs(ours - theirs) < 1e-8, "\(form)")
        }
        #expect(abs(series.logLikelihood - (golden["likelihood"]?.number ?? .nan)) < 1e-6, "\(form)")
    }

    @Test(arguments: ForecastGolden.all["choices"]?.elements ?? [])
    func aChoiceIsAsLikelyAsThatOfStatsforecast(_ golden: JSON) throws {
        let values = ForecastGolden.numbers(golden["values"]), count = Double(values.count)
        let model = try #require(try AutoSmoothing(seasons: [12]).fitted(to: panel(values)) as? FittedSmoothing)
        // Theirs leaves out what is the same for all models.
        let constant = count * (log(2 * .pi) + 1 - log(count)), theirs = (golden["criterion"]?.number ?? .nan) + constant
        #expect(model.series[0].criterion < theirs + 0.01)
        #expect(model.series[0].design.form.description == golden["form"]?.text)
        let forecast = try model.forecast(panel(values), steps: 12)[0]
        let spread = (values.max() ?? 0) - (values.min() ?? 0)
        for (ours, theirs) in zip(forecast, ForecastGolden.numbers(golden["forecasts"])) { #expect(abs(ours - theirs) < 0.02 * spread) }
    }

    @Test(arguments: ["ols", "wls-structural", "wls", "mint"])
    func reconciledForecastsAreThoseOfTheTextbook(_ name: String) throws {
        let golden = try #require(ForecastGolden.all["reconciled"])
        let nodes = ["all", "a", "b", "1", "2", "3", "4", "5"]
        let tree = try Hierarchy(nodes, children: ["all": ["a", "b"], "a": ["1", "2", "3"], "b": ["4", "5"]])
        let crossing = try Hierarchy(nodes, sums: ["all": ["1", "2", "3", "4", "5"], "a": ["1", "2", "3"], "b": ["4", "5"]])
        func rows(_ json: JSON?) -> [[Double]] { json?.elements?.map { ForecastGolden.numbers($0) } ?? [] }
        for hierarchy in [tree, crossing] {
            let method = Reconciliation(try #require(Reconciliation.Method(rawValue: name)))
            let found = try method.reconciled(rows(golden["forecasts"]), in: hierarchy, residuals: rows(golden["residuals"]))
            for (ours, theirs) in zip(found.joined(), rows(golden["answers"]?[name]).joined()) { #expect(abs(ours - theirs) < 1e-7) }
            #expect(found.count == 8)
        }
    }
}
