import NIOCore
import NIOHTTP2
import NIOPosix
import Synchronization

/// Connections to containers that speak HTTP/2 (their port is named `h2c`). The requests of one event loop to an
/// instance share a connection, each in a stream of its own.
final class UpstreamStreams: Sendable {
    private let connections = Mutex<[UpstreamPool.Key: EventLoopFuture<StreamConnection>]>([:])

    /// A new stream, on the connection that there is unless `pooled` is false, else on a new one.
    func open(
        _ key: UpstreamPool.Key, on eventLoop: any EventLoop, pooled: Bool, pool: UpstreamPool
    ) -> EventLoopFuture<NIOLoopBound<UpstreamConnection>> {
        guard pooled, let known = connections.withLock({ $0[key] }) else {
            return stream(on: connect(key, on: eventLoop), key: key, pool: pool, wasUsed: false)
        }
        return known.flatMap { [self] connection in
            guard connection.takesStreams else {
                return stream(on: connect(key, on: eventLoop), key: key, pool: pool, wasUsed: false)
            }
            return stream(on: known, key: key, pool: pool, wasUsed: true)
        }
    }

    func closeAll() {
        for connection in connections.withLock({ Array($0.values) }) {
            connection.whenSuccess { $0.channel.close(promise: nil) }
        }
    }

    private func stream(
        on connection: EventLoopFuture<StreamConnection>, key: UpstreamPool.Key, pool: UpstreamPool, wasUsed: Bool
    ) -> EventLoopFuture<NIOLoopBound<UpstreamConnection>> {
        connection.flatMap { connection in
            connection.multiplexer.createStreamChannel { stream in
                stream.eventLoop.makeCompletedFuture { try stream.syncOptions?.setOption(.autoRead, value: false) }
            }
        }.flatMapThrowing { stream in
            let upstream = try UpstreamConnection(stream: stream, key: key, pool: pool, wasUsed: wasUsed)
            return NIOLoopBound(upstream, eventLoop: stream.eventLoop)
        }
    }

    private func connect(_ key: UpstreamPool.Key, on eventLoop: any EventLoop) -> EventLoopFuture<StreamConnection> {
        let connection = ClientBootstrap(group: eventLoop)
            .connectTimeout(.seconds(5))
            .channelOption(.autoRead, value: false)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connect(host: key.host, port: key.port)
            .flatMapThrowing { try StreamConnection(channel: $0) }
        connections.withLock { $0[key] = connection }
        connection.whenFailure { [self] _ in forget(connection, key) }
        connection.whenSuccess { [self] made in
            made.channel.closeFuture.whenComplete { [self] _ in forget(connection, key) }
        }
        return connection
    }

    private func forget(_ connection: EventLoopFuture<StreamConnection>, _ key: UpstreamPool.Key) {
        connections.withLock { connections in
            // By now it may be the next connection that is known.
            if connections[key] === connection { connections[key] = nil }
        }
    }
}
