import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresPlaces
import LaresThings

/// The page of how devices behave: which of them do what they never did, and when each was last heard.
struct DevicePages: Sendable {
    let city: CityPages
    let devices: DeviceWatch

    var console: Console { city.console }

    /// Devices on one page.
    private static let length = 100

    func addRoutes(to router: Router<LaresContext>) { router.get("/devices", use: list) }

    @Sendable private func list(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.page(request, context) { viewer in
            try context.requireAdministrator()
            let words = console.words(viewer), amount = console.amount(viewer)
            let page = min(10_000, max(1, request.queryFields.get("page").flatMap { Int($0) } ?? 1))
            let sight = HomeSight(home: city.services.home, guardian: console.guardian, caller: viewer.caller, path: .console)
            let things = Dictionary(try sight.things().map { ($0.thing.id, $0.thing) }) { $1 }
            let all = devices.json { things[$0] != nil }.elements ?? []
            let odd = all.count { $0["odd"]?.elements?.isEmpty == false }
            let rows = all.dropFirst((page - 1) * Self.length).prefix(Self.length).map { row($0, things, amount) }
            let sentence =
                odd == 0
                ? words("devices.usual", ["n": amount.whole(all.count)])
                : words("devices.sentence", ["n": amount.whole(all.count), "odd": amount.whole(odd)])
            return try console.html(
                .devices, title: words("devices.title"),
                [
                    "sentence": all.isEmpty ? words("devices.none") : sentence, "devices": rows, "any": !rows.isEmpty,
                    "earlier": page > 1 ? "/devices?page=\(page - 1)" : false,
                    "later": page * Self.length < all.count ? "/devices?page=\(page + 1)" : false,
                ] as [String: Any], viewer: viewer)
        }
    }

    private func row(_ device: JSON, _ things: [ThingID: Thing], _ amount: Amount) -> [String: Any] {
        let words = amount.words, id = device["thing"]?.text ?? ""
        let last = device["last_at"]?.number.map { Date(timeIntervalSince1970: $0) }
        let odd = (device["odd"]?.elements ?? []).compactMap(\.text)
        return [
            "href": "/things/" + id,
            "device": ThingID(id).flatMap { things[$0] }.map { ThingWords(amount: amount).name($0) } ?? id.printable,
            "messages": amount.whole(device["messages"]?.number.flatMap { Int(exactly: $0) } ?? 0),
            "ago": last.map { amount.ago($0, now: .now) } ?? words("unit.none"), "exact": last.map(amount.exact) ?? false,
            "states": odd.isEmpty
                ? [["tone": "ok", "stateIcon": "check", "state": words("devices.asUsual")]]
                : odd.map { ["tone": "warn", "stateIcon": "alert", "state": words("devices.odd.\($0)")] },
        ]
    }
}
