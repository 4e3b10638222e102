public import Foundation
internal import Synchronization

/// A message of a device, without what it says.
public struct DeviceMessage: Sendable, Hashable {
    /// The thing that listens on the topic, or that has others on it.
    public let thing: ThingID
    /// The topic.
    public let topic: String
    /// Bytes of its payload.
    public let bytes: Int

    /// A message.
    public init(thing: ThingID, topic: String, bytes: Int) { (self.thing, self.topic, self.bytes) = (thing, topic, bytes) }
}

/// Is told of every message that a known device publishes, on the connection's thread and before the broker hears that it arrived: it must be quick.
public protocol MessageTap: Sendable {
    /// Messages in their order.
    func heard(_ messages: [DeviceMessage], at date: Date)
}

extension Home {
    /// Has all messages of devices told from now on, besides what they say; nil: no more.
    public func tap(_ tap: (any MessageTap)?) { state.withLock { $0.tap = tap } }

    /// Has what cameras publish on `lares/cameras/NAME/detections` given to somebody, on the connection's thread; nil: to nobody.
    public func tapCameras(_ body: (@Sendable (MQTTMessage) -> Void)?) { state.withLock { $0.cameras = body } }

    func hearCameras(_ messages: [MQTTMessage]) {
        guard let body = state.withLock(\.cameras) else { return }
        for message in messages where !message.isRetained && message.topic.hasPrefix("lares/cameras/") { body(message) }
    }

    /// What a tap is told; retained messages are from before.
    func tapped(_ messages: [MQTTMessage]) -> (tap: any MessageTap, messages: [DeviceMessage])? {
        state.withLock { state in
            guard let tap = state.tap else { return nil }
            let heard = messages.compactMap { message -> DeviceMessage? in
                guard !message.isRetained, let thing = state.speaker(on: message.topic) else { return nil }
                return DeviceMessage(thing: thing, topic: message.topic, bytes: message.payload.count)
            }
            return heard.isEmpty ? nil : (tap, heard)
        }
    }
}

extension Home.State {
    /// The one thing that reports on a topic, or on one above or beside it ("hall-lamp/state" for "hall-lamp/debug"); nil: nobody does, several do, or it
    /// is where commands go.
    mutating func speaker(on topic: String) -> ThingID? {
        if let thing = model.listeningThing(on: topic) {
            speakers.note(topic, thing)
            return thing
        }
        return model.isHeard(topic) || model.commandTopics.isAnyones(topic) ? nil : speakers.owner(near: topic)
    }
}

extension HomeModel {
    /// The thing whose reports are on a topic; nil: nobody's, or several things'.
    fileprivate func listeningThing(on topic: String) -> ThingID? {
        guard let listeners = listeners[topic], let thing = listeners.first.flatMap({ installed[$0.part]?.thing }) else { return nil }
        return listeners.allSatisfy { installed[$0.part]?.thing == thing } ? thing : nil
    }
}
