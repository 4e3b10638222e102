public import LaresJSON
public import LaresNeural

extension NetworkSignature {
    /// Reads what a publisher says a network takes and gives, as the registry shows it: `inputs` and `outputs`, tensors of `name`, `datatype` and `shape`, in which
    /// -1 is any size.
    ///
    /// - Throws: ``RegistryError`` with code `badSignature`.
    public static func declared(_ json: JSON) throws(RegistryError) -> NetworkSignature {
        do throws(JSONError) {
            return try NetworkSignature(written: json)
        } catch {
            throw RegistryError(.badSignature, "the signature: \(error.message)")
        }
    }

    private init(written json: JSON) throws(JSONError) {
        var fields = try JSONFields(json)
        self.init(inputs: try Self.tensors("inputs", &fields), outputs: try Self.tensors("outputs", &fields))
        try fields.end()
    }

    private static func tensors(_ key: String, _ fields: inout JSONFields) throws(JSONError) -> [TensorSignature] {
        guard let objects = try fields.objects(key) else { throw fields.error(key, "is missing") }
        var tensors: [TensorSignature] = []
        for object in objects { tensors.append(try TensorSignature(object)) }
        return tensors
    }
}

extension TensorSignature {
    fileprivate init(_ written: JSONFields) throws(JSONError) {
        var fields = written
        let name = try fields.text("name")
        guard let datatype = try fields.choice("datatype", of: SignatureType.self) else { throw fields.error("datatype", "is missing") }
        guard let shape = try fields.ints("shape", in: -1...Int.max) else { throw fields.error("shape", "is missing") }
        guard !shape.contains(0) else { throw fields.error("shape", "has a size of 0; sizes are 1 or more, or -1 for any") }
        try fields.end()
        self.init(name: name, datatype: datatype, shape: shape.map { $0 < 0 ? nil : $0 })
    }
}
