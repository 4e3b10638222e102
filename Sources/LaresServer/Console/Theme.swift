/// Light or dark, chosen by a person or left to their system.
package enum Theme: String, Sendable, CaseIterable {
    case system, light, dark

    /// The stylesheet with its one media condition answered, so that a chosen theme needs no script and never flashes.
    package func apply(to stylesheet: String) -> String {
        switch self {
        case .system: stylesheet
        case .light: stylesheet.replacing(Self.condition, with: "@media not all")
        case .dark: stylesheet.replacing(Self.condition, with: "@media all")
        }
    }

    /// The file name of the stylesheet.
    var stylesheet: String { self == .system ? "console.css" : "console.\(rawValue).css" }

    static let condition = "@media (prefers-color-scheme:dark)"
}
