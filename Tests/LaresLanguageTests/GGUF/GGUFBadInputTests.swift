import LaresLanguage
import LaresTensor
import Testing

/// One malformed file: what is wrong with it, the error it must give, and how it is built.
struct BadGGUF: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let code: GGUFError.Code
    let build: @Sendable (inout GGUFBuilder) -> Void

    init(_ description: String, _ code: GGUFError.Code, _ build: @escaping @Sendable (inout GGUFBuilder) -> Void) {
        (testDescription, self.code, self.build) = (description, code, build)
    }

    static func tensor(_ description: String, _ code: GGUFError.Code, type: UInt32 = 0, _ dimensions: [UInt64], offset: UInt64 = 0)
        -> BadGGUF
    {
        BadGGUF(description, code) {
            $0.addTensor("t", type: type, dimensions: dimensions, offset: offset, data: [UInt8](repeating: 0, count: 64))
        }
    }

    static func alignment(_ value: UInt32) -> BadGGUF {
        BadGGUF("alignment \(value)", .badAlignment) { $0.add("general.alignment", kind: .uint32, payload: GGUFBuilder.bytes(value)) }
    }

    static let header: [BadGGUF] = [
        BadGGUF("magic FUGG", .notGGUF) { $0.magic = 0x4747_5546 },
        BadGGUF("version 0", .unsupportedVersion) { $0.version = 0 },
        BadGGUF("version 1", .unsupportedVersion) { $0.version = 1 },
        BadGGUF("version 4", .unsupportedVersion) { $0.version = 4 },
        BadGGUF("big-endian version 3", .unsupportedVersion) { $0.version = UInt32(3).byteSwapped },
        BadGGUF("2^64-1 tensors", .implausibleCount) { $0.tensorCount = .max },
        BadGGUF("2^64-1 values", .implausibleCount) { $0.valueCount = .max },
        BadGGUF("2^63 tensors", .implausibleCount) { $0.tensorCount = 1 << 63 },
        BadGGUF("more values than there are", .implausibleCount) { $0.valueCount = 1000 },
        alignment(0), alignment(13), alignment(0x8000_0000),
        BadGGUF("alignment typed INT32", .badAlignment) {
            $0.add("general.alignment", kind: .int32, payload: GGUFBuilder.bytes(Int32(32)))
        },
        BadGGUF("alignment typed UINT64", .badAlignment) {
            $0.add("general.alignment", kind: .uint64, payload: GGUFBuilder.bytes(UInt64(32)))
        },
    ]

    static let values: [BadGGUF] = [
        BadGGUF("key length 2^64-1", .implausibleCount) {
            $0.addRaw(GGUFBuilder.bytes(UInt64.max) + [UInt8](repeating: 65, count: 40))
        },
        BadGGUF("empty key", .badName) { $0.add("", 1) },
        BadGGUF("key of broken UTF-8", .badName) {
            $0.addRaw(GGUFBuilder.bytes(UInt64(2)) + [0xC3, 0x28] + GGUFBuilder.bytes(UInt32(4)) + GGUFBuilder.bytes(UInt32(1)))
        },
        BadGGUF("key of 65,536 bytes", .badName) { $0.add(String(repeating: "k", count: 65536), 1) },
        BadGGUF("duplicate key", .duplicate) {
            $0.add("k", 1)
            $0.add("k", 2)
        },
        BadGGUF("value type 13", .unknownType) {
            $0.addRaw(GGUFBuilder.string("k") + GGUFBuilder.bytes(UInt32(13)) + [UInt8](repeating: 0, count: 32))
        },
        BadGGUF("value type 2^32-1", .unknownType) {
            $0.addRaw(GGUFBuilder.string("k") + GGUFBuilder.bytes(UInt32.max) + [UInt8](repeating: 0, count: 32))
        },
        BadGGUF("array of type 99", .unknownType) {
            $0.add("k", kind: .array, payload: GGUFBuilder.bytes(UInt32(99)) + GGUFBuilder.bytes(UInt64(1)) + [1, 2, 3, 4])
        },
        BadGGUF("array of arrays", .unknownType) { $0.addArray("k", .array, 0, []) },
        BadGGUF("array of 2^64-1 bytes", .implausibleCount) {
            $0.add("k", kind: .array, payload: GGUFBuilder.bytes(GGUFKind.uint8.rawValue) + GGUFBuilder.bytes(UInt64.max))
        },
        BadGGUF("array of 2^61 doubles", .implausibleCount) {
            $0.add("k", kind: .array, payload: GGUFBuilder.bytes(GGUFKind.float64.rawValue) + GGUFBuilder.bytes(UInt64(1) << 61))
        },
        BadGGUF("array of 2^40 strings", .implausibleCount) {
            $0.add("k", kind: .array, payload: GGUFBuilder.bytes(GGUFKind.string.rawValue) + GGUFBuilder.bytes(UInt64(1) << 40))
        },
        BadGGUF("string of 2^63 bytes", .implausibleCount) { $0.add("k", kind: .string, payload: GGUFBuilder.bytes(UInt64(1) << 63)) },
        BadGGUF("65,537 keys", .implausibleCount) { for key in 0..<65_537 { $0.add("\(key)", true) } },
        BadGGUF("bool of value 2", .outOfRange) { $0.add("k", kind: .bool, payload: [2]) },
    ]

    static let tensors: [BadGGUF] = [
        BadGGUF("duplicate tensor", .duplicate) {
            $0.addTensor("t", [1], dimensions: [1])
            $0.addTensor("t", [1], dimensions: [1])
        },
        BadGGUF("100,001 tensors", .implausibleCount) {
            for name in 0..<100_001 { $0.addTensor("\(name)", type: 0, dimensions: [4]) }
        },
        BadGGUF("tensor without a name", .badName) { $0.addTensor("", [1], dimensions: [1]) },
        tensor("unknown tensor type", .unknownType, type: 4, [32]),
        tensor("tensor type 2^32-1", .unknownType, type: .max, [32]),
        tensor("no dimensions", .badDimensions, []),
        tensor("five dimensions", .badDimensions, [1, 1, 1, 1, 1]),
        tensor("dimension 0", .badDimensions, [0, 4]),
        tensor("dimension -1", .badDimensions, [.max, 1]),
        tensor("dimensions whose product wraps", .badDimensions, [(1 << 42) + 1, 1 << 22, 1, 1]),
        tensor("dimensions that wrap to 4", .badDimensions, [4_194_305, 4_194_305, 211_106_198_978_564]),
        tensor("bytes that wrap", .badDimensions, [1 << 62]),
        tensor("half a block", .badDimensions, type: DType.q8_0.rawValue, [48]),
        tensor("a block across two rows", .badDimensions, type: DType.q4_K.rawValue, [128, 2]),
        tensor("an unaligned offset", .badOffset, [4], offset: 1),
        tensor("an offset past the file", .truncated, [4], offset: 1 << 40),
        tensor("an offset of 2^64-32", .truncated, [4], offset: .max - 31),
        tensor("a tensor past the end of the file", .truncated, [1 << 20]),
        BadGGUF("tensors that share bytes", .badOffset) {
            $0.addTensor("a", type: 0, dimensions: [16], offset: 0, data: [UInt8](repeating: 0, count: 64))
            $0.addTensor("b", type: 0, dimensions: [4], offset: 32, data: [UInt8](repeating: 0, count: 64))
        },
        BadGGUF("two tensors of nearly 2^63 bytes", .truncated) {
            $0.addTensor("a", type: DType.q8_0.rawValue, dimensions: [0x7000_0000_0000_0000], offset: 0)
            $0.addTensor("b", type: DType.q8_0.rawValue, dimensions: [0x7000_0000_0000_0000], offset: 0x7FFF_FFFF_FFFF_FFC0)
        },
    ]
}

@Suite struct GGUFBadInputTests {
    @Test(arguments: BadGGUF.header + BadGGUF.values + BadGGUF.tensors) func isRefusedWithAClearError(_ bad: BadGGUF) throws {
        var builder = GGUFBuilder()
        bad.build(&builder)
        #expect { try builder.file() } throws: { error in
            guard let error = error as? GGUFError else { return false }
            if error.code != bad.code { print("\(bad.testDescription): \(error)") }
            return error.code == bad.code && error.message.count > 20
        }
    }
}
