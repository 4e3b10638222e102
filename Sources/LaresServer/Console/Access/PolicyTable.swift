import LaresAccess

/// What hazards ask of roles, as a table of choices.
struct PolicyTable {
    let policy: HomePolicy
    let words: Words

    static let hazards: [Deed.Hazard] = [.opens, .disarms, .heats]
    static let roles = Role.allCases.filter { $0 != .viewer }

    /// What may be asked of a role: nothing dangerous is done by an agent without a person.
    private static func answers(of role: Role) -> [HomePolicy.Answer] {
        HomePolicy.Answer.allCases.filter { role != .agent || $0 != .allow }
    }

    private static func field(_ hazard: Deed.Hazard, _ role: Role) -> String { "\(hazard.rawValue)-\(role.rawValue)" }

    /// The fields of the table.
    var fields: [String: Any] {
        [
            "heads": Self.hazards.map { words("hazard.\($0.rawValue)") }, "rows": Self.roles.map(row),
            "seconds": "\(policy.confirmationSeconds)",
        ]
    }

    private func row(_ role: Role) -> [String: Any] {
        let name = words("role.\(role.rawValue)")
        return [
            "role": name,
            "cells": Self.hazards.map { hazard -> [String: Any] in
                let answer = policy.answer(to: hazard, of: role)
                return [
                    "field": Self.field(hazard, role),
                    "spoken": words("policy.cell", ["role": name, "hazard": words("hazard.\(hazard.rawValue)")]),
                    "answers": Self.answers(of: role).map {
                        ["value": $0.rawValue, "label": words("answer.\($0.rawValue)"), "chosen": $0 == answer] as [String: Any]
                    },
                ]
            },
        ]
    }

    /// Takes what a form says; what it leaves out stays.
    static func change(_ policy: inout HomePolicy, _ form: Form) {
        for hazard in hazards {
            for role in roles {
                if let answer = HomePolicy.Answer(rawValue: form[field(hazard, role)]) { policy.set(answer, to: hazard, of: role) }
            }
        }
        if let seconds = Int(form["seconds"]) { policy.confirmationSeconds = min(600, max(10, seconds)) }
    }
}
