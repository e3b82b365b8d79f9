import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A proxy on this machine for one program, which counts whom that asks: as its HTTP proxy (RFC 9110 section 7.3.2,
/// tunnels by CONNECT), and as an address of its own that leads to one target, since many libraries go past proxies
/// where a host looks local. Answers nobody but this machine.
package final class LoopbackProxy: Sendable {
    package struct Settings: Sendable {
        /// The base URL to which the address of its own leads.
        package var target: String
        /// Added to requests to the target that have none of that name.
        package var headers: HTTPHeaders
        /// The header that says who answered.
        package var identityHeader: String?
        package var network: NetworkSettings

        package init(
            target: String, headers: HTTPHeaders = HTTPHeaders(), identityHeader: String? = nil,
            network: NetworkSettings = .process
        ) {
            self.target = target
            self.headers = headers
            self.identityHeader = identityHeader
            self.network = network
        }
    }

    /// No proxy could be opened, with the reason in words.
    package struct Unavailable: Error, Hashable, Sendable {
        package var reason: String
    }

    /// For `HTTP_PROXY`.
    package let proxyURL: String
    /// Leads to the target.
    package let targetURL: String
    private let tally: ProxyTally
    private let listeners: [any Channel]
    private let connections: ProxyConnections

    private init(
        _ proxyPort: Int, _ targetPort: Int, path: String, _ tally: ProxyTally, _ listeners: [any Channel],
        _ connections: ProxyConnections
    ) {
        proxyURL = "http://127.0.0.1:\(proxyPort)"
        targetURL = "http://127.0.0.1:\(targetPort)\(path)"
        self.tally = tally
        self.listeners = listeners
        self.connections = connections
    }

    package var traffic: ProxyTraffic { tally.traffic }

    package static func start(_ settings: Settings) async throws(Unavailable) -> LoopbackProxy {
        guard let target = ProxyDestination(url: settings.target), let parts = URLParts(settings.target) else {
            throw Unavailable(reason: "`\(settings.target.prefix(200))` is no address of a target")
        }
        let tally = ProxyTally(targets: [target.authority])
        let connections = ProxyConnections()
        let core = ProxyCore(settings: settings, target: target, tally: tally, connections: connections)
        var listeners: [any Channel] = []
        do {
            let reverse = try await listen(core, reversePort: nil)
            listeners.append(reverse)
            listeners.append(try await listen(core, reversePort: reverse.localAddress?.port ?? 0))
        } catch {
            for listener in listeners { try? await listener.close().get() }
            throw Unavailable(reason: "no port of this machine can be opened")
        }
        let ports = listeners.compactMap { $0.localAddress?.port }
        guard ports.count == 2 else { throw Unavailable(reason: "no port of this machine can be opened") }
        let path = parts.target == "/" ? "" : parts.target
        return LoopbackProxy(ports[1], ports[0], path: path, tally, listeners, connections)
    }

    /// Closes what is open; what it has counted stays.
    package func stop() async {
        for listener in listeners { try? await listener.close().get() }
        connections.closeAll()
    }

    /// - Parameter reversePort: the port that leads to the target; nil where this becomes it.
    private static func listen(_ core: ProxyCore, reversePort: Int?) async throws -> any Channel {
        try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let caller = channel.remoteAddress, caller.isLoopback, core.connections.add(channel) else {
                        return channel.close(promise: nil)
                    }
                    let port = reversePort ?? channel.localAddress?.port ?? 0
                    try ProxyCaller.add(to: channel, core, reversePort: port, isReverse: reversePort == nil)
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }
}

/// What all connections of a proxy share.
struct ProxyCore: Sendable {
    let settings: LoopbackProxy.Settings
    let target: ProxyDestination
    let tally: ProxyTally
    let connections: ProxyConnections

    func isTarget(_ destination: ProxyDestination) -> Bool { destination.authority == target.authority }
}

/// The open connections of a proxy, which are bounded: a program that never closes any must not take all descriptors.
final class ProxyConnections: Sendable {
    private static let most = 4096

    private let open = Mutex<[ObjectIdentifier: any Channel]>([:])

    /// False where there are too many.
    func add(_ channel: any Channel) -> Bool {
        let id = ObjectIdentifier(channel)
        let isAdded = open.withLock { open -> Bool in
            guard open.count < Self.most else { return false }
            open[id] = channel
            return true
        }
        if isAdded { channel.closeFuture.whenComplete { [self] _ in _ = open.withLock { $0.removeValue(forKey: id) } } }
        return isAdded
    }

    func closeAll() {
        for channel in open.withLock({ Array($0.values) }) { channel.close(promise: nil) }
    }
}

extension SocketAddress {
    fileprivate var isLoopback: Bool {
        ipAddress.flatMap(IPAddress.init)?.scope == .thisMachine
    }
}
