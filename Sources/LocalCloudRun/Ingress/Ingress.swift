import NIOCore
import NIOPosix
import Synchronization

/// The front door of the local Cloud Run: a reverse proxy for HTTP/1.1 and HTTP/2 without TLS that finds the service by
/// host name or by port, the revision by weight, and an instance through its `InstanceSource`.
package final class Ingress: Sendable {
    private let core: IngressCore
    private let listeners = Mutex<[any Channel]>([])
    private let portListeners = Mutex<[Int: any Channel]>([:])
    /// Every `apply` waits for the one before it, so that ports are opened and closed in the order of the calls.
    private let lastApply = Mutex<Task<[IngressError], Never>?>(nil)

    init(instances: any InstanceSource, faults: Faults) {
        core = IngressCore(instances: instances, faults: faults)
    }

    package convenience init(instances: any InstanceSource) {
        self.init(instances: instances, faults: Faults())
    }

    /// Listens on every one of the hosts, or on none. Port 0 takes a free one, the same for all hosts. An address that
    /// this machine does not have is left out as long as another can be had.
    @discardableResult
    package func start(hosts: [String], port: Int) async throws(IngressError) -> Int {
        var bound: [any Channel] = []
        var port = port
        var missing: IngressError?
        for host in hosts {
            do throws(IngressError) {
                let channel = try await listen(host: host, port: port, isPlain: false)
                bound.append(channel)
                port = channel.localAddress?.port ?? port
            } catch {
                if case .addressUnavailable = error {
                    missing = error
                    continue
                }
                await Self.close(bound)
                throw error
            }
        }
        if bound.isEmpty, let missing { throw missing }
        listeners.withLock { $0 += bound }
        return port
    }

    /// Swaps all routes at once and opens and closes the plain ports that they name. Requests and connections under
    /// way keep what they started with. What could not be bound is returned, and tried again by the next call.
    @discardableResult
    package func apply(_ routes: Routes) async -> [IngressError] {
        let task = lastApply.withLock { last in
            core.currentRoutes = routes
            let previous = last
            // Not structured: it belongs to the chain of calls, and must not stop half-way when its caller does.
            let task = Task {
                _ = await previous?.value
                return await self.reconcile(ports: Set(routes.ports.keys))
            }
            last = task
            return task
        }
        return await task.value
    }

    /// Requests and tunnels under way to a revision.
    package func openConnections(revision: String) -> Int {
        core.openConnections(revision: revision)
    }

    /// Closes the listeners, then every connection.
    package func stop() async {
        let _: [IngressError] = await apply(Routes())
        await Self.close(
            listeners.withLock { channels in
                defer { channels = [] }
                return channels
            })
        await core.closeAll()
    }

    private func reconcile(ports: Set<Int>) async -> [IngressError] {
        let open = portListeners.withLock { $0 }
        for (port, channel) in open where !ports.contains(port) {
            await Self.close([channel])
            portListeners.withLock { $0[port] = nil }
        }
        var failures: [IngressError] = []
        for port in ports.sorted() where open[port] == nil {
            do throws(IngressError) {
                let channel = try await listen(host: "127.0.0.1", port: port, isPlain: true)
                portListeners.withLock { $0[port] = channel }
            } catch {
                failures.append(error)
            }
        }
        return failures
    }

    private func listen(host: String, port: Int, isPlain: Bool) async throws(IngressError) -> any Channel {
        let core = self.core
        do {
            return try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .serverChannelOption(.backlog, value: 1024)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .childChannelOption(.autoRead, value: false)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        core.track(channel)
                        try channel.pipeline.syncOperations.addHandler(
                            ProtocolChoice(core: core, listeningPort: isPlain ? port : nil))
                    }
                }
                .bind(host: host, port: port).get()
        } catch {
            throw Self.classify(error, host: host, port: port)
        }
    }

    private static func close(_ channels: [any Channel]) async {
        for channel in channels {
            // Closed already is what is wanted.
            try? await channel.close()
        }
    }
}
