/// Something done to the place itself.
public struct AuditAct: Sendable, Hashable, CustomStringConvertible {
    /// The act as it is stored: "key.made".
    public let description: String

    /// An act of a later version, as it was stored.
    public init(_ description: String) { self.description = description }

    /// A key was made.
    public static let keyMade = AuditAct("key.made")
    /// A key was revoked.
    public static let keyRevoked = AuditAct("key.revoked")
    /// A model was downloaded.
    public static let modelPulled = AuditAct("model.pulled")
    /// A model was taken from a file.
    public static let modelImported = AuditAct("model.imported")
    /// A model was removed.
    public static let modelRemoved = AuditAct("model.removed")
    /// A version of a network was published.
    public static let versionPublished = AuditAct("version.published")
    /// A version went into production.
    public static let versionPromoted = AuditAct("version.promoted")
    /// The version before went into production again.
    public static let versionRolledBack = AuditAct("version.rolledBack")
    /// A version is tried beside production.
    public static let trialBegun = AuditAct("trial.begun")
    /// A trial was ended.
    public static let trialEnded = AuditAct("trial.ended")
    /// A version, or a network with all its versions, was removed.
    public static let versionRemoved = AuditAct("version.removed")
    /// A name was pointed at a model.
    public static let aliasSet = AuditAct("alias.set")
    /// A training was asked for.
    public static let jobStarted = AuditAct("job.started")
    /// A training that had failed or been cancelled was asked to go on.
    public static let jobResumed = AuditAct("job.resumed")
    /// A training was cancelled, or removed.
    public static let jobCancelled = AuditAct("job.cancelled")
    /// Data to learn from were sent.
    public static let dataAdded = AuditAct("data.added")
    /// Data to learn from were removed.
    public static let dataRemoved = AuditAct("data.removed")
    /// A thing was asked to do something.
    public static let thingSet = AuditAct("thing.set")
    /// A room, a group, a scene, a Zigbee network or what a thing is called was changed.
    public static let homeChanged = AuditAct("home.changed")
    /// A rule was put in place, changed, or switched on or off.
    public static let ruleSet = AuditAct("rule.set")
    /// A rule was taken away.
    public static let ruleRemoved = AuditAct("rule.removed")
    /// An account of a device was made at the broker.
    public static let accountMade = AuditAct("account.made")
    /// An account of a device was removed from the broker.
    public static let accountRemoved = AuditAct("account.removed")
    /// A model or a network was taken into memory by hand.
    public static let modelLoaded = AuditAct("model.loaded")
    /// A model or a network was taken out of memory.
    public static let modelUnloaded = AuditAct("model.unloaded")
    /// A deed that is dangerous may go on.
    public static let deedPermitted = AuditAct("deed.permitted")
    /// A deed was refused.
    public static let deedRefused = AuditAct("deed.refused")
    /// A deed was held until a person says that they mean it.
    public static let deedHeld = AuditAct("deed.held")
    /// A person was asked whether a deed is meant.
    public static let confirmationAsked = AuditAct("confirmation.asked")
    /// A person said yes.
    public static let confirmationApproved = AuditAct("confirmation.approved")
    /// A person said no.
    public static let confirmationDeclined = AuditAct("confirmation.declined")
    /// Nobody said yes in time, or what was meant wasn't begun in time.
    public static let confirmationExpired = AuditAct("confirmation.expired")
    /// A PIN was wrong.
    public static let pinWrong = AuditAct("pin.wrong")
    /// A PIN wasn't looked at, after too many wrong ones.
    public static let pinLocked = AuditAct("pin.locked")
    /// A person got a PIN, or another one.
    public static let pinSet = AuditAct("pin.set")
    /// A person has no PIN any more.
    public static let pinRemoved = AuditAct("pin.removed")
    /// A person was added.
    public static let personAdded = AuditAct("person.added")
    /// A person got another name, role or language.
    public static let personChanged = AuditAct("person.changed")
    /// A person was removed, and their keys were revoked.
    public static let personRemoved = AuditAct("person.removed")
    /// An actuator was ordered to do something.
    public static let orderPlaced = AuditAct("order.placed")
    /// A person took an actuator over from its controller.
    public static let actuatorTaken = AuditAct("actuator.taken")
    /// A person gave an actuator back to its controller.
    public static let actuatorHandedBack = AuditAct("actuator.handedBack")
    /// The street that is run, or how a junction is controlled, was changed.
    public static let trafficSet = AuditAct("traffic.set")
    /// The policy was set.
    public static let policySet = AuditAct("policy.set")
}
