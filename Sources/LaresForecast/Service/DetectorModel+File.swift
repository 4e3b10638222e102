internal import Foundation
public import LaresJSON
internal import LaresTensor

extension DetectorModel {
    private static let format = "lares detector 1"
    static let mostBytes = 64 << 20

    /// All of it.
    public var json: JSON {
        var all: JSON.Members = [
            "format": .string(Self.format), plan.kind.versionName: .string(plan.kind.detector.version), "plan": plan.json,
            "members": .array(members.map(\.json)),
            "refusals": .array(refusals.map { ["series": .string($0.series), "reason": .string($0.reason)] }),
        ]
        if recipe != .null { all.append("recipe", recipe) }
        return .object(all)
    }

    /// Writes a file: whole, or not at all. Throws `ForecastError.badFile`.
    public func write(to path: String) throws {
        do { try WholeFile.write([json.data], to: path, atMost: Self.mostBytes) } catch { throw ForecastError(.badFile, error.message) }
    }

    /// Reads a file.
    ///
    /// - Throws: `ForecastError.badFile` for a file that can't be read, isn't a detector, or is damaged.
    public init(contentsOf path: String) throws {
        do {
            self = try DetectorModel(try JSON(modelAt: path, atMost: Self.mostBytes))
        } catch {
            throw ForecastError(.badFile, "'\(path)' is no detector, or is damaged: \(error)")
        }
    }

    /// Reads what ``json`` made. Throws ``JSONError`` or ``ForecastError`` for anything else.
    public init(_ json: JSON) throws {
        var fields = try JSONFields(json)
        guard try fields.string("format") == Self.format else { throw fields.error("format", "must be \"\(Self.format)\"") }
        let plan = try DetectorPlan(fields.required("plan")), name = plan.kind.versionName, version = plan.kind.detector.version
        guard try fields.string(name) == version else { throw fields.error(name, "isn't \(version): train the detector again") }
        let members = try (fields.objects("members") ?? []).map { try Member($0, plan) }
        let refusals = try (fields.objects("refusals") ?? []).map { fields in
            var fields = fields
            let refusal = ForecastModel.Refusal(series: try fields.string("series") ?? "", reason: try fields.string("reason") ?? "")
            try fields.end()
            return refusal
        }
        let recipe = fields.value("recipe") ?? .null
        try fields.end()
        guard Set(members.map(\.name)).union(refusals.map(\.series)) == Set(plan.series), !members.isEmpty,
            members.count + refusals.count == plan.series.count
        else { throw ForecastError(.badFile, "the members aren't the series of the plan") }
        self.init(plan: plan, members: members, refusals: refusals)
        self.recipe = recipe
    }
}

extension DetectorPlan.Kind {
    /// Under what a file says of which version its detectors are.
    fileprivate var versionName: String { detector.name }
}

extension DetectorModel.Member {
    fileprivate var json: JSON {
        [
            "name": .string(name), "threshold": .double(threshold), "state": .string(Data(detector.state).base64EncodedString()),
            "watched": .int(watched), "alarms": .int(alarms), "days": .double(days),
        ]
    }

    fileprivate init(_ fields: JSONFields, _ plan: DetectorPlan) throws {
        var fields = fields
        name = try fields.string("name") ?? ""
        threshold = try fields.double("threshold", in: 0.05...1) ?? Self.least
        guard let state = Data(base64Encoded: try fields.string("state") ?? "") else { throw fields.error("state", "must be base 64") }
        detector = try plan.kind.detector.init(state: Array(state))
        watched = try fields.int("watched", in: 0...(.max)) ?? 0
        alarms = try fields.int("alarms", in: 0...(.max)) ?? 0
        days = try fields.double("days", in: 0...1e9) ?? 0
        try fields.end()
        guard detector.settings.learning == plan.learning else { throw fields.error("state", "learnt in another way than the plan says") }
    }
}

extension JSON {
    /// What a model's file of bounded size says.
    init(modelAt path: String, atMost most: Int) throws {
        let file = try MappedFile(path: path)
        guard file.bytes.count <= most else { throw ForecastError(.badFile, "it has \(file.bytes.count) bytes, it may have \(most)") }
        self = try JSON(parsing: Array(file.bytes))
    }
}
