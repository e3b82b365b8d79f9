import NIOCore
import Synchronization

/// A message for every WebSocket that listens to a thread.
struct SocketDelivery: Sendable {
    var message: JSON
}

/// Who listens to which thread.
final class Hub: Sendable {
    /// Of one thread.
    private static let capacity = 256

    private let listeners = Mutex<[String: [ObjectIdentifier: any Channel]]>([:])

    func add(_ channel: any Channel, to thread: String) {
        let key = ObjectIdentifier(channel)
        let isNew = listeners.withLock { all in
            guard all[thread]?[key] == nil, (all[thread]?.count ?? 0) < Self.capacity else { return false }
            all[thread, default: [:]][key] = channel
            return true
        }
        guard isNew else { return }
        channel.closeFuture.whenComplete { [self] _ in
            listeners.withLock { all in
                all[thread]?[key] = nil
                if all[thread]?.isEmpty == true { all[thread] = nil }
            }
        }
    }

    func tell(_ thread: String, _ message: JSON) {
        for channel in listeners.withLock({ Array($0[thread, default: [:]].values) }) {
            channel.pipeline.fireUserInboundEventTriggered(SocketDelivery(message: message))
        }
    }
}
