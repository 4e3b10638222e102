extension Unicode.Scalar {
    /// Whether nobody sees it, or it moves what others see: control characters, directions of text, private use.
    var isUnseen: Bool {
        let unseen: Set<Unicode.GeneralCategory> = [.control, .format, .surrogate, .privateUse, .lineSeparator, .paragraphSeparator]
        return unseen.contains(properties.generalCategory)
    }
}

extension String {
    /// The text with `\u{202e}` in place of characters that nobody sees.
    var withNothingUnseen: String {
        guard unicodeScalars.contains(where: \.isUnseen) else { return self }
        return unicodeScalars.reduce(into: "") { text, scalar in
            if scalar.isUnseen { text += "\\u{\(String(scalar.value, radix: 16))}" } else { text.unicodeScalars.append(scalar) }
        }
    }

    /// Whether it can be a name: 1…64 characters that are seen, without spaces around them.
    var isName: Bool {
        (1...64).contains(count) && utf8.count <= 256 && !unicodeScalars.contains(where: \.isUnseen)
            && first?.isWhitespace == false && last?.isWhitespace == false
    }
}
