import LaresAccess
import LaresJSON
import LaresPlaces
import LaresThings

/// A home that moves at somebody's wish, with the policy, which only an owner replaces.
struct HomeMoving: Sendable {
    let services: HomeServices
    let automations: Automations?
    let times: Timekeeper?
    let policies: PolicyStore?
    let principal: Principal

    private var transfer: HomeTransfer {
        let sections = HomeTransfer.sections(
            services.home, services.store, automations, times, Home.readers(below: services.home.discovery))
        return HomeTransfer(sections + (policy.map { [$0 as any MovingSection] } ?? []))
    }

    private var policy: PolicySection? {
        policies.map { [principal] policies in
            PolicySection(
                policies.database,
                current: { try policies.written(in: $0).map(Self.json) },
                checked: { json, names in try Self.json(HomePolicy(parsing: json.serialized).calling(things: names)) },
                put: { try policies.write(HomePolicy(parsing: $0.serialized), by: principal, in: $1) })
        }
    }

    private static func json(_ policy: HomePolicy) throws -> JSON { try JSON(parsing: Array(policy.text.utf8)) }

    /// The home as it is now. Throws an error of a database.
    func export() throws -> HomeFile { try transfer.export() }

    /// Plans an import, or does it: nothing is written before whoever would replace the policy has shown that they may.
    ///
    /// - Throws: ``MovingError``; ``AccessError``: `notAllowed`, those of a PIN; an error of a database.
    func carryOut(_ order: MovingOrder, _ assurance: Assurance) async throws -> JSON {
        let transfer = transfer
        if order.applies, let policies {
            try await offTheThreads { [principal] in
                let changes = try transfer.plan(order.file, order.policy).section(PolicySection.name)?.changes ?? []
                if changes.contains(where: { $0.outcome != nil }) { try policies.requireOwner(principal, assurance) }
            }
        }
        let answer = try await order.carryOut(by: transfer)
        if order.applies { try? await automations?.move(to: services.store.site()) }
        return answer
    }
}
