import CZlib
import Foundation
import LaresServing
import LaresStore

/// Gives a fresh data directory with its model store, and removes it afterwards.
@discardableResult
func withStore<R>(_ body: (ModelStore, LaresHome) async throws -> R) async throws -> R {
    let path = NSTemporaryDirectory() + "lares-test-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: path) }
    let home = try LaresHome(path: path)
    return try await body(ModelStore(home: home), home)
}

/// Files of a directory, by name.
func files(_ path: String) throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }

extension [UInt8] {
    /// Little-endian bytes of a number.
    mutating func append(number: some FixedWidthInteger) { Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) } }

    mutating func append(text: String) {
        append(number: UInt64(text.utf8.count))
        append(contentsOf: text.utf8)
    }

    func write(to path: String) throws { try Data(self).write(to: URL(filePath: path)) }
}

/// A GGUF file of a model with all its parts and no tokenizer, so it can be stored and not loaded; `seed` makes files differ, `sizes` replaces
/// values of the architecture by 64-bit ones.
func tinyGGUF(seed: UInt32 = 0, architecture: String = "llama", sizes: [String: UInt64] = [:]) -> [UInt8] {
    let usual: [String: UInt64] = [
        "context_length": 128, "block_count": 1, "embedding_length": 32, "feed_forward_length": 32, "attention.head_count": 1,
    ]
    let values = usual.merging(sizes) { $1 }.sorted { $0.key < $1.key }
    let tensors: [(name: String, shape: [Int])] =
        [("token_embd", [32, 4]), ("output_norm", [32]), ("blk.0.attn_norm", [32]), ("blk.0.ffn_norm", [32])]
        + ["attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"].map { ("blk.0." + $0, [32, 32]) }
    var bytes = Array("GGUF".utf8)
    bytes.append(number: UInt32(3))
    bytes.append(number: UInt64(tensors.count))
    bytes.append(number: UInt64(values.count + 3))
    bytes.append(text: "general.architecture")
    bytes.append(number: UInt32(8))
    bytes.append(text: architecture)
    bytes.append(text: "general.file_type")
    bytes.append(number: UInt32(4))
    bytes.append(number: UInt32(3))
    bytes.append(text: "\(architecture).attention.layer_norm_rms_epsilon")
    bytes.append(number: UInt32(6))
    bytes.append(number: Float(1e-5).bitPattern)
    for (key, value) in values {
        bytes.append(text: "\(architecture).\(key)")
        bytes.append(number: UInt32(10))
        bytes.append(number: value)
    }
    var elements = 0
    for tensor in tensors {
        bytes.append(text: tensor.name + ".weight")
        bytes.append(number: UInt32(tensor.shape.count))
        for size in tensor.shape { bytes.append(number: UInt64(size)) }
        bytes.append(number: UInt32(0))
        bytes.append(number: UInt64(4 * elements))
        elements += tensor.shape.reduce(1, *)
    }
    while bytes.count % 32 != 0 { bytes.append(0) }
    for index in 0..<elements { bytes.append(number: seed &+ UInt32(index)) }
    return bytes
}

/// Writes zip archives as pip's tools do, and broken ones too.
struct ZipWriter {
    private var bytes: [UInt8] = []
    private var directory: [UInt8] = []
    private var count: UInt16 = 0

    mutating func add(_ path: String, _ contents: [UInt8], deflated: Bool = true, checksum: UInt32? = nil, declared: UInt32? = nil) {
        let packed = deflated ? deflate(contents) : contents
        let sum =
            checksum ?? contents.withUnsafeBufferPointer { UInt32(truncatingIfNeeded: crc32(0, $0.baseAddress, uInt(contents.count))) }
        var header: [UInt8] = []
        header.append(number: UInt16(20))
        header.append(number: UInt16(0))
        header.append(number: UInt16(deflated ? 8 : 0))
        header.append(number: UInt32(0))
        header.append(number: sum)
        header.append(number: UInt32(packed.count))
        header.append(number: declared ?? UInt32(contents.count))
        header.append(number: UInt16(path.utf8.count))
        header.append(number: UInt16(0))
        directory.append(number: UInt32(0x0201_4b50))
        directory.append(number: UInt16(20))
        directory += header
        directory += [UInt8](repeating: 0, count: 10)
        directory.append(number: UInt32(bytes.count))
        directory += path.utf8
        bytes.append(number: UInt32(0x0403_4b50))
        bytes += header + path.utf8 + packed
        count += 1
    }

    func finished() -> [UInt8] {
        var all = bytes + directory
        all.append(number: UInt32(0x0605_4b50))
        all.append(number: UInt32(0))
        all.append(number: count)
        all.append(number: count)
        all.append(number: UInt32(directory.count))
        all.append(number: UInt32(bytes.count))
        all.append(number: UInt16(0))
        return all
    }

    private func deflate(_ contents: [UInt8]) -> [UInt8] {
        var stream = z_stream()
        deflateInit2_(&stream, 6, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        var input = contents
        var output = [UInt8](repeating: 0, count: contents.count + contents.count / 100 + 64)
        let made = input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                stream.next_in = input.baseAddress
                stream.avail_in = uInt(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = uInt(output.count)
                CZlib.deflate(&stream, Z_FINISH)
                return output.count - Int(stream.avail_out)
            }
        }
        deflateEnd(&stream)
        return Array(output.prefix(made))
    }
}
