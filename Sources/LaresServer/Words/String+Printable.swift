extension String {
    /// The text without control characters, line breaks and tabs excepted: what a model or a server says can't steer the terminal
    /// (ECMA-48: all its sequences begin with a character of C0 or C1).
    package var printable: String {
        let isPlain = unicodeScalars.allSatisfy { !$0.isSteering }
        return isPlain ? self : String(String.UnicodeScalarView(unicodeScalars.filter { !$0.isSteering }))
    }
}

extension Unicode.Scalar {
    fileprivate var isSteering: Bool { properties.generalCategory == .control && self != "\n" && self != "\t" }
}
