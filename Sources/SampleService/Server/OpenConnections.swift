import NIOCore
import Synchronization

/// Tells every connection that the service is about to end.
struct ServiceStopping: Sendable {}

/// The connections that are open now, so that their number is bounded and a stop can wait for them.
final class OpenConnections: Sendable {
    private static let capacity = 2048

    private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])

    var count: Int { channels.withLock { $0.count } }

    /// False when there are too many already.
    func add(_ channel: any Channel) -> Bool {
        let key = ObjectIdentifier(channel)
        let added = channels.withLock { open in
            guard open.count < Self.capacity else { return false }
            open[key] = channel
            return true
        }
        if added {
            channel.closeFuture.whenComplete { [self] _ in channels.withLock { _ = $0.removeValue(forKey: key) } }
        }
        return added
    }

    /// Idle ones close at once, busy ones after their response.
    func drain() {
        for channel in channels.withLock({ Array($0.values) }) {
            channel.pipeline.fireUserInboundEventTriggered(ServiceStopping())
        }
    }
}
