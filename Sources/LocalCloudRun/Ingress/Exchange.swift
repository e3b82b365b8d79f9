import NIOCore
import NIOHTTP1

/// One request and its answer, from the head to the last byte; confined to the event loop of the caller's connection.
final class Exchange {
    let request: RequestHead
    let route: Routes.Route
    let target: Routes.Target
    let forwarded: HTTPRequestHead
    let traceparent: String
    let remoteAddress: String
    let started = ContinuousClock.now
    var deadline: Scheduled<Void>?

    /// Where the container listens, once one was found; must be given back exactly once.
    var instance: InstanceLease?
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

    /// The instance that the caller was with before, where its revision is still a target.
    var session: SessionAffinity?
    /// Bytes of the bodies; of a tunnel, what went through it.
    var requestBytes = 0
    var responseBytes = 0
    var responseHeadBytes = 0
    /// What the platform has to say where no container answered.
    var message: String?

    init(
        request: RequestHead, route: Routes.Route, target: Routes.Target, forwarded: HTTPRequestHead,
        traceparent: String, remoteAddress: String
    ) {
        self.request = request
        self.route = route
        self.target = target
        self.forwarded = forwarded
        self.traceparent = traceparent
        self.remoteAddress = remoteAddress
        keepAlive = request.keepsConnection
    }

    var revision: String { target.revision }

    var timeoutSeconds: Int { max(1, target.timeoutSeconds ?? route.timeoutSeconds) }

    /// The field that makes the caller come back to the instance that it is with; nil when it will anyway.
    var setCookie: String? {
        guard target.keepsSessions, let instance else { return nil }
        let current = SessionAffinity(revision: shortName(revision), instance: instance.instance)
        return current == session ? nil : current.setCookie
    }

    func record() -> RequestRecord {
        let taken = (ContinuousClock.now - started).components
        var record = RequestRecord(
            service: route.service, revision: revision, instance: instance?.instance,
            method: request.head.method.rawValue, url: request.url, status: status,
            milliseconds: Double(taken.seconds) * 1000 + Double(taken.attoseconds) / 1e15,
            requestSize: request.head.size + requestBytes, responseSize: responseHeadBytes + responseBytes,
            remoteAddress: remoteAddress, userAgent: request.head.headers.first(name: "user-agent"),
            referer: request.head.headers.first(name: "referer"), traceparent: traceparent, message: message)
        record.isHTTP2 = request.isHTTP2
        return record
    }
}

extension HTTPRequestHead {
    /// Bytes of the head as HTTP/1.1 writes it.
    var size: Int { method.rawValue.utf8.count + uri.utf8.count + 12 + headers.size }
}

extension HTTPResponseHead {
    var size: Int { status.reasonPhrase.utf8.count + 15 + headers.size }
}

extension HTTPHeaders {
    fileprivate var size: Int { reduce(2) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 } }
}
