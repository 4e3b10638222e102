package import LaresTensor

/// The bytes a GGUF file lives in: a read-only mapping, or memory (for files built by a program).
package final class GGUFStorage: Sendable {
    package let mapped: MappedFile?
    // Read-only from the moment `init` returns, freed in `deinit` when it is ours.
    nonisolated(unsafe) package let bytes: UnsafeRawBufferPointer

    package init(_ file: MappedFile) {
        mapped = file
        bytes = file.bytes
    }

    package init(copying array: [UInt8]) {
        mapped = nil
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: array.count, alignment: 64)
        copy.copyBytes(from: array)
        bytes = UnsafeRawBufferPointer(copy)
    }

    deinit {
        if mapped == nil { UnsafeMutableRawBufferPointer(mutating: bytes).deallocate() }
    }
}
