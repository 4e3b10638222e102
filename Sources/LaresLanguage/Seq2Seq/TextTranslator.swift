import LaresNeural
import LaresTensor

/// A translator of texts with its symbols: what a ``TranslatorTraining`` makes, files keep and the registry serves.
///
/// ```swift
/// let pairs = try TextPairs(contentsOf: "dates.tsv")
/// let translator = try TranslatorTraining().run(on: pairs)
/// try translator.write(to: "dates.safetensors")
/// print(try translator(["the 4th of July 1976"]))       // ["1976-07-04"]
/// ```
public struct TextTranslator: Sendable {
    /// What reads and writes.
    public enum Cell: String, Sendable, Hashable, CaseIterable {
        case lstm, gru, transformer
    }

    /// What a symbol is.
    public enum Unit: String, Sendable, Hashable, CaseIterable {
        /// A character, as people count them.
        case characters
        /// What stands between spaces.
        case words

        /// The symbols of a text.
        func symbols(of text: String) -> [String] {
            self == .characters ? text.map(String.init) : text.split(separator: " ").map(String.init)
        }

        /// The text of symbols.
        func text(of symbols: [String]) -> String { symbols.joined(separator: self == .characters ? "" : " ") }
    }

    /// How it is built.
    public struct Form: Sendable, Hashable {
        /// What reads and writes.
        public var cell = Cell.lstm
        /// What a symbol is.
        public var unit = Unit.characters
        /// Numbers that a symbol is in the network, 16 to 1,024 in steps of 16.
        public var width = 128
        /// Symbols of the longest text that is read, and of the longest that is written.
        public var longestSource = 128, longestTarget = 128

        /// LSTMs over characters.
        public init() {}

        /// - Throws: ``TranslatorError`` with code `badSetting`.
        func check() throws(TranslatorError) {
            guard (16...1_024).contains(width), width.isMultiple(of: 16) else {
                throw TranslatorError(.badSetting, "a width of \(width): use 16 to 1,024 in steps of 16")
            }
            guard (1...Self.longest).contains(longestSource), (1...Self.longest).contains(longestTarget) else {
                throw TranslatorError(
                    .badSetting, "texts of \(longestSource) and \(longestTarget) symbols: there may be 1 to \(Self.longest)")
            }
        }

        /// Symbols that a text may have at most.
        public static let longest = 1_024
    }

    /// How it is built.
    public let form: Form
    /// What it reads, and what it writes.
    public let source: SymbolTable, target: SymbolTable
    /// Percent of the pairs held back in training that it writes exactly; nil where none were.
    public internal(set) var exact: Double?
    var model: any Translator

    /// One that has learnt nothing yet.
    init(_ form: Form, _ source: SymbolTable, _ target: SymbolTable, dropout: Float, using random: inout SeededRandom) {
        (self.form, self.source, self.target) = (form, source, target)
        let (sources, targets, width) = (source.count, target.count, form.width)
        model =
            switch form.cell {
            case .lstm: RecurrentTranslator<LSTM>(sources, targets, width: width, dropout: dropout, using: &random)
            case .gru: RecurrentTranslator<GRU>(sources, targets, width: width, dropout: dropout, using: &random)
            case .transformer:
                TransformerTranslator(
                    sources, targets, width: width, dropout: dropout, longest: max(form.longestSource, form.longestTarget) + 1,
                    using: &random)
            }
    }

    /// What it writes for each text.
    ///
    /// - Parameters:
    ///   - texts: Texts of at most ``Form/longestSource`` symbols each. One symbol stands for all that it hasn't learnt; in files of the first programs
    ///     none does.
    ///   - beams: Sequences that are kept for each text; 1 is greedy.
    ///   - between: Called before every group of texts and every symbol of it; what it throws ends the translation.
    /// - Throws: ``TranslatorError``: `unknownSymbol`, `badText`; what `between` throws.
    public func callAsFunction(_ texts: [String], beams: Int = 4, between: () throws -> Void = {}) throws -> [String] {
        var numbers: [[Int32]] = []
        for text in texts { numbers.append(try encode(text)) }
        return try written(for: numbers, beams: max(1, min(beams, 64)), between: between)
    }

    private func encode(_ text: String) throws(TranslatorError) -> [Int32] {
        let symbols = form.unit.symbols(of: text)
        guard !symbols.isEmpty, symbols.count <= form.longestSource else {
            throw TranslatorError(
                .badText, "a text of \(symbols.count) \(form.unit.rawValue): this translator reads 1 to \(form.longestSource)")
        }
        if let numbers = source.encode(symbols) { return numbers }
        let unknown = symbols.first { source.encode([$0]) == nil } ?? ""
        throw TranslatorError(.unknownSymbol, "'\(unknown.prefix(60))' in '\(text.prefix(60))' was in no text that it learnt from")
    }

    /// The texts for sources, side by side where they are of one length.
    func written(for sources: [[Int32]], beams: Int, between: () throws -> Void) rethrows -> [String] {
        var result = [String](repeating: "", count: sources.count)
        for group in Dictionary(grouping: sources.indices, by: { sources[$0].count }).values {
            for start in stride(from: 0, to: group.count, by: 64) {
                let part = group[start..<min(start + 64, group.count)]
                // One more for its end.
                let numbers = part.map { sources[$0] }, longest = form.longestTarget + 1
                let found = try model.translate(numbers, beams: beams, longest: longest, between: between)
                for (place, symbols) in zip(part, found) { result[place] = form.unit.text(of: target.decode(symbols)) }
            }
        }
        return result
    }
}

/// Why a translator can't be trained, read, written or asked.
public struct TranslatorError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of problem it is.
    public struct Code: Hashable, Sendable {
        private let name: String
        private init(_ name: String) { self.name = name }
        /// A setting outside its range.
        public static let badSetting = Code("badSetting")
        /// Pairs that can't be learnt from.
        public static let badPairs = Code("badPairs")
        /// A text that is empty or too long.
        public static let badText = Code("badText")
        /// A text with a symbol that isn't known.
        public static let unknownSymbol = Code("unknownSymbol")
        /// A file that holds no translator, or a damaged one.
        public static let malformed = Code("malformed")
    }

    /// What kind of problem it is, for programs.
    public let code: Code
    /// What is wrong, where, and what to do, for people.
    public let message: String
    /// The message.
    public var description: String { message }

    init(_ code: Code, _ message: String) { (self.code, self.message) = (code, message) }
}
