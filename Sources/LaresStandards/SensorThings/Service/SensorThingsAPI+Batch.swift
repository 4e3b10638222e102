import LaresJSON

// Several requests in one (OData JSON format 4.01, §19; SensorThings 1.1 has the older multipart form, which isn't spoken here).
extension SensorThingsAPI {
    /// How many requests one batch may have.
    static let mostInBatch = 1_000

    /// `{"requests": [{"id", "method", "url", "body", "atomicityGroup"}]}`. Requests of one group are carried out together or not at all.
    func batch(_ request: SensorThingsRequest) async throws -> SensorThingsResponse {
        guard let all = try request.read().json?["requests"]?.elements, all.count <= Self.mostInBatch else {
            throw SensorThingsError.bad("a batch is {\"requests\": […]} with at most \(Self.mostInBatch) of them")
        }
        let parts = try all.enumerated().map { try STABatchPart($1, $0, in: request) }
        var answers: [JSON] = [], references = STAReferences(), at = 0
        while at < parts.count {
            let group = parts[at].group == nil ? 1 : parts[at...].prefix { $0.group == parts[at].group }.count
            let taken = Array(parts[at..<(at + group)])
            at += group
            for (part, answer) in zip(taken, try await answer(taken, &references)) { answers.append(part.json(answer)) }
        }
        return SensorThingsResponse(["responses": .array(answers)])
    }

    private func answer(_ parts: [STABatchPart], _ references: inout STAReferences) async throws -> [SensorThingsResponse] {
        do {
            let requests = parts.map { references.filled($0.request) }
            let answers: [SensorThingsResponse]
            if parts.count == 1 {
                answers = [await answer(requests[0])]
            } else {
                answers = try await write(requests, names: parts.map(\.id))
            }
            for (part, answer) in zip(parts, answers) { references.note(part.id, answer) }
            return answers
        } catch {
            // One that fails takes the others of its group with it.
            let fault = SensorThingsResponse(Self.fault(error))
            return parts.map { _ in fault }
        }
    }
}

/// One request of a batch.
struct STABatchPart: Sendable {
    let id: String
    let group: String?
    let request: SensorThingsRequest

    init(_ json: JSON, _ i: Int, in outer: SensorThingsRequest) throws {
        guard let method = json["method"]?.text?.uppercased(), var url = json["url"]?.text else {
            throw SensorThingsError.bad("request \(i) of the batch needs 'method' and 'url'")
        }
        id = try json["id"].map { try Self.id($0, i) } ?? String(i)
        group = json["atomicityGroup"]?.text
        if url.hasPrefix(outer.root) { url = String(url.dropFirst(outer.root.count)) }
        let parts = url.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let path = STAQueryText.decoded(Substring(parts[0].replacing("+", with: "%2B"))) else {
            throw SensorThingsError.bad("request \(i) of the batch has a 'url' that can't be read")
        }
        var request = outer
        (request.method, request.path) = (method, path.hasPrefix("/") ? String(path.dropFirst()) : path)
        request.query = parts.count > 1 ? String(parts[1]) : nil
        request.contentType = json["headers"]?["content-type"]?.text ?? json["headers"]?["Content-Type"]?.text ?? "application/json"
        guard json["body"] != nil || !["POST", "PATCH", "PUT"].contains(method) else {
            throw SensorThingsError.bad("request \(i) of the batch needs 'body'")
        }
        request.json = json["body"]
        guard request.path != "$batch" else { throw SensorThingsError.bad("a batch can't stand in a batch") }
        self.request = request
    }

    private static func id(_ json: JSON, _ i: Int) throws -> String {
        guard let id = json.text ?? json.whole.map({ String($0) }) else {
            throw SensorThingsError.bad("the 'id' of request \(i) of the batch must be a text or a whole number")
        }
        return id
    }

    func json(_ answer: SensorThingsResponse) -> JSON {
        var members: JSON.Members = ["id": .string(id), "status": .int(answer.status)]
        if let location = answer.headers["Location"] { members.append("location", .string(location)) }
        if let body = answer.json {
            members.append("body", body)
        } else if !answer.body.isEmpty {
            members.append("body", .string(String(decoding: answer.body, as: UTF8.self)))
        }
        return .object(members)
    }
}

/// What earlier requests of a batch created, by their ids: "$1" stands for it in an address, and in `{"@iot.id": "$1"}`.
struct STAReferences: Sendable {
    private var known: [String: String] = [:]

    mutating func note(_ id: String, _ answer: SensorThingsResponse) {
        guard answer.status == 201, let link = answer.headers["Location"], let slash = link.lastIndex(of: "/") else { return }
        known["$" + id] = String(link[link.index(after: slash)...])
    }

    func filled(_ request: SensorThingsRequest) -> SensorThingsRequest {
        guard !known.isEmpty else { return request }
        var request = request
        if request.path.hasPrefix("$") {
            let first = request.path.prefix { $0 != "/" }
            if let place = known[String(first)] { request.path = place + request.path.dropFirst(first.count) }
        }
        request.json = request.json.map(filled)
        return request
    }

    private func filled(_ json: JSON) -> JSON {
        switch json {
        case .array(let elements): return .array(elements.map(filled))
        case .object(let members):
            var new = JSON.Members()
            for (name, value) in members {
                let place = name == "@iot.id" ? value.text.flatMap { known[$0] } : nil
                let id = place.flatMap { $0.split(separator: "(").last.flatMap { Int($0.dropLast()) } }
                new.append(name, id.map { .int($0) } ?? filled(value))
            }
            return .object(new)
        default: return json
        }
    }
}
