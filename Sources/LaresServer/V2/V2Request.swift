import LaresJSON
import LaresNeural

/// A request for inference as the protocol writes it: JSON, and after it the tensors that come as bytes.
struct V2Request {
    /// An output that was asked for.
    struct Output {
        let name: String
        /// Whether it goes out as bytes; nil: as the request says for all.
        let isBinary: Bool?
    }

    /// What the caller calls it.
    let id: String?
    var inputs: [V2Input]
    /// The outputs asked for; empty: all.
    let outputs: [Output]
    /// Whether outputs go out as bytes unless they say otherwise.
    let isBinary: Bool

    /// Reads a body.
    ///
    /// - Parameters:
    ///   - bytes: The body, unpacked.
    ///   - headerLength: How many of its bytes are JSON; nil: all of them.
    /// - Throws: ``APIError`` (400).
    init(_ bytes: [UInt8], headerLength: Int?) throws {
        let length = headerLength ?? bytes.count
        guard length >= 0, length <= bytes.count else {
            throw APIError.invalid(
                "Inference-Header-Content-Length is \(length) and the body has \(bytes.count) bytes: the header counts those of the JSON")
        }
        let json: JSON
        do { json = try JSON(parsing: length == bytes.count ? bytes : Array(bytes[..<length])) } catch {
            throw APIError.invalid("the request is not JSON that can be read: \(error.message)", code: "invalid_json")
        }
        try self.init(json, tail: bytes[length...])
    }

    private init(_ json: JSON, tail: ArraySlice<UInt8>) throws {
        let fields = try Fields(json)
        id = try fields.string("id")
        isBinary = try fields.fields("parameters")?.bool("binary_data_output") ?? false
        guard let list = try fields.required("inputs").elements, !list.isEmpty, list.count <= 256 else {
            throw APIError.invalid("'inputs' must be an array of 1 to 256 tensors", param: "inputs", code: "invalid_type")
        }
        var rest = tail
        inputs = try list.enumerated().map { try V2Input($1, place: $0, taking: &rest) }
        guard rest.isEmpty else {
            throw APIError.invalid("\(rest.count) bytes after the JSON belong to no input: 'binary_data_size' says how many an input has")
        }
        guard let asked = (fields.value("outputs") ?? []).elements else {
            throw APIError.invalid("'outputs' must be an array", param: "outputs", code: "invalid_type")
        }
        outputs = try asked.enumerated().map { try Self.output($1, place: $0) }
    }

    private static func output(_ json: JSON, place: Int) throws -> Output {
        guard place < 256 else { throw APIError.invalid("'outputs' has more than 256 entries", param: "outputs") }
        let fields = try Fields(json, name: "outputs[\(place)]")
        let parameters = try fields.fields("parameters")
        for name in ["classification", "shared_memory_region"] where parameters?.value(name) != nil {
            throw APIError.unsupported("outputs", "the parameter '\(name)' of an output is not supported")
        }
        return Output(name: try fields.requiredString("name"), isBinary: try parameters?.bool("binary_data"))
    }
}

/// An input of a request.
struct V2Input {
    let name: String
    let datatype: SignatureType
    let value: NetworkValue

    /// Reads an input; its bytes, if it has some, are the next of `rest`.
    fileprivate init(_ json: JSON, place: Int, taking rest: inout ArraySlice<UInt8>) throws {
        let fields = try Fields(json, name: "inputs[\(place)]")
        name = try fields.requiredString("name")
        let type = try fields.requiredString("datatype")
        guard let datatype = SignatureType(rawValue: type) else {
            let known = SignatureType.allCases.map(\.rawValue).joined(separator: ", ")
            throw APIError.invalid(
                "'\(type.prefix(40))' is no datatype that is supported: use one of \(known)", param: fields.name("datatype"))
        }
        self.datatype = datatype
        let shape = try Self.shape(fields)
        let parameters = try fields.fields("parameters")
        if parameters?.value("shared_memory_region") != nil {
            throw APIError.unsupported(fields.name("parameters"), "shared memory is not supported: send the data with the request")
        }
        let data = fields.value("data")
        guard let size = try parameters?.int("binary_data_size", in: 0...Int.max) else {
            guard let data else { throw APIError.invalid("'\(fields.name("data"))' is missing", param: fields.name("data")) }
            value = try TensorText.value(data, datatype, shape: shape, name: name)
            return
        }
        guard data == nil else { throw APIError.invalid("'\(name)' has both 'data' and 'binary_data_size': send one of them") }
        guard size <= rest.count else {
            throw APIError.invalid("'\(name)' should have \(size) bytes after the JSON, and \(rest.count) are left there")
        }
        value = try TensorBytes.value(rest.prefix(size), datatype, shape: shape, name: name)
        rest = rest.dropFirst(size)
    }

    /// An input that came as bytes without JSON.
    init(name: String, datatype: SignatureType, value: NetworkValue) {
        self.name = name
        self.datatype = datatype
        self.value = value
    }

    private static func shape(_ fields: Fields) throws -> [Int] {
        guard let sizes = try fields.required("shape").elements, sizes.count <= 16 else {
            throw APIError.invalid("'\(fields.name("shape"))' must be an array of at most 16 sizes", param: fields.name("shape"))
        }
        let shape = sizes.compactMap { if case .int(let size) = $0, size >= 0 { size } else { nil } }
        guard shape.count == sizes.count, TensorBytes.count(shape) != nil else {
            throw APIError.invalid(
                "'\(fields.name("shape"))' must have whole sizes from 0, of not too many elements", param: fields.name("shape"))
        }
        return shape
    }
}

extension V2Request {
    /// A body that is the one input of a network, without JSON (`Inference-Header-Content-Length: 0`): its outputs go out as bytes.
    ///
    /// - Throws: ``APIError`` (400) for a network of several inputs or open sizes, and for bytes that don't fill its rows.
    init(raw bytes: [UInt8], _ signature: NetworkSignature) throws {
        guard signature.inputs.count == 1, let input = signature.inputs.first else {
            throw APIError.invalid("a body without JSON is taken by networks of one input; this one has \(signature.inputs.count)")
        }
        id = nil
        outputs = []
        isBinary = true
        let shape = try Self.shape(ofRaw: bytes, input)
        let value = try TensorBytes.value(bytes[...], input.datatype, shape: shape, name: input.name)
        inputs = [V2Input(name: input.name, datatype: input.datatype, value: value)]
    }

    private static func shape(ofRaw bytes: [UInt8], _ input: TensorSignature) throws -> [Int] {
        let open = input.shape.indices.filter { input.shape[$0] == nil }
        guard open.count <= 1, let row = TensorBytes.count(input.shape.map { $0 ?? 1 }) else {
            throw APIError.invalid("'\(input.name)' has several open sizes: send its shape in JSON")
        }
        // One text is all there is; of other types as many rows as the bytes make.
        guard let size = TensorBytes.size(of: input.datatype) else { return input.shape.map { $0 ?? 1 } }
        let (each, overflow) = row.multipliedReportingOverflow(by: size)
        guard !overflow, each > 0 else { throw APIError.invalid("'\(input.name)' is too large to be sent") }
        return input.shape.map { $0 ?? max(1, bytes.count / each) }
    }
}
