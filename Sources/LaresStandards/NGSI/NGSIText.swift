package import LaresJSON

extension String {
    /// Whether it is a URI as far as NGSI-LD needs: a scheme (RFC 3986), a colon and something without spaces behind it.
    package var isURI: Bool {
        guard let colon = utf8.firstIndex(of: UInt8(ascii: ":")), colon != utf8.startIndex, utf8.index(after: colon) != utf8.endIndex else {
            return false
        }
        let scheme = utf8[..<colon]
        guard let first = scheme.first, first.isLetter else { return false }
        let rest = utf8[utf8.index(after: colon)...]
        return scheme.allSatisfy { $0.isLetter || $0.isDigit || $0 == 0x2B || $0 == 0x2D || $0 == 0x2E }
            && unicodeScalars.allSatisfy {
                $0.isASCII || ($0.properties.isAlphabetic || $0.properties.numericType != nil) && !$0.properties.isDefaultIgnorableCodePoint
            }
            && rest.allSatisfy {
                $0 > 0x20 && $0 != 0x22 && $0 != 0x3C && $0 != 0x3E && $0 != 0x5C && $0 != 0x60 && $0 < 0x7F || $0 >= 0x80
            }
            && utf8.count <= 2_048
    }

    /// Whether it may be the name of an attribute or a type: no signs that the query language needs, nothing unseen.
    package var isNGSIName: Bool {
        !isEmpty && utf8.count <= 2_048
            && unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F && !"<>\"';()\\".unicodeScalars.contains($0) }
    }
}

extension UInt8 {
    fileprivate var isLetter: Bool { (self | 0x20) >= 0x61 && (self | 0x20) <= 0x7A }
    fileprivate var isDigit: Bool { self >= 0x30 && self <= 0x39 }
}

extension JSON {
    /// The text that stands for "nothing" in NGSI-LD (clause 4.5.0).
    static let ngsiNull = "urn:ngsi-ld:null"

    /// Whether it is NGSI-LD's word for nothing.
    var isNGSINull: Bool { text == JSON.ngsiNull }

    /// The texts of a string or of an array of strings; nil for anything else.
    package var texts: [String]? {
        switch self {
        case .string(let text): [text]
        case .array(let elements):
            elements.reduce(into: [String]?.some([])) { texts, element in
                if let text = element.text { texts?.append(text) } else { texts = nil }
            }
        default: nil
        }
    }

    /// One text as a string, several as an array.
    static func oneOrMore(_ texts: [String]) -> JSON {
        texts.count == 1 ? .string(texts[0]) : .array(texts.map { .string($0) })
    }

    /// The members of an object; nil for anything else.
    package var members: Members? {
        if case .object(let members) = self { members } else { nil }
    }

    /// True or false; nil for anything else.
    package var flag: Bool? {
        if case .bool(let flag) = self { flag } else { nil }
    }
}

extension JSON.Members {
    /// The members without some of them.
    package func without(_ names: Set<String>) -> JSON.Members {
        var kept = JSON.Members()
        for (key, value) in self where !names.contains(key) { kept.append(key, value) }
        return kept
    }
}
