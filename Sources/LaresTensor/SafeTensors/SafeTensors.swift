/// A memory-mapped safetensors file, checked in full before anything is used: every name, shape and offset, and that the tensors fill
/// the file without overlap or hole.
///
/// Format: <https://github.com/huggingface/safetensors#format>. Stricter than the reference in one place: the header must begin with
/// `{`, as the format says.
public struct SafeTensors: Sendable {
    /// One tensor of the file.
    public struct Tensor: Sendable {
        /// Element type as the file names it, such as "F32" or "I64".
        public let typeName: String
        /// Sizes, outermost first; empty for a scalar.
        public let shape: [Int]
        fileprivate let file: MappedFile
        fileprivate let range: Range<Int>

        /// Element type for the kernels; nil for types that aren't weights, such as integers.
        public var dtype: DType? {
            switch typeName {
            case "F32": .f32
            case "F16": .f16
            case "BF16": .bf16
            default: nil
            }
        }

        /// Little-endian elements, row-major; valid while the tensor or the file's value lives.
        public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: file.bytes[range]) }

        /// The elements as floats; nil for types that aren't weights.
        public func floats() -> [Float]? {
            guard let dtype else { return nil }
            return [Float](unsafeUninitializedCapacity: range.count / dtype.bytesPerBlock) { values, count in
                count = values.count
                dtype.decode(bytes, into: UnsafeMutableBufferPointer(rebasing: values[..<count]))
            }
        }
    }

    /// Tensors by name.
    public let tensors: [String: Tensor]
    /// The free-form strings of the header.
    public let metadata: [String: String]
    private let file: MappedFile

    /// Maps and checks a file, which errors call `name`, or by its path; throws `SafeTensorsError`.
    public init(contentsOf path: String, named name: String? = nil) throws {
        do {
            file = try MappedFile(path: path)
        } catch {
            throw SafeTensorsError(.unreadable, error.message)
        }
        let contents = try SafeTensorsContents(file.bytes, path: name ?? path)
        metadata = contents.metadata
        let file = file
        tensors = contents.entries.mapValues {
            Tensor(typeName: $0.type.rawValue, shape: $0.shape, file: file, range: (contents.start + $0.begin)..<(contents.start + $0.end))
        }
    }

    /// Tells the system that the pages read so far aren't needed; reading them again works.
    public func dropPages() { file.dropPages() }
}
