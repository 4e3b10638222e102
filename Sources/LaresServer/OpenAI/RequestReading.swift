import LaresJSON

/// Every reader of request bodies at once: the fuzzers' way in.
public enum RequestReading {
    /// How many of the API's requests a text could be.
    ///
    /// - Throws: ``JSONError`` when it is not JSON, or what a reader throws that is no ``APIError``: that would be a fault of the reader.
    public static func requests(in bytes: [UInt8]) throws -> Int {
        let body = try JSON(parsing: bytes)
        let readers: [(JSON) throws -> Void] = [
            { _ = try ChatRequest($0, caller: "") }, { _ = try CompletionRequest($0, caller: "") },
            { _ = try EmbeddingsRequest($0, caller: "") },
        ]
        return try readers.reduce(0) { count, read in
            do { try read(body) } catch is APIError { return count }
            return count + 1
        }
    }

    /// How many tensors a body of KServe V2 has: its JSON in the first `headerLength` bytes, or in all.
    ///
    /// - Throws: what the reader throws that is no ``APIError``: that would be a fault of the reader.
    public static func tensors(in bytes: [UInt8], headerLength: Int?) throws -> Int {
        do { return try V2Request(bytes, headerLength: headerLength).inputs.count } catch is APIError { return 0 }
    }
}
