import LaresTensor

/// A GGUF file of version 2 or 3, memory-mapped and checked in full before anything is used.
///
///     let file = try GGUFFile(contentsOf: "smollm2.gguf")
///     let layers = try file.metadata.int("llama.block_count")
///
/// Format: the GGUF specification of the ggml project. Little-endian files only.
public struct GGUFFile: Sendable {
    /// The key-value part.
    public let metadata: GGUFMetadata
    /// The tensors by name, every one inside the file and apart from the others.
    public let tensors: [String: GGUFTensor]
    /// 2 or 3.
    public let version: Int
    let storage: GGUFStorage

    /// Opens and checks a file. Throws `GGUFError`.
    public init(contentsOf path: String) throws {
        let file: MappedFile
        do {
            file = try MappedFile(path: path)
        } catch {
            throw GGUFError(.unreadable, "'\(path)' cannot be opened: \(error)")
        }
        try self.init(GGUFStorage(file))
    }

    /// A file in memory with those contents. Throws `GGUFError`.
    package init(_ contents: GGUFContents) throws { try self.init(GGUFStorage(copying: contents.pieces.flatMap { $0 })) }

    package init(_ storage: GGUFStorage) throws {
        self.storage = storage
        var reader = GGUFReader(storage)
        version = try Self.version(&reader)
        let tensorCount = try reader.count(of: GGUFTensorHeader.smallest, upTo: 100_000, "the number of tensors")
        let valueCount = try reader.count(of: 8 + 1 + 4 + 1, upTo: 65_536, "the number of metadata values")
        let values = try Self.values(&reader, count: valueCount)
        metadata = GGUFMetadata(values)
        let alignment = try Self.alignment(values)
        let headers = try (0..<tensorCount).map { _ in try GGUFTensorHeader(from: &reader) }
        tensors = try Self.place(headers, after: reader.position, alignment: alignment, in: storage)
    }

    /// Size of the file in bytes.
    public var byteCount: Int { storage.bytes.count }

    /// Gives the pages of the mapping back; they are read again when touched.
    public func dropPages() { storage.mapped?.dropPages() }

    /// The tensor of that name; throws `missing`.
    public func tensor(_ name: String) throws -> GGUFTensor {
        guard let tensor = tensors[name] else { throw GGUFError(.missing, "the tensor '\(name)' is missing; the model is incomplete") }
        return tensor
    }

    private static func version(_ reader: inout GGUFReader) throws -> Int {
        guard try reader.integer(UInt32.self, "the magic number") == 0x4655_4747 else {
            throw GGUFError(.notGGUF, "the file does not start with 'GGUF'; is it a GGUF model?")
        }
        let version = try reader.integer(UInt32.self, "the version")
        guard version == 2 || version == 3 else {
            let swapped = version.byteSwapped
            let reason = swapped == 2 || swapped == 3 ? "the file is big-endian" : "version \(version)"
            throw GGUFError(.unsupportedVersion, "\(reason) cannot be read; little-endian versions 2 and 3 can: convert the model again")
        }
        return Int(version)
    }

    private static func values(_ reader: inout GGUFReader, count: Int) throws -> [String: GGUFValue] {
        var values: [String: GGUFValue] = [:]
        for _ in 0..<count {
            let key = try reader.name("a metadata key", limit: 65535)
            let value = try reader.value(of: key)
            guard values.updateValue(value, forKey: key) == nil else {
                throw GGUFError(.duplicate, "the key '\(key)' is there twice; the file is damaged")
            }
        }
        return values
    }

    private static func alignment(_ values: [String: GGUFValue]) throws -> Int {
        guard let value = values["general.alignment"] else { return 32 }
        guard case .integer(let number, kind: .uint32) = value, let alignment = Int(exactly: number),
            alignment > 0, alignment & (alignment - 1) == 0, alignment <= 1 << 20
        else {
            throw GGUFError(.badAlignment, "'general.alignment' must be a UINT32 power of two up to 1048576; the file has \(value)")
        }
        return alignment
    }

    private static func place(
        _ headers: [GGUFTensorHeader], after end: Int, alignment: Int, in storage: GGUFStorage
    ) throws -> [String: GGUFTensor] {
        let size = storage.bytes.count
        let start = (end + alignment - 1) / alignment * alignment
        var tensors: [String: GGUFTensor] = [:]
        tensors.reserveCapacity(headers.count)
        for header in headers {
            guard header.offset.isMultiple(of: UInt64(alignment)) else {
                throw GGUFError(.badOffset, "tensor '\(header.name)' starts at \(header.offset), which is not a multiple of \(alignment)")
            }
            guard let offset = Int(exactly: header.offset), start <= size, offset <= size - start,
                header.byteCount <= size - start - offset
            else {
                throw GGUFError(
                    .truncated,
                    "tensor '\(header.name)' needs \(header.byteCount) bytes at offset \(header.offset) of \(max(0, size - start)): the file is cut short; download it again"
                )
            }
            let first = start + offset
            let tensor = GGUFTensor(
                name: header.name, type: header.type, dimensions: header.dimensions, storage: storage,
                range: first..<(first + header.byteCount))
            guard tensors.updateValue(tensor, forKey: header.name) == nil else {
                throw GGUFError(.duplicate, "the tensor '\(header.name)' is there twice; the file is damaged")
            }
        }
        try refuseOverlap(tensors)
        return tensors
    }

    private static func refuseOverlap(_ tensors: [String: GGUFTensor]) throws {
        let sorted = tensors.values.sorted { $0.range.lowerBound < $1.range.lowerBound }
        for (before, after) in zip(sorted, sorted.dropFirst()) where after.range.lowerBound < before.range.upperBound {
            throw GGUFError(.badOffset, "the tensors '\(before.name)' and '\(after.name)' share bytes; the file is damaged")
        }
    }
}
