public import LaresJSON
import LaresTensor

extension ForecastModel {
    private static let format = "lares forecast 1"
    /// How large a file may be.
    static let mostBytes = 256 << 20

    /// All of it.
    public var json: JSON {
        var all: JSON.Members = [
            "format": .string(ForecastModel.format), "plan": plan.json, "end": .int(Int(end)),
            "members": .array(members.map(\.json)),
            "refusals": .array(refusals.map { ["series": .string($0.series), "reason": .string($0.reason)] }),
        ]
        if recipe != .null { all.append("recipe", recipe) }
        return .object(all)
    }

    /// Writes a file: whole, or not at all.
    ///
    /// - Throws: `ForecastError.badFile` when it can't be written, or would be larger than what can be read.
    public func write(to path: String) throws {
        let json = json
        guard json.valueCount <= JSON.maximumValues else {
            throw ForecastError(
                .badFile, "'\(path)' would have more than \(JSON.maximumValues) numbers: make plans of fewer series, or of shorter seasons")
        }
        do {
            try WholeFile.write([json.data], to: path, atMost: ForecastModel.mostBytes)
        } catch {
            throw ForecastError(.badFile, error.message)
        }
    }

    /// Reads a file.
    ///
    /// - Throws: `ForecastError.badFile` for a file that can't be read, isn't a model, or is damaged.
    public init(contentsOf path: String, with kinds: ForecasterKinds = .classic) throws {
        let bytes: [UInt8]
        do {
            let file = try MappedFile(path: path)
            guard file.bytes.count <= ForecastModel.mostBytes else {
                throw ForecastError(.badFile, "'\(path)' has \(file.bytes.count) bytes: a model has \(ForecastModel.mostBytes) at most")
            }
            bytes = Array(file.bytes)
        } catch let error as FileError {
            throw ForecastError(.badFile, error.message)
        }
        do {
            self = try ForecastModel(JSON(parsing: bytes), with: kinds)
        } catch {
            throw ForecastError(.badFile, "'\(path)' is no forecast model, or is damaged: \(error)")
        }
    }

    /// Reads what ``json`` made.
    ///
    /// - Throws: ``JSONError`` or ``ForecastError`` for anything else.
    public init(_ json: JSON, with kinds: ForecasterKinds = .classic) throws {
        var fields = try JSONFields(json)
        guard try fields.string("format") == ForecastModel.format else {
            throw fields.error("format", "must be \"\(ForecastModel.format)\"")
        }
        let plan = try ForecastPlan(fields.required("plan"))
        guard let end = try fields.int("end", in: -ForecastModel.mostTime...ForecastModel.mostTime) else {
            throw fields.error("end", "is missing")
        }
        let members = try (fields.objects("members") ?? []).map { try Member($0, plan, end: Int64(end), kinds) }
        let refusals = try (fields.objects("refusals") ?? []).map { fields in
            var fields = fields
            let refusal = Refusal(series: try fields.string("series") ?? "", reason: try fields.string("reason") ?? "")
            try fields.end()
            return refusal
        }
        let recipe = fields.value("recipe") ?? .null
        try fields.end()
        let names = Set(members.map(\.name)).union(refusals.map(\.series))
        guard names == Set(plan.series), members.count + refusals.count == plan.series.count, !members.isEmpty,
            plan.hierarchy == nil || members.map(\.name) == plan.series
        else { throw ForecastError(.badFile, "the members aren't the series of the plan") }
        self.init(plan: plan, end: Int64(end), members: members, refusals: refusals)
        self.recipe = recipe
    }

    // The year 30,000, in milliseconds: far from where sums overflow.
    private static let mostTime = 1_000_000_000_000_000
}

extension ForecastModel.Member {
    fileprivate var json: JSON {
        [
            "name": .string(name), "kind": .string(kind), "score": score.json,
            "radii": .array(radii.map { .array($0.map(JSON.double)) }),
            "residuals": .array(residuals.map { $0.isNaN ? .null : .double($0) }),
            "state": fitted.stored,
        ]
    }

    fileprivate init(_ fields: JSONFields, _ plan: ForecastPlan, end: Int64, _ kinds: ForecasterKinds) throws {
        var fields = fields
        name = try fields.string("name") ?? ""
        kind = try fields.string("kind") ?? ""
        guard let read = kinds.named(kind)?.read else { throw fields.error("kind", "is '\(kind)', which is no forecaster") }
        guard let score = try fields.fields("score") else { throw fields.error("score", "is missing") }
        self.score = try Forecast.Score(score)
        radii = try (fields.array("radii") ?? []).enumerated().map { place, row in
            var inner = try JSONFields(["radii": row], at: fields.name("radii[\(place)]"))
            return try inner.doubles("radii", in: 0...Double.greatestFiniteMagnitude) ?? []
        }
        guard radii.count == plan.levels.count, radii.allSatisfy({ $0.count == plan.horizon }) else {
            throw fields.error("radii", "must have a number for each step of each level")
        }
        residuals = try Self.residuals(&fields, plan)
        fitted = try read(fields.required("state"))
        try fields.end()
        // What can't forecast one series from here on isn't this plan's.
        let none = try Panel(
            start: end, step: Int64(plan.step) * 1000, series: [[]],
            known: plan.covariates.map { _ in [Double](repeating: 0, count: plan.horizon) })
        guard fitted.names.count == 1, try fitted.forecast(none, steps: plan.horizon)[0].allSatisfy(\.isFinite) else {
            throw fields.error("state", "is of no series of this plan")
        }
    }
}

extension ForecastModel.Member {
    /// Missing ones are null.
    private static func residuals(_ fields: inout JSONFields, _ plan: ForecastPlan) throws -> [Double] {
        let residuals = try (fields.array("residuals") ?? []).map { element in
            guard element != .null else { return Double.nan }
            guard let number = element.number, abs(number) < 1e150 else { throw fields.error("residuals", "must be numbers below 1e150") }
            return number
        }
        if plan.hierarchy != nil, residuals.isEmpty {
            throw fields.error("residuals", "are missing: the forecasts can't be made to add up")
        }
        return residuals
    }
}

extension JSON {
    /// Values, those inside counted.
    fileprivate var valueCount: Int {
        switch self {
        case .array(let elements): elements.reduce(1) { $0 + $1.valueCount }
        case .object(let members): members.reduce(1) { $0 + $1.value.valueCount }
        default: 1
        }
    }
}
