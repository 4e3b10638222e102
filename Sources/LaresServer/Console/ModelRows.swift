import LaresServing

/// The models of this machine as rows, and the sentence above them.
struct ModelRows {
    let models: [ModelDescription]
    let status: ServingStatus
    let amount: Amount
    let isShared: Bool

    private var words: Words { amount.words }

    /// The models in use first, then by name.
    var rows: [[String: Any]] {
        models.sorted { ($0.state.order, $0.name) < ($1.state.order, $1.name) }.map(row)
    }

    /// One sentence that says how things are.
    var sentence: String {
        if status.state == .draining { return words("models.sentence.draining") }
        let total = amount.gigabytes(status.memoryBudget)
        let serving = models.count { $0.state == .serving }
        let used = amount.gigabytes(status.memoryUsed)
        if isShared { return words("models.sentence.shared", ["serving": "\(serving)", "used": used, "total": total]) }
        if serving == 0, status.memoryUsed == 0 { return words("models.sentence.none", ["total": total]) }
        return words("models.sentence.local", ["serving": "\(serving)", "used": used, "total": total])
    }

    private func row(_ model: ModelDescription) -> [String: Any] {
        model.state.fields(words).merging([
            "name": model.name, "href": model.page, "about": about(model), "speed": amount.rate(model.tokensPerSecond),
            "size": amount.bytes(model.fileBytes), "memory": model.memoryBytes.map(amount.bytes) ?? words("unit.none"),
        ]) { $1 }
    }

    private func about(_ model: ModelDescription) -> String {
        let kind = words("kind.\(model.kind.rawValue)")
        guard let quantisation = model.quantisation else { return words("about.two", ["a": kind, "b": model.family]) }
        return words("about.three", ["a": kind, "b": model.family, "c": quantisation])
    }
}

extension ModelState {
    /// Where models of this state stand in a list.
    var order: Int {
        switch self {
        case .serving: 0
        case .loading: 1
        case .failed: 2
        case .stored: 3
        }
    }

    /// The last part of catalogue keys.
    var key: String {
        switch self {
        case .serving: "serving"
        case .loading: "loading"
        case .failed: "failed"
        case .stored: "stored"
        }
    }

    /// The fields of the template `state`: icon, word and colour, always all three.
    func fields(_ words: Words) -> [String: Any] {
        let looks =
            switch self {
            case .serving: (tone: "ok", icon: "play")
            case .loading: (tone: "info", icon: "clock")
            case .failed: (tone: "bad", icon: "alert")
            case .stored: (tone: "", icon: "off")
            }
        return ["state": words("state.\(key)"), "tone": looks.tone, "stateIcon": looks.icon]
    }
}

extension ModelDescription {
    /// The address of its page.
    var page: String { "/models/" + name.pathEscaped }
}

extension String {
    /// One segment of a path (RFC 3986 §3.3: unreserved characters stay).
    var pathEscaped: String {
        utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                String(UnicodeScalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }
}
