internal import CYAML

/// One event of libyaml's parser, in Swift's words.
struct YAMLEvent {
    enum Kind: Equatable {
        case streamStart, streamEnd, documentStart, documentEnd, alias
        /// A text; plain ones may mean something else.
        case scalar(String, isPlain: Bool)
        case sequenceStart, sequenceEnd, mappingStart, mappingEnd
    }

    let kind: Kind
    let place: YAMLPlace
    var hasAnchor = false
    var hasTag = false
}

/// libyaml's events of one text.
///
/// The parser keeps a pointer to itself, so it lies where it doesn't move.
struct YAMLEvents {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let text: UnsafeBufferPointer<UInt8>

    /// Has the events of a text read.
    static func of<R>(_ text: UnsafeBufferPointer<UInt8>, _ body: (YAMLEvents) throws(YAMLError) -> R) throws(YAMLError) -> R {
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        defer { parser.deallocate() }
        guard yaml_parser_initialize(parser) == 1 else { throw YAMLError(.tooLarge, YAMLPlace(), "there is no memory to read it") }
        defer { yaml_parser_delete(parser) }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, text.baseAddress, text.count)
        return try body(YAMLEvents(parser: parser, text: text))
    }

    /// The next event; asked for until the stream ends, or something is thrown.
    func next() throws(YAMLError) -> YAMLEvent {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw fault }
        defer { yaml_event_delete(&event) }
        return try Self.event(event)
    }

    private var fault: YAMLError {
        let state = parser.pointee
        let problem = state.problem.map { String(cString: $0) } ?? "it can't be read"
        // Of what isn't UTF-8, or isn't allowed in a text, libyaml only knows the byte.
        let place = state.error == YAML_READER_ERROR ? YAMLPlace(of: state.problem_offset, in: text) : YAMLPlace(state.problem_mark)
        return YAMLError(state.error == YAML_MEMORY_ERROR ? .tooLarge : .syntax, place, "the text is not YAML: \(problem)")
    }

    private static func event(_ event: yaml_event_t) throws(YAMLError) -> YAMLEvent {
        let place = YAMLPlace(event.start_mark), data = event.data
        switch event.type {
        case YAML_STREAM_START_EVENT: return YAMLEvent(kind: .streamStart, place: place)
        case YAML_STREAM_END_EVENT: return YAMLEvent(kind: .streamEnd, place: place)
        case YAML_DOCUMENT_START_EVENT:
            let tags = data.document_start.tag_directives
            return YAMLEvent(kind: .documentStart, place: place, hasTag: tags.start != tags.end)
        case YAML_DOCUMENT_END_EVENT: return YAMLEvent(kind: .documentEnd, place: place)
        case YAML_SCALAR_EVENT:
            let scalar = data.scalar
            let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            return YAMLEvent(
                kind: .scalar(text, isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE), place: place, hasAnchor: scalar.anchor != nil,
                hasTag: scalar.tag != nil)
        case YAML_SEQUENCE_START_EVENT:
            let start = data.sequence_start
            return YAMLEvent(kind: .sequenceStart, place: place, hasAnchor: start.anchor != nil, hasTag: start.tag != nil)
        case YAML_SEQUENCE_END_EVENT: return YAMLEvent(kind: .sequenceEnd, place: place)
        case YAML_MAPPING_START_EVENT:
            let start = data.mapping_start
            return YAMLEvent(kind: .mappingStart, place: place, hasAnchor: start.anchor != nil, hasTag: start.tag != nil)
        case YAML_MAPPING_END_EVENT: return YAMLEvent(kind: .mappingEnd, place: place)
        case YAML_ALIAS_EVENT: return YAMLEvent(kind: .alias, place: place)
        default: throw YAMLError(.syntax, place, "the text is not YAML")
        }
    }
}

extension YAMLPlace {
    init(of offset: Int, in text: UnsafeBufferPointer<UInt8>) {
        self.init()
        for byte in text.prefix(offset) {
            if byte == UInt8(ascii: "\n") { (line, column) = (line + 1, 1) } else if byte & 0xC0 != 0x80 { column += 1 }
        }
    }

    init(_ mark: yaml_mark_t) { self.init(line: Int(clamping: mark.line) &+ 1, column: Int(clamping: mark.column) &+ 1) }
}
