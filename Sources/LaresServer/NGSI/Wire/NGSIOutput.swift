import LaresJSON
import LaresStandards

/// In which form entities are answered: what the parameters of a request, or members of a query, say.
struct NGSIOutput {
    var writer: NGSIWriter
    private var geometry = LDContext.core.expand("location")
    private var dataset: String?
    private var join: String?
    private var joinLevel = 1
    private var contained: Set<String> = []
    private var linked: [NGSIEntity] = []

    private static let words: Set<String> = [
        "keyValues", "simplified", "concise", "normalized", "sysAttrs", "count", "temporalValues", "aggregatedValues", "splitEntities",
        "entityMap",
    ]

    init(_ call: NGSICall, _ context: LDContext) throws {
        writer = NGSIWriter(context)
        try readForm(call, context)
        let names = { (text: String) in text.split(separator: ",").map(String.init) }
        try select(
            attributes: call["attrs"].map(names), pick: call["pick"], omit: call["omit"], datasets: call["datasetId"].map(names), context)
        if let languages = call["lang"] { writer.languages = try NGSILanguages(languages) }
        try readJoin(
            call["join"], try call.number("joinLevel", 1...10), Set((call["containedBy"] ?? "").split(separator: ",").map(String.init)))
    }

    init(_ json: JSON, _ call: NGSICall, _ context: LDContext) throws {
        writer = NGSIWriter(context)
        try readForm(call, context)
        func texts(_ name: String) throws -> [String]? {
            guard let value = json[name] else { return nil }
            guard let texts = value.texts, !texts.isEmpty else {
                throw NGSIError(.badRequestData, "'\(name)' must be an array of strings that isn't empty")
            }
            return texts
        }
        try select(
            attributes: try texts("attrs"), pick: try texts("pick")?.joined(separator: ",") ?? call["pick"],
            omit: try texts("omit")?.joined(separator: ",") ?? call["omit"], datasets: try texts("datasetId"), context)
        if let languages = json["lang"]?.text ?? call["lang"] { writer.languages = try NGSILanguages(languages) }
        try readJoin(
            json["join"]?.text ?? call["join"], try joinLevel(json),
            Set(json["containedBy"]?.texts ?? []))
    }

    private mutating func readForm(_ call: NGSICall, _ context: LDContext) throws {
        let words = try call.options(Self.words)
        if words.contains("concise") { writer.form = .concise }
        if words.contains("keyValues") || words.contains("simplified") { writer.form = .simplified }
        let forms = words.intersection(["keyValues", "simplified", "concise", "normalized"])
        if forms.count > 1, forms != ["keyValues", "simplified"] {
            // What `format` says counts more than what `options` say.
            switch call["format"] {
            case "normalized": writer.form = .normalised
            case "concise": writer.form = .concise
            default: break
            }
        }
        let isSystem = try call.flag("sysAttrs")
        writer.hasSystemAttributes = words.contains("sysAttrs") || isSystem
        if let property = call["geometryProperty"] {
            guard try call.accepted(geo: true) == .geo else {
                throw NGSIError(.badRequestData, "geometryProperty goes with application/geo+json")
            }
            geometry = context.expand(property)
        }
    }

    private mutating func select(attributes: [String]?, pick: String?, omit: String?, datasets: [String]?, _ context: LDContext) throws {
        if let attributes {
            guard attributes.allSatisfy({ $0.isNGSIName && $0 != "id" && $0 != "type" }) else {
                throw NGSIError(.badRequestData, "'attrs' must be names of attributes")
            }
            writer.attributes = Set(attributes.map(context.expand))
        }
        writer.pick = try pick.map { try NGSIProjection($0, context) }
        writer.omit = try omit.map { try NGSIProjection($0, context) }
        if attributes != nil, pick != nil || omit != nil { throw NGSIError(.badRequestData, "'attrs' doesn't go with 'pick' or 'omit'") }
        if let pick = writer.pick, let omit = writer.omit, pick.members.keys.contains(where: { omit.members[$0]?.isEmpty == true }) {
            throw NGSIError(.badRequestData, "the same member is in 'pick' and 'omit'")
        }
        if let datasets {
            guard datasets.allSatisfy({ $0 == "@none" || $0.isURI }) else {
                throw NGSIError(.badRequestData, "'datasetId' must be URIs or @none")
            }
            writer.datasets = Set(datasets)
            dataset = datasets.first.flatMap { $0 == "@none" ? nil : $0 }
        }
    }

