/// A language Lares speaks to people in.
public enum Language: String, Sendable, Hashable, CaseIterable {
    case english = "en"
    case chinese = "zh"

    /// The language of a tag such as `zh-CN`, `zh_CN.UTF-8` or `en`; nil for a language Lares does not speak.
    public init?(tag: some StringProtocol) {
        let primary = tag.lowercased().prefix { $0 != "-" && $0 != "_" && $0 != "." }
        self.init(rawValue: String(primary))
    }

    /// The best of an `Accept-Language` header, by its weights (RFC 9110 §12.5.4).
    public init(acceptLanguage header: String) {
        var best: (language: Language, weight: Double)?
        for item in header.prefix(1_000).split(separator: ",") {
            let parts = item.split(separator: ";").map { $0.trimmingSpaces() }
            guard let tag = parts.first, let language = Language(tag: tag) else { continue }
            let quality = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
            if quality > (best?.weight ?? 0) { best = (language, quality) }
        }
        self = best?.language ?? .english
    }
}

extension StringProtocol {
    func trimmingSpaces() -> String {
        String(drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
}
