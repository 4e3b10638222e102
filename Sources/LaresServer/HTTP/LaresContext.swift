import Foundation
public import Hummingbird
public import LaresAccess
import Logging
public import NIOCore

/// What every handler knows of the request it answers.
///
/// Middleware fills the fields in the order it runs: the request's id first, then who is asking, then their language.
public struct LaresContext: RequestContext {
    /// What Hummingbird keeps for every request.
    public var coreContext: CoreRequestContextStorage
    /// The connection (HTTP/1) or stream (HTTP/2) the request came on.
    public let channel: any Channel
    /// The id that the answer carries as `x-request-id` and that log lines name.
    public var requestID: String
    /// Who is asking; ``Caller/anonymous`` until the access middleware has looked.
    public var caller: Caller = .anonymous
    /// The language the person reads, from the `lang` cookie or `Accept-Language`.
    public var language: Language = .english

    /// The context of a request that has just come in.
    public init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
        requestID = source.logger[metadataKey: "hb.request.id"].map { "req_\($0)" } ?? "req_0"
    }
}

extension LaresContext {
    /// A part of the address, decoded; nil when there is none, or one that can't be.
    func parameter(_ name: String) -> String? {
        parameters.get(name).flatMap { $0.utf8.contains(UInt8(ascii: "%")) ? $0.removingPercentEncoding : $0 }
    }

    /// Who may change what Lares holds.
    ///
    /// - Throws: ``APIError`` (403) for everybody else.
    func requireAdministrator() throws {
        guard caller.mayAdminister else {
            throw APIError(
                .forbidden, type: "permission_error", code: "not_allowed",
                "the key '\(caller.name)' may ask models, not change models and keys: use one made with `lares keys add NAME --admin`")
        }
    }
}

/// Who is asking: the holder of a key, a person at this machine, or nobody known.
public struct Caller: Sendable, Hashable {
    /// Who it is, as policies and the audit log know them.
    public let principal: Principal

    /// A name for fair queueing, metrics and the access log; never the key itself.
    public var name: String { principal.name }
    /// True when the caller may change what Lares holds (models, keys).
    public var mayAdminister: Bool { principal.mayAdminister }
    /// True when the caller may make and change rules and schedules.
    var mayMakeRules: Bool { principal.roles.allSatisfy(\.mayMakeRules) }
    /// True when rules that hear of what they did aren't trusted then: they may not make rules, and start none that do what is dangerous.
    var isDoubted: Bool { !mayMakeRules }
    /// True when the caller may have things do something.
    var mayControl: Bool { principal.roles.allSatisfy(\.mayControl) }
    /// The id of the key they showed; nil for callers without one.
    public var keyID: String? { principal.keyID }

    /// - Parameters:
    ///   - name: A name for fair queueing and the log.
    ///   - mayAdminister: True when the caller may change models and keys.
    ///   - keyID: The id of the key they showed.
    public init(name: String, mayAdminister: Bool, keyID: String? = nil) {
        self.init(Principal(name: name, keyID: keyID, mayAdminister: mayAdminister))
    }

    /// The holder of a key.
    public init(_ principal: Principal) { self.principal = principal }

    /// True for a person or program on this machine who needed no key: they may name files of this machine.
    public var isLocal: Bool { self == .local }

    /// Nobody known yet.
    public static let anonymous = Caller(name: "anonymous", mayAdminister: false)
    /// A person or program on this machine, when Lares listens on loopback only and asks for no key.
    public static let local = Caller(name: "local", mayAdminister: true)
}
