import Foundation
import LaresStore

/// Gives a fresh data directory, and removes it afterwards.
func withHome<R>(_ body: (LaresHome) throws -> R) throws -> R {
    let path = NSTemporaryDirectory() + "lares-test-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(LaresHome(path: path))
}
