import NIOCore
import Synchronization

/// What all connections of one ingress share.
final class IngressCore: Sendable {
    let instances: any InstanceSource
    let faults: Faults
    let pool = UpstreamPool()
    let streams = UpstreamStreams()
    private let routes = Mutex(Routes())
    private let openByRevision = Mutex<[String: Int]>([:])
    private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])

    init(instances: any InstanceSource, faults: Faults) {
        self.instances = instances
        self.faults = faults
    }

    var currentRoutes: Routes {
        get { routes.withLock { $0 } }
        set { routes.withLock { $0 = newValue } }
    }

    func opened(revision: String) {
        openByRevision.withLock { $0[revision, default: 0] += 1 }
    }

    func closed(revision: String) {
        openByRevision.withLock { counts in
            let left = (counts[revision] ?? 0) - 1
            counts[revision] = left > 0 ? left : nil
        }
    }

    func openConnections(revision: String) -> Int {
        openByRevision.withLock { $0[revision] ?? 0 }
    }

    /// Remembers an accepted connection until it closes, so that stopping can close it.
    func track(_ channel: any Channel) {
        let key = ObjectIdentifier(channel)
        channels.withLock { $0[key] = channel }
        channel.closeFuture.whenComplete { [self] _ in
            _ = channels.withLock { $0.removeValue(forKey: key) }
        }
    }

    func closeAll() async {
        for channel in channels.withLock({ Array($0.values) }) {
            channel.close(promise: nil)
            // A connection that was closed already is what is wanted.
            try? await channel.closeFuture.get()
        }
        pool.closeAll()
        streams.closeAll()
    }
}
