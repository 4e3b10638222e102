/// The pages there are, by the name of their file in `Pages`.
enum Page: String, Sendable, CaseIterable {
    case home, things, thing, tile, rules, rule, models, model, add, confirm, chat, settings, keys, problem, networks, network, version,
        training, job,
        recipe
    case signIn = "sign-in"
    case `try`
    case newTraining = "new-training"
    case trainingForm = "training-form"
    /// Parts of pages.
    case frame, rows, state, trouble, offline, dialog, facts, curve, losses
    case history
    case newRule = "new-rule"
    case thingRows = "thing-rows"
    case thingProperties = "thing-properties"
    case confirmThing = "confirm-thing"
    case networkRows = "network-rows"
    case trainingRows = "training-rows"
    case jobActs = "job-acts"
    case jobProgress = "job-progress"
    case jobLog = "job-log"
    case jobResults = "job-results"
}
