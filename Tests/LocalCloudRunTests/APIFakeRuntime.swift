import NIOCore
import NIOPosix
import Synchronization

@testable import LocalCloudRun

/// Instances are listeners inside the test process. What an instance does is said by its variable `BEHAVIOUR`:
/// `exit` ends at once, `silent` never listens, `late` starts once `release` was called and `stubborn` ends only then,
/// anything else answers every request with 200. A task of a job ends with the code in its variable `EXIT`, after a
/// moment; with `hang` it runs until it is stopped.
final class FakeRuntime: Runtime {
    private struct State {
        var channels: [String: any Channel] = [:]
        var exits: [String: Int32] = [:]
        var started: [InstanceSpecification] = []
        var stopped: [String] = []
        var leftoversRemoved: [String] = []
        var tasks = 0
        var mostTasks = 0
        var isReleased = false
    }

    let name = "fake"
    private let hangs: Bool

    /// `hangs` is false for a machine on which nothing hangs any more.
    init(hangs: Bool = true) {
        self.hangs = hangs
    }

    private let state = Mutex(State())

    var started: [InstanceSpecification] { state.withLock { $0.started } }
    var stopped: [String] { state.withLock { $0.stopped } }
    var mostTasksAtOnce: Int { state.withLock { $0.mostTasks } }
    var running: Int { state.withLock { $0.channels.count } }
    var leftoversRemoved: [String] { state.withLock { $0.leftoversRemoved } }

    func checkAvailable() async throws(RuntimeError) {}

    func gatewayAddress() async -> String? { nil }

    func inspect(image: String) async throws(RuntimeError) -> ImageFacts {
        if image.hasPrefix("missing") { throw .imageNotFound(image) }
        return ImageFacts(platform: image.hasPrefix("arm") ? "arm64/linux" : "amd64/linux")
    }

    func start(_ specification: InstanceSpecification) async throws(RuntimeError) -> RunningInstance {
        let id = specification.instance
        let behaviour = specification.environment["BEHAVIOUR"] ?? ""
        specification.output("hello from \(specification.revision)", false)
        guard specification.listens else { return await startTask(specification, behaviour) }
        if behaviour == "late" { await waitForRelease() }
        do {
            let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(FixedAnswer())
                    }
                }
                .bind(host: "127.0.0.1", port: 0).get()
            let port = channel.localAddress?.port ?? 0
            state.withLock {
                $0.started.append(specification)
                $0.channels[id] = channel
            }
            if behaviour == "exit" { await end(id, code: 1) }
            if behaviour == "silent" { try await channel.close() }
            return RunningInstance(id: id, host: "127.0.0.1", port: port)
        } catch {
            throw .couldNotStart(reason: "\(error)")
        }
    }

    private func startTask(_ specification: InstanceSpecification, _ behaviour: String) async -> RunningInstance {
        let id = specification.instance
        state.withLock {
            $0.started.append(specification)
            $0.tasks += 1
            $0.mostTasks = max($0.mostTasks, $0.tasks)
        }
        if behaviour != "hang" || !hangs {
            // Long enough for others to run beside it.
            try? await Task.sleep(for: .milliseconds(20))
            await end(id, code: specification.environment["EXIT"].flatMap { Int32($0) } ?? 0)
        }
        return RunningInstance(id: id, host: "127.0.0.1", port: 0)
    }

    func waitForExit(of instance: RunningInstance) async -> Int32 {
        await poll(until: .now + .seconds(60)) { state.withLock { $0.exits[instance.id] } } ?? -1
    }

    /// Lets what is late start, and what is stubborn end.
    func release() {
        state.withLock { $0.isReleased = true }
    }

    private func waitForRelease() async {
        _ = await poll(until: .now + .seconds(30)) { state.withLock(\.isReleased) ? true : nil }
    }

    func stop(_ instance: RunningInstance, grace: Duration) async {
        let isStubborn = state.withLock { state in
            state.stopped.append(instance.id)
            return state.started.contains {
                $0.instance == instance.id && $0.environment["BEHAVIOUR"] == "stubborn"
            }
        }
        if isStubborn { await waitForRelease() }
        await end(instance.id, code: 143)
    }

    func removeLeftovers(owner: String) async {
        state.withLock { $0.leftoversRemoved.append(owner) }
    }

    /// Ends the newest instance of a revision, as a crash would.
    func crash(revision: String) async {
        let id = state.withLock { state in
            state.started.last { $0.revision == revision && state.exits[$0.instance] == nil }?.instance
        }
        if let id { await end(id, code: 1) }
    }

    private func end(_ id: String, code: Int32) async {
        let channel = state.withLock { state in
            if state.exits[id] == nil {
                state.exits[id] = code
                if state.started.contains(where: { $0.instance == id && !$0.listens }) { state.tasks -= 1 }
            }
            return state.channels.removeValue(forKey: id)
        }
        try? await channel?.close()
    }
}

private final class FixedAnswer: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let text = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
        context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(string: text)), promise: nil)
    }
}