    private mutating func readJoin(_ join: String?, _ level: Int?, _ contained: Set<String>) throws {
        let depth = max(writer.pick?.depth ?? 0, writer.omit?.depth ?? 0) - 1
        guard depth <= (join == nil || join == "@none" ? 0 : level ?? 1) else {
            throw NGSIError(.badRequestData, "pick or omit reach deeper than entities are joined")
        }
        guard let join else {
            if level != nil { throw NGSIError(.badRequestData, "'joinLevel' goes with 'join'") }
            return
        }
        guard ["flat", "inline", "@none"].contains(join) else { throw NGSIError(.badRequestData, "'join' may be flat, inline or @none") }
        (self.join, joinLevel, self.contained) = (join, level ?? 1, contained)
    }

    private func joinLevel(_ json: JSON) throws -> Int? {
        guard let level = json["joinLevel"] else { return nil }
        guard let number = level.number, number >= 1 else { throw NGSIError(.badRequestData, "'joinLevel' must be a whole number from 1") }
        return Int(min(10, number))
    }

    /// Looks up what relationships lead to, where that was asked for.
    mutating func link(_ entities: [NGSIEntity], _ broker: NGSIBroker, _ tenant: String) throws {
        guard let join, join != "@none" else { return }
        let found = try broker.linked(from: entities, levels: joinLevel, contained: contained, tenant: tenant)
        if join == "inline" {
            (writer.linked, writer.joinLevel) = (found, joinLevel)
        } else {
            let known = Set(entities.map(\.id))
            linked = found.values.filter { !known.contains($0.id) }.sorted { $0.id < $1.id }
        }
    }

    func answer(one entity: NGSIEntity, _ call: NGSICall, _ type: NGSICall.ContentType) throws -> NGSIResponse {
        if type == .geo { return geo([entity], call, isOne: true) }
        if join == "flat", !linked.isEmpty { return try answer(many: [entity], call, type) }
        return try call.answer(writer.members(entity), writer.context, type)
    }

    func answer(many entities: [NGSIEntity], _ call: NGSICall, _ type: NGSICall.ContentType) throws -> NGSIResponse {
        if type == .geo { return geo(entities, call, isOne: false) }
        return try call.answer(entities.map { writer.members($0) } + flat(entities), writer.context, type)
    }

    /// What relationships lead to, with what was picked of it.
    private func flat(_ entities: [NGSIEntity]) -> [JSON.Members] {
        guard join == "flat" else { return [] }
        var shown: [JSON.Members] = []
        var (front, seen) = (entities.map { ($0, writer.pick, writer.omit) }, Set<String>())
        for _ in 0..<joinLevel {
            var next: [(NGSIEntity, NGSIProjection?, NGSIProjection?)] = []
            for (entity, pick, omit) in front {
                for group in entity.attributes.groups where pick == nil || pick?.members[group.name] != nil {
                    for id in group.instances.filter({ $0.kind == .relationship }).flatMap({ $0.value?.objects ?? [] }) {
                        guard let other = linked.first(where: { $0.id == id }), seen.insert(id).inserted else { continue }
                        let inside = { (projection: NGSIProjection?) in projection?.members[group.name].flatMap { $0.isEmpty ? nil : $0 } }
                        next.append((other, inside(pick), inside(omit)))
                    }
                }
            }
            for (entity, pick, omit) in next {
                var writer = self.writer
                (writer.pick, writer.omit, writer.attributes) = (pick, omit, nil)
                shown.append(writer.members(entity))
            }
            front = next
        }
        return shown
    }

    private func geo(_ entities: [NGSIEntity], _ call: NGSICall, isOne: Bool) -> NGSIResponse {
        let isInside = call.request.header("prefer")?.contains("body=ld+json") == true
        let features = entities.map { writer.feature($0, geometry: geometry, dataset: dataset) }
        var whole: JSON.Members = isOne ? features[0] : ["type": "FeatureCollection", "features": .array(features.map { .object($0) })]
        let source = writer.context.source ?? .string(LDContext.coreAddress)
        var response = NGSIResponse(200)
        if call.request.header("prefer")?.contains("body=json") == true, !isInside {
            response = .json(.object(whole), type: "application/geo+json")
            if let link = try? call.link(writer.context) { response.headers.append(("Link", link)) }
        } else {
            whole["@context"] = source
            response = .json(.object(whole), type: "application/geo+json")
        }
        return response
    }
}

extension JSON {
    var objects: [String] { text.map { [$0] } ?? elements?.compactMap(\.text) ?? [] }
}
