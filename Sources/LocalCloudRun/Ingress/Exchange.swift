import NIOCore
import NIOHTTP1

/// One request and its answer, from the head to the last byte; confined to the event loop of the caller's connection.
final class Exchange {
    let request: RequestHead
    let route: Routes.Route
    let revision: String
    let forwarded: HTTPRequestHead
    let traceparent: String
    let remoteAddress: String
    let started = ContinuousClock.now
    var deadline: Scheduled<Void>?

    /// Where the container listens, once one was found; must be given back exactly once.
    var instance: (host: String, port: Int)?
    var upstream: UpstreamConnection?
    /// Body parts that came before the connection to the container stood; at most what one read brought.
    var waiting: [HTTPServerRequestPart] = []
    var requestEnded = false
    var responseStarted = false
    var switchesProtocols = false
    var keepAlive: Bool
    var wasRepeated = false
    var isFinished = false
    var status = 0

    init(
        request: RequestHead, route: Routes.Route, revision: String, forwarded: HTTPRequestHead, traceparent: String,
        remoteAddress: String
    ) {
        self.request = request
        self.route = route
        self.revision = revision
        self.forwarded = forwarded
        self.traceparent = traceparent
        self.remoteAddress = remoteAddress
        keepAlive = request.keepsConnection
    }

    func record() -> RequestRecord {
        let taken = (ContinuousClock.now - started).components
        let milliseconds = Double(taken.seconds) * 1000 + Double(taken.attoseconds) / 1e15
        return RequestRecord(
            service: route.service, revision: revision, method: request.head.method.rawValue,
            url: "http://\(request.authority)\(request.target)", status: status, milliseconds: milliseconds,
            remoteAddress: remoteAddress, traceparent: traceparent)
    }
}
