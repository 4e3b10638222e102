import Foundation
import LaresJSON

/// A file of JSON that a command sends as it is.
enum JSONFile {
    /// The bytes of a file.
    ///
    /// - Throws: ``Failure`` for one that isn't there or is larger than `most` bytes.
    static func bytes(_ path: String, most: Int = 1 << 20) throws -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else { throw Failure("cli.file.unreadable", ["file": path]) }
        guard data.count <= most else { throw Failure("cli.file.large", ["file": path, "most": "\(most >> 20)"]) }
        return Array(data)
    }

    /// What a file says.
    ///
    /// - Throws: ``Failure`` as ``bytes(_:most:)``, and for one that isn't JSON.
    static func read(_ path: String, most: Int = 1 << 20) throws -> JSON {
        let bytes = try bytes(path, most: most)
        do {
            return try JSON(parsing: bytes)
        } catch {
            throw Failure("cli.file.no-json", ["file": path, "reason": "\(error)"])
        }
    }
}
