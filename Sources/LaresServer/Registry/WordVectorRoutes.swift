import HTTPTypes
import Hummingbird
import LaresJSON
import LaresLanguage
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
        return try await answer(request, context) { vectors in
            ["words": Self.list(try vectors.nearest(to: word, count: count))]
        }
    }

    /// `?a=man&b=woman&c=king`: a is to b as c is to these.
    func analogy(_ request: Request, _ context: LaresContext) async throws -> Response {
        let (a, b, c) = (try Self.word("a", request), try Self.word("b", request), try Self.word("c", request))
        let count = try request.queryFields.whole("count", in: 1...10_000) ?? 10
        return try await answer(request, context) { vectors in
            ["words": Self.list(try vectors.analogy(a, b, c, count: count))]
        }
    }

    /// `?a=cup&b=coffee`
    func similarity(_ request: Request, _ context: LaresContext) async throws -> Response {
        let (a, b) = (try Self.word("a", request), try Self.word("b", request))
        return try await answer(request, context) { vectors in ["similarity": .double(Double(try vectors.similarity(a, b)))] }
    }

    private func answer(
        _ request: Request, _ context: LaresContext, _ ask: @escaping @Sendable (WordVectors) throws -> JSON
    ) async throws -> Response {
        guard let networks else {
            throw APIError(.notFound, type: "invalid_request_error", code: "not_here", "this server runs without trained networks")
        }
        let name = V2Place(context).model, version = request.queryFields.get("version")
        return try await RegistryRoutes.telling {
            let vectors = try await networks.words(of: name, version: version)
            do {
                return .json(try await offTheThreads { try ask(vectors) })
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

    private static func list(_ neighbours: [WordVectors.Neighbour]) -> JSON {
        .array(neighbours.map { ["word": .string($0.word), "similarity": .double(Double($0.similarity))] })
    }
}
