import NIOCore
import NIOHTTP1
import NIOPosix

/// The listening socket and the one event loop behind it.
struct Server {
    /// Idle connections end after this long; a proxy's pool keeps them open in between.
    private static let idle = TimeAmount.minutes(10)
    /// Half of the ten seconds that Cloud Run leaves between SIGTERM and SIGKILL.
    private static let grace = TimeAmount.seconds(5)

    private let group: MultiThreadedEventLoopGroup
    private let channel: any Channel
    private let connections: OpenConnections

    static func start(_ application: Application) throws -> Server {
        // One loop is enough for a sample and keeps its memory small.
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let connections = OpenConnections()
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: 256)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard connections.add(channel) else { throw ServerFull() }
                    try configure(channel, application)
                }
            }
        do {
            let channel = try bootstrap.bind(host: "0.0.0.0", port: application.settings.port).wait()
            return Server(group: group, channel: channel, connections: connections)
        } catch {
            try? group.syncShutdownGracefully()
            throw error
        }
    }

    /// Takes no new connections, lets requests end, then closes what is left.
    func stop() {
        try? channel.close().wait()
        connections.drain()
        let deadline = NIODeadline.now() + Self.grace
        let loop = group.next()
        while connections.count > 0, NIODeadline.now() < deadline {
            // Polls on the loop's own timer: nothing here blocks a connection.
            try? loop.scheduleTask(in: .milliseconds(20)) {}.futureResult.wait()
        }
        try? group.syncShutdownGracefully()
    }

    private static func configure(_ channel: any Channel, _ application: Application) throws {
        let encoder = HTTPResponseEncoder()
        let decoder = ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes))
        let pipelining = HTTPServerPipelineHandler()
        let errors = HTTPServerProtocolErrorHandler()
        let requests = RequestHandler(
            application: application, upgrade: .init(encoder: encoder, decoder: decoder, others: [pipelining, errors]))
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandlers([
            IdleStateHandler(allTimeout: idle), encoder, decoder, pipelining, errors, requests,
        ])
    }
}

private struct ServerFull: Error {}
