import Foundation

/// What a wheel says about the model in it.
struct WheelModel {
    let archive: ZipArchive
    let file: String

    init(_ wheel: OpenFile, file: String) throws {
        archive = try ZipArchive(ByteSource(wheel))
        self.file = file
    }

    /// The entries that make the model and their names in it, the main one first; nil when the wheel has no model file itself.
    ///
    /// - Parameter wanted: the end of the path of the file to take, for wheels with several.
    func entries(wanted: String?) throws -> [(entry: ZipEntry, name: String)]? {
        let paths = archive.entries.map(\.path).filter { !$0.contains(".dist-info/") && !$0.contains(".data/") }
        if let wanted {
            guard let found = archive.entries.first(where: { $0.path == wanted || $0.path.hasSuffix("/" + wanted) }) else {
                throw PullError(.notFound, "\(file) has no file '\(wanted)'")
            }
            return [(found, "model.gguf")]
        }
        guard paths.contains(where: { $0.hasSuffix(".gguf") || $0.hasSuffix("/model.safetensors") }) else { return nil }
        let byPath = Dictionary(archive.entries.map { ($0.path, $0) }) { first, _ in first }
        return try ModelFiles.choose(from: paths, what: file).compactMap { chosen in byPath[chosen.at].map { ($0, chosen.name) } }
    }

    /// Pieces of a model file that was too large for one wheel: "name.gguf.part00".
    func parts() -> [(entry: ZipEntry, model: String, number: Int)] {
        archive.entries.compactMap { entry in
            guard let name = entry.path.split(separator: "/").last, let range = name.range(of: ".part", options: .backwards),
                name[..<range.lowerBound].hasSuffix(".gguf"), let number = Int(name[range.upperBound...]), (0...999).contains(number)
            else { return nil }
            return (entry, String(name[..<range.lowerBound]), number)
        }
    }

    /// The packages it names with an exact version: "Requires-Dist: package==1.0". At most 64.
    func requirements() throws -> [(package: String, version: String)] {
        guard let entry = archive.entries.first(where: { $0.path.hasSuffix(".dist-info/METADATA") }) else { return [] }
        let text = String(decoding: try archive.contents(of: entry), as: UTF8.self)
        let head = text.split(separator: "\n", omittingEmptySubsequences: false).prefix { !$0.isEmpty && $0 != "\r" }
        let exact = head.compactMap { line -> (String, String)? in
            guard line.hasPrefix("Requires-Dist: "), !line.contains(";") else { return nil }
            let parts = line.dropFirst(15).trimmingCharacters(in: .whitespaces).components(separatedBy: "==")
            guard parts.count == 2, let source = try? ModelSource("pypi:" + parts.joined(separator: "==")),
                case .package(let package, let version?, nil) = source.place
            else { return nil }
            return (package, version)
        }
        return Array(exact.prefix(64))
    }

    /// What the files put together must hash to, from `SHA256SUMS`.
    func sums() throws -> [String: Digest] {
        guard let entry = archive.entries.first(where: { $0.path.hasSuffix("/SHA256SUMS") }) else { return [:] }
        let text = String(decoding: try archive.contents(of: entry), as: UTF8.self)
        return text.split(separator: "\n").reduce(into: [:]) { sums, line in
            let words = line.split(separator: " ", omittingEmptySubsequences: true)
            if words.count == 2, let digest = Digest(String(words[0])) { sums[String(words[1].drop { $0 == "*" })] = digest }
        }
    }
}
