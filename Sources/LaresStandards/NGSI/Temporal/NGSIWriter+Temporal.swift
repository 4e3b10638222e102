import Foundation
public import LaresJSON

/// Temporal representations (clauses 4.5.7 to 4.5.9 and 4.5.19).
extension NGSIWriter {
    /// How instances are written.
    public enum TemporalForm: Sendable { case normalised, values, aggregated }

    /// A temporal entity as members of an object.
    public func temporal(_ entity: NGSIEntity, _ query: NGSITemporalQuery, _ shape: TemporalForm) -> JSON.Members {
        var bare = entity
        bare.attributes = NGSIAttributes()
        var members = members(bare)
        let start = entity.attributes.groups.flatMap { $0.instances.compactMap { query.moment(of: $0) } }.min()
        for group in entity.attributes.groups where projects(group.name) {
            members.append(context.compact(group.name), json(group.instances, query, shape, start ?? 0))
        }
        return members
    }

    private func projects(_ name: String) -> Bool {
        if let pick, pick.members[name] == nil { return false }
        if let inner = omit?.members[name], inner.isEmpty { return false }
        return true
    }

    private func json(_ instances: [NGSIAttribute], _ query: NGSITemporalQuery, _ shape: TemporalForm, _ start: Int) -> JSON {
        if shape == .normalised {
            var writer = self
            (writer.form, writer.joinLevel) = (form == .concise ? .concise : .normalised, 0)
            return .array(instances.map { writer.json(of: $0, named: "") })
        }
        var datasets: [String?] = []
        for instance in instances where !datasets.contains(instance.datasetId) { datasets.append(instance.datasetId) }
        if datasets.isEmpty { datasets = [nil] }
        let all = datasets.map { dataset in
            let own = instances.filter { $0.datasetId == dataset }
            var members: JSON.Members = ["type": .string((own.first?.kind ?? .property).rawValue)]
            if let dataset { members.append("datasetId", .string(dataset)) }
            if shape == .values {
                members.append((own.first?.kind ?? .property).pluralMember, .array(own.map { pair($0, query) }))
            } else {
                aggregate(own, query, start, into: &members)
            }
            return JSON.object(members)
        }
        return all.count == 1 ? all[0] : .array(all)
    }

    /// A value with its moment.
    private func pair(_ instance: NGSIAttribute, _ query: NGSITemporalQuery) -> JSON {
        var writer = self
        (writer.form, writer.joinLevel) = (.simplified, 0)
        let moment = query.property == .observedAt ? instance.observedAt : query.moment(of: instance).map { NGSITime.text($0) }
        return [writer.json(of: instance, named: ""), .string(moment ?? NGSITime.text(instance.modifiedAt))]
    }

    private func aggregate(_ instances: [NGSIAttribute], _ query: NGSITemporalQuery, _ start: Int, into members: inout JSON.Members) {
        let values = instances.compactMap { instance in query.moment(of: instance).map { ($0, instance.value ?? .null) } }.sorted {
            $0.0 < $1.0
        }
        let periods = NGSIPeriods(query, from: start, to: values.last?.0 ?? start)
        var buckets: [(begin: Int, end: Int, values: [JSON])] = []
        for (moment, value) in values {
            let (begin, end) = periods.period(of: moment)
            if buckets.last?.begin == begin {
                buckets[buckets.count - 1].values.append(value)
            } else {
                buckets.append((begin, end, [value]))
            }
        }
        for method in query.methods {
            let rows = buckets.compactMap { bucket in
                method.apply(bucket.values).map {
                    JSON.array([$0, .string(NGSITime.short(bucket.begin)), .string(NGSITime.short(bucket.end))])
                }
            }
            members.append(method.rawValue, .array(rows))
        }
    }
}

/// Periods of time one behind the other.
struct NGSIPeriods {
    private let origin: Int
    private let end: Int
    private let length: (months: Int, micros: Int)?

    /// From the moment asked for, or from the first there is.
    init(_ query: NGSITemporalQuery, from start: Int, to last: Int) {
        let asked = query.relation == .after || query.relation == .between ? query.timeAt : nil
        (origin, length) = (asked ?? start, query.period)
        end = query.relation == .between ? query.endTimeAt ?? last : query.relation == .before ? query.timeAt ?? last : last
    }

    /// The period that a moment lies in.
    func period(of moment: Int) -> (begin: Int, end: Int) {
        guard let length else { return (origin, end) }
        if length.months == 0 {
            let steps = (moment - origin) / length.micros
            return (origin + steps * length.micros, origin + (steps + 1) * length.micros)
        }
        var count = max(0, (moment - origin) / (length.months * 31 * 86_400_000_000 + length.micros))
        while at(count + 1) <= moment, count < 1_000_000 { count += 1 }
        return (at(count), at(count + 1))
    }

    private func at(_ count: Int) -> Int {
        guard let length else { return origin }
        return NGSITime.adding(months: length.months * count, to: origin) + length.micros * count
    }
}

extension NGSITemporalQuery.Method {
    /// One value for many; nil: the values have none.
    func apply(_ values: [JSON]) -> JSON? {
        let numbers = values.compactMap { value -> Double? in
            if let flag = value.flag { return flag ? 1 : 0 }
            if let elements = value.elements { return Double(elements.count) }
            return value.number
        }
        let texts = values.compactMap(\.text)
        switch self {
        case .totalCount: return .int(values.count)
        case .distinctCount: return .int(Set(values).count)
        case .min where numbers.isEmpty: return texts.min().map { .string($0) }
        case .max where numbers.isEmpty: return texts.max().map { .string($0) }
        default: break
        }
        guard !numbers.isEmpty else { return nil }
        let (count, sum) = (Double(numbers.count), numbers.reduce(0, +))
        let result: Double =
            switch self {
            case .sum: sum
            case .avg: sum / count
            case .min: numbers.min() ?? 0
            case .max: numbers.max() ?? 0
            case .sumsq: numbers.reduce(0) { $0 + $1 * $1 }
            default: (numbers.reduce(0) { $0 + ($1 - sum / count) * ($1 - sum / count) } / count).squareRoot()
            }
        return .double(result)
    }
}

extension NGSITime {
    /// The moment in UTC, without a fraction where it has none.
    public static func short(_ micros: Int) -> String {
        let text = text(micros)
        return micros % 1_000_000 == 0 ? text.prefix(19) + "Z" : text
    }
}
