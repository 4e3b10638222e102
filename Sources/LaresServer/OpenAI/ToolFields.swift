import LaresJSON
package import LaresServing

/// The tools of a chat request, and which of them shall be called.
package struct ToolRequest: Sendable, Hashable {
    /// The tools, when they may be called.
    package var use: ToolUse?
    /// Whether one tool was named to be called; such an answer ends with `stop`, as at OpenAI.
    package var isNamed = false
}

extension Fields {
    static let mostTools = 128
    static let mostToolBytes = 1 << 20

    /// `tools`, `tool_choice` and `parallel_tool_calls`.
    func toolRequest() throws -> ToolRequest {
        let tools = try tools()
        let isParallel = try bool("parallel_tool_calls") ?? true
        var request = ToolRequest(use: tools.isEmpty ? nil : ToolUse(tools, isParallel: isParallel))
        try choose(&request)
        return request
    }

    private func tools() throws -> [Tool] {
        guard let value = value("tools") else { return [] }
        guard let elements = value.elements else { throw wrongType("tools", "an array", value) }
        guard elements.count <= Self.mostTools else {
            throw APIError.invalid("'tools' has \(elements.count) tools; \(Self.mostTools) is the most", param: "tools")
        }
        let tools = try elements.enumerated().map { try Fields($1, name: name("tools[\($0)]")).tool() }
        guard tools.reduce(0, { $0 + $1.definition.utf8.count }) <= Self.mostToolBytes else {
            throw APIError.invalid("'tools' has more than \(Self.mostToolBytes) bytes", param: "tools")
        }
        var names: Set<String> = []
        for tool in tools where !names.insert(tool.name).inserted {
            throw APIError.invalid("two tools have the name '\(tool.name)': give them different names", param: "tools")
        }
        return tools
    }

    private func tool() throws -> Tool {
        let type = try requiredString("type")
        guard type == "function" else {
            throw APIError.unsupported(
                name("type"), "tools of the type '\(type.prefix(40))' are not supported: Lares has tools of the type 'function'")
        }
        guard let function = try fields("function") else { throw missing("function") }
        let toolName = try function.functionName("name")
        var described: JSON.Members = ["name": .string(toolName)]
        if let text = try function.string("description") { described.append("description", .string(text)) }
        _ = try function.bool("strict")
        let parameters = try function.parameters()
        described.append("parameters", parameters)
        let definition: JSON = ["type": "function", "function": .object(described)]
        return Tool(
            name: toolName, definition: definition.serialized, parameters: try function.schema("parameters", parameters))
    }

    /// A schema for an object. Left out, the tool has no parameters.
    private func parameters() throws -> JSON {
        guard let value = value("parameters") else {
            return ["type": "object", "properties": .object([:]), "additionalProperties": false]
        }
        guard case .object(var members) = value else { throw wrongType("parameters", "a JSON Schema for an object", value) }
        if members["type"] == nil { members.append("type", "object") }
        guard members["type"] == "object" else {
            throw APIError.invalid(
                "'\(name("parameters.type"))' must be 'object': a tool's arguments have names", param: name("parameters.type"))
        }
        return .object(members)
    }

    private func choose(_ request: inout ToolRequest) throws {
        guard let choice = value("tool_choice") else { return }
        switch choice {
        case "auto": return
        case "none": request.use = nil
        case "required":
            guard request.use != nil else { throw withoutTools }
            request.use?.isRequired = true
        case .object: try choose(&request, fields("tool_choice"))
        default: throw APIError.invalid("'tool_choice' must be auto, none, required or an object that names a tool", param: "tool_choice")
        }
    }

    private func choose(_ request: inout ToolRequest, _ choice: Fields?) throws {
        guard let choice, let tools = request.use?.tools else { throw withoutTools }
        switch try choice.requiredString("type") {
        case "function":
            request.use?.callable = [try choice.chosenName(among: tools)]
            request.use?.isRequired = true
            request.use?.isParallel = false
            request.isNamed = true
        case "allowed_tools":
            // The client libraries write the object both ways.
            let allowed = try choice.fields("allowed_tools") ?? choice
            let mode = try allowed.requiredString("mode")
            guard mode == "auto" || mode == "required" else {
                throw APIError.invalid("'\(allowed.name("mode"))' must be auto or required", param: allowed.name("mode"))
            }
            request.use?.isRequired = mode == "required"
            request.use?.callable = try allowed.allowedNames(among: tools)
        case let type:
            throw APIError.unsupported(
                choice.name("type"), "'tool_choice' of type '\(type.prefix(40))' is not supported: function and allowed_tools are")
        }
    }

    private func allowedNames(among tools: [Tool]) throws -> [String] {
        let value = try required("tools")
        guard let elements = value.elements, !elements.isEmpty else { throw wrongType("tools", "an array of tools", value) }
        return try elements.enumerated().map { try Fields($1, name: name("tools[\($0)]")).chosenName(among: tools) }
    }

    private func chosenName(among tools: [Tool]) throws -> String {
        guard let function = try fields("function") else { throw missing("function") }
        let wanted = try function.requiredString("name")
        guard tools.contains(where: { $0.name == wanted }) else {
            throw APIError.invalid(
                "'\(function.name("name"))' is '\(wanted.prefix(64))', which is not one of 'tools'", param: "tool_choice")
        }
        return wanted
    }

    private var withoutTools: APIError {
        APIError.invalid("'tool_choice' asks for a tool, and there are none: give 'tools'", param: "tool_choice")
    }
}
