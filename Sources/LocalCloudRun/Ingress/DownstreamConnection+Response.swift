import NIOCore
import NIOHTTP1

import class Transport.Tunnel

/// From the container's answer, or the lack of one, to the caller.
extension DownstreamConnection: UpstreamClient {
    func upstreamHead(_ head: HTTPResponseHead, from connection: UpstreamConnection) {
        guard let exchange = current(connection) else { return }
        exchange.status = Int(head.status.code)
        if head.status == .switchingProtocols {
            guard exchange.request.isUpgrade, head.headers.contains(name: "upgrade") else {
                return answer(.malformedAnswer, ending: exchange)
            }
            exchange.switchesProtocols = true
            exchange.responseStarted = true
            var head = Forwarding.switchingProtocols(head)
            if let cookie = exchange.setCookie { head.headers.add(name: "set-cookie", value: cookie) }
            exchange.responseHeadBytes = head.size
            return write(.head(head))
        }
        exchange.responseStarted = true
        var response = Forwarding.response(head, to: exchange.request, keepAlive: exchange.keepAlive)
        if response.endsWithConnection { exchange.keepAlive = false }
        if let cookie = exchange.setCookie { response.head.headers.add(name: "set-cookie", value: cookie) }
        exchange.responseHeadBytes = response.head.size
        write(.head(response.head))
    }

    func upstreamBody(_ bytes: ByteBuffer, from connection: UpstreamConnection) {
        guard let exchange = current(connection) else { return }
        exchange.responseBytes += bytes.readableBytes
        write(.body(.byteBuffer(bytes)))
    }

    func upstreamReadComplete(from connection: UpstreamConnection) {
        guard current(connection) != nil else { return }
        channel.flush()
        if channel.isWritable { connection.read() }
    }

    func upstreamWritable(from connection: UpstreamConnection) {
        guard current(connection) != nil else { return }
        readIfWanted()
    }

    func upstreamEnd(trailers: HTTPHeaders?, from connection: UpstreamConnection) {
        guard let exchange = current(connection) else { return }
        if exchange.switchesProtocols { return startTunnel(exchange, connection) }
        write(.end(trailers))
        exchange.upstream = nil
        if exchange.requestEnded, !exchange.request.offersUpgrade {
            connection.release()
        } else if exchange.requestEnded {
            // A refused upgrade: many servers (NIO's decoder among them) read no further request after an offer to
            // leave HTTP, so the next one on this connection would hang.
            connection.close()
        } else {
            // The container answered without reading the whole body: neither connection is in step any more.
            connection.close()
        }
        let keepAlive = exchange.keepAlive && exchange.requestEnded
        // Before the caller can see the end, so that whoever has the answer finds it counted.
        finish(exchange)
        channel.flush()
        goOn(keepAlive: keepAlive)
    }

    func upstreamClosed(malformed: Bool, from connection: UpstreamConnection) {
        guard let exchange = current(connection) else { return }
        exchange.upstream = nil
        if exchange.responseStarted {
            // Half an answer must look like one: no final chunk, no keep-alive.
            finish(exchange)
            channel.close(promise: nil)
        } else if malformed {
            answer(.malformedAnswer, ending: exchange)
        } else if connection.wasUsed, exchange.request.isRepeatable, !exchange.wasRepeated {
            // Safe: GET and HEAD change nothing, and most likely the container closed an idle connection (RFC 9112
            // section 9.3.1).
            exchange.wasRepeated = true
            connect(exchange, pooled: false)
        } else {
            answer(.noAnswer, ending: exchange)
        }
    }

    private func current(_ connection: UpstreamConnection) -> Exchange? {
        guard let exchange, exchange.upstream === connection else { return nil }
        return exchange
    }

    private func startTunnel(_ exchange: Exchange, _ connection: UpstreamConnection) {
        channel.flush()
        exchange.upstream = nil
        let upstreamChannel = connection.channel
        exchange.deadline?.cancel()
        let channel = self.channel
        let left = ContinuousClock.now - exchange.started
        let limit = Int64(exchange.timeoutSeconds) - left.components.seconds
        // Cloud Run's request timeout holds for a WebSocket too.
        exchange.deadline = channel.eventLoop.assumeIsolated().scheduleTask(in: .seconds(max(0, limit))) {
            channel.close(promise: nil)
        }
        let (toCaller, toContainer) = Tunnel.pair { [self] toCaller, toContainer in
            exchange.responseBytes += toCaller
            exchange.requestBytes += toContainer
            finish(exchange)
        }
        // Bytes may be written past a decoder only when it is gone, and decoders go on a later turn of the event loop:
        // both halves start when both sides are raw.
        var rawSides = 0
        let startWhenRaw = {
            rawSides += 1
            guard rawSides == 2 else { return }
            toContainer.start()
            toCaller.start()
        }
        do {
            try connection.becomeTunnel(toContainer, isRaw: startWhenRaw)
            try becomeTunnel(toCaller, isRaw: startWhenRaw)
        } catch {
            // One of the two closed in this very moment.
            finish(exchange)
            channel.close(promise: nil)
            upstreamChannel.close(promise: nil)
        }
    }

