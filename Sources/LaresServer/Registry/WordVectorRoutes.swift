import HTTPTypes
import Hummingbird
import LaresJSON
import LaresLanguage
import LaresNeural
import LaresServing

/// `/lares/v1/words`: what word vectors of the registry say of words.
struct WordVectorRoutes {
    let networks: NetworkServing?

    var routes: [APIRoute] {
        let one = "/lares/v1/words/{model}"
        return [
            APIRoute(method: .get, path: one + "/nearest", handler: nearest),
            APIRoute(method: .get, path: one + "/analogy", handler: analogy),
            APIRoute(method: .get, path: one + "/similarity", handler: similarity),
        ]
    }

    /// `?word=king&count=10`
    func nearest(_ request: Request, _ context: LaresContext) async throws -> Response {
        let (word, count) = (try Self.word("word", request), try request.queryFields.whole("count", in: 1...10_000) ?? 10)
        return try await answer(.nearest(word, count: count), request, context)
    }

    /// `?a=man&b=woman&c=king`: a is to b as c is to these.
    func analogy(_ request: Request, _ context: LaresContext) async throws -> Response {
        let (a, b, c) = (try Self.word("a", request), try Self.word("b", request), try Self.word("c", request))
        let count = try request.queryFields.whole("count", in: 1...10_000) ?? 10
        return try await answer(.analogy(a, b, c, count: count), request, context)
    }

    /// `?a=cup&b=coffee`
    func similarity(_ request: Request, _ context: LaresContext) async throws -> Response {
        let (a, b) = (try Self.word("a", request), try Self.word("b", request))
        return try await answer(.similarity(a, b), request, context)
    }

    private func answer(_ question: WordQuestion, _ request: Request, _ context: LaresContext) async throws -> Response {
        guard let networks else {
            throw APIError(.notFound, type: "invalid_request_error", code: "not_here", "this server runs without trained networks")
        }
        let name = V2Place(context).model, version = request.queryFields.get("version")
        return try await RegistryRoutes.telling {
            do {
                return .json(Self.json(try await networks.ask(question, of: name, version: version).outputs))
            } catch let error as WordVectorError {
                throw APIError(.notFound, type: "invalid_request_error", code: "unknown_word", error.message, param: "word")
            }
        }
    }

    private static func word(_ name: String, _ request: Request) throws -> String {
        guard let word = request.queryFields.get(name), (1...1_000).contains(word.utf8.count) else {
            throw APIError.invalid("'\(name)' must be a word of at most 1,000 bytes", param: name)
        }
        return word
    }

    /// `words` with their similarities, or the one number that was asked for.
    private static func json(_ outputs: [String: NetworkValue]) -> JSON {
        guard case .floats(let numbers, _)? = outputs["similarity"] else { return [:] }
        guard case .strings(let words, _)? = outputs["words"] else { return ["similarity": .double(Double(numbers[0]))] }
        return ["words": .array(zip(words, numbers).map { ["word": .string($0), "similarity": .double(Double($1))] })]
    }
}
