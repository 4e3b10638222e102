import Foundation
import HTTPTypes
import Hummingbird
import LaresThings

/// The page of the broker: who is connected, and whose accounts there are, for owners.
struct BrokerPages: Sendable {
    let console: Console
    let services: HomeServices

    func addRoutes(to router: Router<LaresContext>) { router.get("/broker", use: show) }

    /// How the broker stands, in a sentence.
    static func sentence(_ services: HomeServices, _ words: Words) -> String {
        let status = services.home.status
        guard status.state == .connected else { return words("broker.away", ["reason": status.reason?.printable ?? words("unit.none")]) }
        guard let broker = services.broker else { return words("broker.other", ["version": status.version ?? ""]) }
        return words(
            "broker.own",
            ["address": "\(broker.settings.host):\(broker.settings.port)", "n": "\(max(0, broker.log.clients.count - 1))"])
    }

    @Sendable private func show(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.administer(request, context) { viewer, _ in
            let words = console.words(viewer), clients = services.broker.map { Array($0.log.clients.values) } ?? []
            var (accounts, trouble) = ([BrokerAccounts.Account](), Trouble?.none)
            if let control = services.control {
                do throws(ThingsError) { accounts = try await control.accounts() } catch {
                    trouble = Trouble(words("broker.noAnswer"), detail: error.message)
                }
            }
            var fields: [String: Any] = [
                "sentence": Self.sentence(services, words), "isOwn": services.broker != nil,
                "unguarded": services.home.guardTrouble?.printable ?? false,
                "clients": rows(clients, console.amount(viewer)), "anyClients": !clients.isEmpty,
                "accounts": accounts.map { row($0, clients, words) }, "anyAccounts": !accounts.isEmpty,
            ]
            fields.merge(Trouble.fields(trouble, title: words("broker.wrong"))) { $1 }
            return try console.html(.broker, title: words("things.broker"), fields, viewer: viewer)
        }
    }

    private func rows(_ clients: [BrokerLog.Client], _ amount: Amount) -> [[String: Any]] {
        let now = Date()
        return clients.sorted { ($0.user ?? "", $0.id) < ($1.user ?? "", $1.id) }.map { client in
            [
                "client": client.id.printable, "user": client.user?.printable ?? amount.words("unit.none"),
                "from": client.address.printable, "exact": amount.exact(client.since), "since": amount.ago(client.since, now: now),
                "speaks": "MQTT \(client.version)",
            ]
        }
    }

    private func row(_ account: BrokerAccounts.Account, _ clients: [BrokerLog.Client], _ words: Words) -> [String: Any] {
        [
            "account": account.name.printable, "topics": account.topics.map(\.printable).joined(separator: words("list.comma")),
            "connected": "\(clients.count { $0.user == account.name })",
        ]
    }
}
