import Foundation

/// What BERT does to a text before it is cut into word pieces: control characters out, Chinese characters apart, accents off,
/// lower case; then words are what stands between spaces and around punctuation.
///
/// Devlin et al. 2018. The references sort characters by Unicode 8, so characters of later versions are neither punctuation nor
/// accents here either.
struct BERTNormalizer: Sendable {
    var cleansText = true
    var setsHanApart = true
    var stripsAccents = true
    var lowersCase = true

    /// The words of a text.
    func words(_ text: Substring.UnicodeScalarView) -> [[UInt8]] {
        var words: [[UInt8]] = []
        var word: [UInt8] = []
        for scalar in normalised(text) {
            let isSpace = scalar.properties.isWhitespace
            let isAlone = !isSpace && Self.isPunctuation(scalar)
            if isSpace || isAlone, !word.isEmpty {
                words.append(word)
                word.removeAll(keepingCapacity: true)
            }
            if isAlone {
                words.append(Array(String(scalar).utf8))
            } else if !isSpace {
                word += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
            }
        }
        if !word.isEmpty { words.append(word) }
        return words
    }

    private func normalised(_ text: Substring.UnicodeScalarView) -> String.UnicodeScalarView {
        var result = cleaned(text)
        if stripsAccents {
            if result.contains(where: { $0.value >= 0xC0 }) {
                result = String(result).decomposedStringWithCanonicalMapping.unicodeScalars
            }
            result.removeAll(where: Self.isAccent)
        }
        guard lowersCase else { return result }
        var lower = String.UnicodeScalarView()
        for scalar in result {
            if scalar.value < 0x80 {
                lower.append((0x41...0x5A).contains(scalar.value) ? Unicode.Scalar(UInt8(scalar.value + 0x20)) : scalar)
            } else {
                lower.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
            }
        }
        return lower
    }

    private func cleaned(_ text: Substring.UnicodeScalarView) -> String.UnicodeScalarView {
        var result = String.UnicodeScalarView()
        for scalar in text {
            if cleansText {
                if Self.isDropped(scalar) { continue }
                if scalar.properties.isWhitespace {
                    result.append(" ")
                    continue
                }
            }
            if setsHanApart && Self.isHan(scalar) {
                result.append(contentsOf: [" ", scalar, " "])
            } else {
                result.append(scalar)
            }
        }
        return result
    }

    /// Whether a character is of Unicode 8 or older.
    private static func isOld(_ scalar: Unicode.Scalar) -> Bool { (scalar.properties.age?.major ?? 0) <= 8 }

    static func isDropped(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x7F { return scalar.value < 0x20 && scalar != "\t" && scalar != "\n" && scalar != "\r" }
        if scalar == "\u{FFFD}" { return true }
        switch scalar.properties.generalCategory {
        case .control, .privateUse: return true
        case .format: return isOld(scalar)
        default: return false
        }
    }

    static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: return true
        case 0..<0x80: return false
        // Punctuation in Unicode 8, of other categories since.
        case 0x166D, 0x111C9: return true
        default: break
        }
        switch scalar.properties.generalCategory {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation, .finalPunctuation,
            .otherPunctuation:
            return isOld(scalar)
        default: return false
        }
    }

    static func isAccent(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x300: return false
        // Of other categories in Unicode 8.
        case 0x1885, 0x1886, 0xA9BD, 0x111C9: return false
        case 0x1734: return true
        default: return scalar.properties.generalCategory == .nonspacingMark && isOld(scalar)
        }
    }

    /// The blocks the reference has, with its gap at U+2B820.
    static func isHan(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x2A6DF, 0x2A700...0x2B81F, 0x2B920...0x2CEAF,
            0x2F800...0x2FA1F:
            true
        default: false
        }
    }
}