    // MARK: Answers that no container gave

    /// Answers in the container's place and ends the exchange.
    func answer(_ answer: OwnAnswer, ending exchange: Exchange, keepAlive: Bool = true) {
        exchange.status = answer.status
        exchange.message = answer.logMessage
        exchange.responseBytes = answer.body.utf8.count
        exchange.upstream?.close()
        exchange.upstream = nil
        exchange.responseStarted = true
        let isWhole = exchange.requestEnded
        isDiscarding = !isWhole
        finish(exchange)
        respond(answer, to: exchange.request, isWhole: isWhole, keepAlive: keepAlive && exchange.keepAlive)
    }

    /// Answers a request for which no exchange was begun.
    func answer(_ answer: OwnAnswer, to request: RequestHead?, keepAlive: Bool) {
        // Even an empty request has its end still to come, in the same read.
        isDiscarding = request != nil
        respond(answer, to: request, isWhole: request.map { !$0.hasBody } ?? false, keepAlive: keepAlive)
    }

    private func respond(_ answer: OwnAnswer, to request: RequestHead?, isWhole: Bool, keepAlive: Bool) {
        let keepAlive = keepAlive && isWhole
        var headers = HTTPHeaders([
            ("content-type", answer.contentType), ("content-length", String(answer.body.utf8.count)),
            ("server", "Google Frontend"),
        ])
        for (name, value) in answer.headers.sorted(by: { $0.key < $1.key }) { headers.add(name: name, value: value) }
        Forwarding.setConnection(in: &headers, for: request, keepAlive: keepAlive)
        let version = request?.head.version ?? .http1_1
        write(.head(HTTPResponseHead(version: version, status: .init(statusCode: answer.status), headers: headers)))
        if request?.head.method != .HEAD { write(.body(.byteBuffer(ByteBuffer(string: answer.body)))) }
        write(.end(nil))
        channel.flush()
        if isDiscarding, !keepAlive, request?.hasBody == true { return discardThenClose() }
        if isDiscarding, keepAlive { return }
        goOn(keepAlive: keepAlive)
    }

    /// Closing while the caller still sends would reset the connection and take the answer with it, so the rest is
    /// read and dropped, for a while.
    private func discardThenClose() {
        isClosing = true
        let channel = self.channel
        channel.eventLoop.scheduleTask(in: .seconds(5)) { channel.close(promise: nil) }
        readIfWanted()
    }

    /// The end of a request that was answered unread.
    func discarded() {
        isDiscarding = false
        if isClosing { closeAfterFlush() }
    }

    private func goOn(keepAlive: Bool) {
        guard keepAlive else { return closeAfterFlush() }
        drainBacklog()
        readIfWanted()
    }

    // MARK: Ends

    func timedOut(_ exchange: Exchange) {
        guard !exchange.isFinished else { return }
        if exchange.responseStarted {
            exchange.upstream?.close()
            finish(exchange)
            channel.close(promise: nil)
        } else {
            answer(.timedOut, ending: exchange)
        }
    }

    func callerLeft(_ exchange: Exchange) {
        // nginx's number for it; Cloud Run's log has it as well.
        if !exchange.responseStarted { exchange.status = 499 }
        exchange.upstream?.close()
        exchange.upstream = nil
        finish(exchange)
    }

    /// Gives everything back and writes the log, once.
    func finish(_ exchange: Exchange) {
        guard !exchange.isFinished else { return }
        exchange.isFinished = true
        exchange.deadline?.cancel()
        if let instance = exchange.instance { core.instances.finished(instance) }
        core.instances.log(exchange.record())
        core.closed(revision: exchange.revision)
        if self.exchange === exchange { self.exchange = nil }
    }

    func log(_ request: RequestHead, route: Routes.Route, answer: OwnAnswer) {
        core.instances.log(
            RequestRecord(
                service: route.service, revision: nil, method: request.head.method.rawValue, url: request.url,
                status: answer.status, milliseconds: 0, requestSize: request.head.size,
                responseSize: answer.body.utf8.count, remoteAddress: remoteAddress,
                userAgent: request.head.headers.first(name: "user-agent"),
                referer: request.head.headers.first(name: "referer"),
                traceparent: request.head.headers.first(name: "traceparent"), message: answer.logMessage))
    }
}
