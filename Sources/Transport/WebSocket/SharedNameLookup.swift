import NIOCore
import NIOPosix
import Synchronization

/// Names for connections that are opened at the same time: each is looked up once. NIO's own resolver asks anew for
/// every connection, and one after the other per event loop: 200 connections to one name waited for 200 look-ups.
final class SharedNameLookup: Resolver, Sendable {
    private struct Lookup {
        var ends: NIODeadline
        var addresses: EventLoopFuture<NameResolver.Outcome>
    }

    /// A burst of connections is over by then; names that move are asked again.
    private static let lifetime: TimeAmount = .seconds(1)
    private static let lookups = Mutex<[String: Lookup]>([:])

    private let loop: any EventLoop

    init(_ loop: any EventLoop) {
        self.loop = loop
    }

    func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
        addresses(host, port) { $0.protocol == .inet6 }
    }

    func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
        addresses(host, port) { $0.protocol == .inet }
    }

    /// A look-up cannot be stopped; whoever asked does not wait for it any more.
    func cancelQueries() {}

    private func addresses(
        _ host: String, _ port: Int, _ isWanted: @escaping @Sendable (SocketAddress) -> Bool
    ) -> EventLoopFuture<[SocketAddress]> {
        shared(host).hop(to: loop).map { outcome in
            guard case .addresses(let texts) = outcome else { return [] }
            return texts.compactMap { try? SocketAddress(ipAddress: $0, port: port) }.filter(isWanted)
        }
    }

    private func shared(_ host: String) -> EventLoopFuture<NameResolver.Outcome> {
        let now = NIODeadline.now()
        return Self.lookups.withLock { lookups in
            if let known = lookups[host], known.ends > now { return known.addresses }
            let begun = NIOThreadPool.singleton.runIfActive(eventLoop: loop) { NameResolver.lookup(host) }
            lookups = lookups.filter { $0.value.ends > now }
            lookups[host] = Lookup(ends: now + Self.lifetime, addresses: begun)
            return begun
        }
    }
}
