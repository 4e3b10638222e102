/// What a token is for, with the numbers of `tokenizer.ggml.token_type`.
package enum TokenKind: UInt8, Sendable {
    case undefined = 0
    case normal, unknown, control, userDefined, unused, byte

    /// Never text.
    var isControl: Bool { self == .control || self == .unknown }

    /// Matched in a text before anything else.
    var isAdded: Bool { isControl || self == .userDefined }
}
