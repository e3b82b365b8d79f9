import JSON
import NIOCore
import NIOHTTP1
import NIOPosix

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What a running local Cloud Run says of itself in `server.json` of its state folder.
package struct ServerRecord: Codable, Hashable, Sendable {
    package var pid: Int32
    package var apiPort: Int
    package var ingressPort: Int
    package var runtime: String
    package var version: String

    package init(pid: Int32, apiPort: Int, ingressPort: Int, runtime: String, version: String) {
        self.pid = pid
        self.apiPort = apiPort
        self.ingressPort = ingressPort
        self.runtime = runtime
        self.version = version
    }

    static var currentProcess: Int32 { getpid() }

    /// nil when there is none, or when it is not readable as one.
    package static func read(stateFolder: String) -> ServerRecord? {
        guard let data = try? Data(contentsOf: URL(filePath: path(stateFolder))), data.count < 10_000 else {
            return nil
        }
        return try? JSONDecoder().decode(ServerRecord.self, from: data)
    }

    /// The server that runs on this state folder: its record is there, and this very process answers. A record that a
    /// kill -9 left behind, or whose port another program has now, gives nil.
    package static func running(stateFolder: String) async -> ServerRecord? {
        guard let record = read(stateFolder: stateFolder), await record.answers() else { return nil }
        return record
    }

    /// Whether the process of this record answers on its API port.
    package func answers() async -> Bool {
        await StatusQuery.pid(port: apiPort) == pid
    }

    /// The record of a server that died without removing it: nobody listens on its API port (a process
    /// number says nothing, it may be another program's by now).
    package static func left(stateFolder: String) -> ServerRecord? {
        read(stateFolder: stateFolder).flatMap { LoopbackPort.isFree($0.apiPort) ? $0 : nil }
    }

    func write(stateFolder: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        // Readers see the old file or the whole new one.
        try encoder.encode(self).write(to: URL(filePath: Self.path(stateFolder)), options: .atomic)
    }

    static func remove(stateFolder: String) {
        // Only our own: a server started after us may have written its record already.
        guard read(stateFolder: stateFolder)?.pid == currentProcess else { return }
        try? FileManager.default.removeItem(atPath: path(stateFolder))
    }

    static func removeLeft(stateFolder: String) {
        guard left(stateFolder: stateFolder) != nil else { return }
        try? FileManager.default.removeItem(atPath: path(stateFolder))
    }

    private static func path(_ stateFolder: String) -> String { stateFolder + "/server.json" }
}

/// Asks `GET /stagectl/status`, within a second.
private enum StatusQuery {
    static func pid(port: Int) async -> Int32? {
        guard (1...65_535).contains(port) else { return nil }
        let answer = MultiThreadedEventLoopGroup.singleton.next().makePromise(of: [UInt8].self)
        do {
            let channel = try await ClientBootstrap(group: answer.futureResult.eventLoop)
                .connectTimeout(.seconds(1))
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHTTPClientHandlers()
                        try channel.pipeline.syncOperations.addHandler(StatusHandler(answer: answer))
                    }
                }
                .connect(host: "127.0.0.1", port: port).get()
            let body = try? await answer.futureResult.get()
            channel.close(promise: nil)
            return body.flatMap { try? JSONValue(parsing: $0) }?["pid"]?.integer.flatMap { Int32(exactly: $0) }
        } catch {
            answer.fail(error)
            return nil
        }
    }
}

private final class StatusHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let answer: EventLoopPromise<[UInt8]>
    private var body: [UInt8] = []

    init(answer: EventLoopPromise<[UInt8]>) {
        self.answer = answer
    }

    func channelActive(context: ChannelHandlerContext) {
        let head = HTTPRequestHead(
            version: .http1_1, method: .GET, uri: "/stagectl/status",
            headers: ["host": "127.0.0.1", "connection": "close"])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        // Succeeding twice is not allowed, failing after success is not done: closing ends the wait.
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: .seconds(1)) { bound.value.close(promise: nil) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: break
        case .body(let part): if body.count < 65_536 { body += Array(part.readableBytesView) }
        case .end: context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        answer.succeed(body)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
