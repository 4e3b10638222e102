import Foundation

/// Calls `body` with the path of a file of these bytes, and removes it.
func withFile<R>(_ bytes: [UInt8], _ name: String = "vectors", _ body: (String) throws -> R) throws -> R {
    let path = NSTemporaryDirectory() + "lares-\(UUID().uuidString)-\(name)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return try body(path)
}

/// The same of a text.
func withFile<R>(_ text: String, _ body: (String) throws -> R) throws -> R { try withFile(Array(text.utf8), "text.txt", body) }

/// The bytes of a file.
func bytes(of path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }
