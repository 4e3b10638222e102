import LaresLanguage

/// Takes an answer apart as it comes, in pieces of any size: the text before tool calls, and the calls in `ToolCallFormat`.
package struct ToolCallText: Sendable {
    /// What a piece of an answer holds.
    package enum Part: Sendable, Hashable {
        /// Text beside the calls.
        case content(String)
        /// A call begins.
        case call(name: String)
        /// More of the last call's arguments.
        case arguments(String)
    }

    private enum Place {
        case content
        /// Within text that is always the same; then comes the next place.
        case fixed([UInt8], Int)
        case name
        case arguments
    }

    private static let mark = Array(ToolCallFormat.opening.utf8)
    private static let space: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]

    private var place = Place.content
    /// Bytes that may belong to an opening mark, with the white space before it.
    private var held: [UInt8] = []
    private var name: [UInt8] = []
    private var afterFixed = Place.name
    private var value = JSONValueEnd()
    private var bytes: [UInt8] = []
    private var parts: [Part] = []

    /// How many calls have begun.
    package private(set) var callCount = 0

    private let isFormed: Bool
    private var isContentOnly = false

    /// - Parameter isFormed: whether the answer is calls or of a form, in which the opening mark may occur as text.
    package init(isFormed: Bool = false) { self.isFormed = isFormed }

    /// Whether the text ends within a call.
    package var isCutShort: Bool {
        if case .content = place { false } else { true }
    }

    /// Adds text, and gives what is certain now.
    package mutating func append(_ text: String) -> [Part] {
        for byte in text.utf8 { take(byte) }
        flush()
        defer { parts = [] }
        return parts
    }

    /// The rest: text that was held back and belongs to no mark.
    package mutating func finish() -> [Part] {
        guard callCount == 0, case .content = place, !held.isEmpty else { return [] }
        defer { held = [] }
        return [.content(String(decoding: held, as: UTF8.self))]
    }

    private mutating func take(_ byte: UInt8) {
        switch place {
        case .content: takeContent(byte)
        case .fixed(let text, let count): takeFixed(byte, text, count)
        case .name: takeName(byte)
        case .arguments: takeArgument(byte)
        }
    }

    private mutating func takeContent(_ byte: UInt8) {
        if isContentOnly { return bytes.append(byte) }
        held.append(byte)
        if held.suffix(Self.mark.count).elementsEqual(Self.mark) {
            held = []
            flush()
            enter(ToolCallFormat.beforeName, then: .name)
            return
        }
        let count = held.count - heldBack()
        if isFormed, count > 0, callCount == 0 {
            isContentOnly = true
            bytes += held
            held = []
            return
        }
        // Between calls there is nothing but the line end the format has.
        if callCount == 0 { bytes += held[..<count] }
        held.removeFirst(count)
    }

    /// Length of the longest end that is white space and the beginning of a mark.
    private func heldBack() -> Int {
        var start = held.count
        for length in 1..<Self.mark.count where length <= held.count {
            if held.suffix(length).elementsEqual(Self.mark.prefix(length)) { start = held.count - length }
        }
        // A model that loops on white space is not waited for.
        while start > 0, held.count - start < 64, Self.space.contains(held[start - 1]) { start -= 1 }
        return held.count - start
    }

    private mutating func enter(_ fixed: String, then next: Place) {
        place = .fixed(Array(fixed.utf8), 0)
        afterFixed = next
    }

    private mutating func takeFixed(_ byte: UInt8, _ text: [UInt8], _ count: Int) {
        // The grammar lets nothing else come.
        guard text[count] == byte else { return }
        if count + 1 < text.count {
            place = .fixed(text, count + 1)
        } else {
            place = afterFixed
        }
    }

    private mutating func takeName(_ byte: UInt8) {
        guard byte == ToolCallFormat.beforeArguments.utf8.first else { return name.append(byte) }
        parts.append(.call(name: String(decoding: name, as: UTF8.self)))
        callCount += 1
        name = []
        value = JSONValueEnd()
        enter(String(ToolCallFormat.beforeArguments.dropFirst()), then: .arguments)
    }

    private mutating func takeArgument(_ byte: UInt8) {
        if value.isAfter(byte) {
            flush()
            enter(String(ToolCallFormat.afterArguments.dropFirst()), then: .content)
        } else {
            bytes.append(byte)
        }
    }

    private mutating func flush() {
        guard !bytes.isEmpty else { return }
        let text = String(decoding: bytes, as: UTF8.self)
        bytes = []
        if case .arguments = place { parts.append(.arguments(text)) } else { parts.append(.content(text)) }
    }
}

/// Finds the brace that follows a JSON value inside of an object.
private struct JSONValueEnd {
    private var depth = 0
    private var isInString = false
    private var isEscaped = false

    /// Whether the value ended before this byte.
    mutating func isAfter(_ byte: UInt8) -> Bool {
        if isInString {
            if isEscaped { isEscaped = false } else if byte == 0x5C { isEscaped = true } else if byte == 0x22 { isInString = false }
            return false
        }
        switch byte {
        case 0x22: isInString = true
        case 0x7B, 0x5B: depth += 1
        case 0x7D, 0x5D:
            if depth == 0 { return true }
            depth -= 1
        default: break
        }
        return false
    }
}
