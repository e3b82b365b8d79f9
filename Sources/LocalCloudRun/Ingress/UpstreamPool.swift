import NIOCore
import NIOPosix
import Synchronization

/// Idle connections to containers, by event loop: both sides of a request live on one loop and share state unlocked.
final class UpstreamPool: Sendable {
    struct Key: Hashable, Sendable {
        let eventLoop: ObjectIdentifier
        /// Engines give an address out again: it may be another instance's by now, this name never is.
        let instance: String
        let host: String
        let port: Int
    }

    private static let limitPerInstance = 64
    private let idle = Mutex<[Key: [NIOLoopBound<UpstreamConnection>]]>([:])

    /// The connection used last, as it is the least likely to be closed by now.
    func take(_ key: Key) -> UpstreamConnection? {
        while let candidate = popLast(key)?.value {
            if candidate.isActive { return candidate }
        }
        return nil
    }

    private func popLast(_ key: Key) -> NIOLoopBound<UpstreamConnection>? {
        idle.withLock { idle in
            let last = idle[key]?.popLast()
            if idle[key]?.isEmpty == true { idle[key] = nil }
            return last
        }
    }

    func put(_ connection: UpstreamConnection) {
        let bound = NIOLoopBound(connection, eventLoop: connection.channel.eventLoop)
        let isKept = idle.withLock { idle in
            guard idle[connection.key, default: []].count < Self.limitPerInstance else { return false }
            idle[connection.key, default: []].append(bound)
            return true
        }
        if !isKept { connection.close() }
    }

    func remove(_ connection: UpstreamConnection) {
        idle.withLock { idle in
            guard var left = idle[connection.key] else { return }
            left.removeAll { $0.value === connection }
            idle[connection.key] = left.isEmpty ? nil : left
        }
    }

    func closeAll() {
        for connection in idle.withLock({ $0.values.flatMap { $0 } }) {
            connection.eventLoop.execute { connection.value.close() }
        }
    }

    /// A new connection on the caller's own event loop.
    func connect(_ key: Key, on eventLoop: any EventLoop) -> EventLoopFuture<NIOLoopBound<UpstreamConnection>> {
        ClientBootstrap(group: eventLoop)
            .connectTimeout(.seconds(5))
            .channelOption(.autoRead, value: false)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connect(host: key.host, port: key.port)
            .flatMapThrowing { [self] channel in
                let connection = try UpstreamConnection(channel: channel, key: key, pool: self)
                return NIOLoopBound(connection, eventLoop: channel.eventLoop)
            }
    }
}
