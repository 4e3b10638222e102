internal import Foundation
import LaresCrypto
internal import LaresJSON

/// Accounts of devices at the broker that Lares started, kept by mosquitto's plugin for dynamic security.
///
/// A device may publish and subscribe below its own topics, announce itself, and hear that Lares is there. It may not publish where things take commands,
/// not even its own: only Lares sends commands (``Rule``).
public struct BrokerAccounts: Sendable {
    /// An account.
    public struct Account: Sendable, Hashable {
        /// Its name.
        public let name: String
        /// The beginnings of its topics.
        public let topics: [String]

        /// An account; nil unless the name has 1 to 60 lower-case letters, digits, "_" and "-", and there are 1 to 20 beginnings without wildcards.
        public init?(name: String, topics: [String]) {
            guard AreaID(name) != nil, !name.hasPrefix("lares"), (1...20).contains(topics.count), topics.allSatisfy(TopicName.isTopic),
                topics.allSatisfy({ !$0.hasPrefix("$") && !$0.hasSuffix("/") && $0.utf8.count <= 200 })
            else { return nil }
            (self.name, self.topics) = (name, topics)
        }
    }

    static let topic = "$CONTROL/dynamic-security/v1"

    /// What the plugin starts with: the home, which may do everything but make accounts, and who makes them, and may do nothing else.
    static func beginning(home: String, control: String) -> String {
        func role(_ name: String, _ topics: [String]) -> JSON {
            let rules = topics.flatMap { topic in
                ["publishClientSend", "publishClientReceive", "subscribePattern"].map { Rule($0, topic).json }
            }
            return ["rolename": .string(name), "acls": .array(rules)]
        }
        let file: JSON = [
            "defaultACLAccess": ["publishClientSend": false, "publishClientReceive": true, "subscribe": false, "unsubscribe": true],
            "clients": [client("lares", home), client("lares-control", control)],
            "groups": [],
            "roles": [role("lares", ["#", "$SYS/#"]), role("lares-control", ["$CONTROL/#"])],
        ]
        return file.indented
    }

    private static func client(_ name: String, _ password: String) -> JSON {
        let iterations = 101
        let salt = Secrets.random(12)
        // As mosquitto keeps passwords.
        let hash = Secrets.pbkdf2(Array(password.utf8), salt: salt, rounds: Int32(iterations))
        return [
            "username": .string(name), "roles": [["rolename": .string(name)]], "password": .string(Data(hash).base64EncodedString()),
            "salt": .string(Data(salt).base64EncodedString()), "iterations": .int(iterations),
        ]
    }

    /// What the broker is told for a new account.
    static func creation(of account: Account, password: String, below discovery: DiscoveryPrefix) -> [JSON] {
        let role = JSON.string("device-" + account.name)
        let name = JSON.string(account.name)
        return [
            ["command": "createRole", "rolename": role, "acls": .array(rules(for: account, besides: [], below: discovery).map(\.json))],
            ["command": "createClient", "username": name, "password": .string(password), "roles": [["rolename": role]]],
        ]
    }

    /// What the broker is told for an account that is to be gone; whoever uses it is disconnected.
    static func removal(of name: String) -> [JSON] {
        [
            ["command": "deleteClient", "username": .string(name)], ["command": "deleteRole", "rolename": .string("device-" + name)],
        ]
    }

    static let list: [JSON] = [["command": "listRoles", "verbose": true, "count": -1, "offset": 0]]

    /// The message that tells the broker; the answers bear its mark, so that they can be told from those to others.
    static func message(_ commands: [JSON], mark: String) -> MQTTMessage {
        let marked = commands.map { command -> JSON in
            guard case .object(var members) = command else { return command }
            members["correlationData"] = .string(mark)
            return .object(members)
        }
        let body: JSON = ["commands": .array(marked)]
        return MQTTMessage(topic, body.data, quality: .atLeastOnce)
    }

    /// Whether a message answers the commands with a mark.
    static func isAnswer(_ message: MQTTMessage, to mark: String) -> Bool {
        guard message.topic == topic + "/response", let json = try? JSON(parsing: message.payload) else { return false }
        return json["responses"]?.elements?.contains { $0["correlationData"]?.text == mark } ?? false
    }

    /// The accounts in an answer to ``list``, and what they may; nil if it is none.
    static func accounts(in message: MQTTMessage) -> [(account: Account, rules: Set<Rule>)]? {
        guard message.topic == topic + "/response", let json = try? JSON(parsing: message.payload),
            let answer = json["responses"]?.elements?.first(where: { $0["command"]?.text == "listRoles" }),
            let roles = answer["data"]?["roles"]?.elements
        else { return nil }
        return roles.compactMap { role in
            guard let name = role["rolename"]?.text, name.hasPrefix("device-") else { return nil }
            let rules = role["acls"]?.elements?.compactMap(Rule.init) ?? []
            return Account(name: String(name.dropFirst("device-".count)), topics: topics(of: rules)).map { ($0, Set(rules)) }
        }
    }

    /// Why the broker didn't do what it was told; nil if it did, or if it is no answer.
    static func refusal(in message: MQTTMessage) -> String? {
        guard message.topic == topic + "/response", let json = try? JSON(parsing: message.payload) else { return nil }
        return json["responses"]?.elements?.lazy.compactMap { $0["error"]?.text }.first
    }
}
