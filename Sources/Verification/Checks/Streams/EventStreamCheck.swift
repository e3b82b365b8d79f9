import JSON

/// A stream of server-sent events, or of lines: the expected ones come, in this order, in time.
package struct EventStreamCheck: Hashable, Sendable {
    package enum Framing: Hashable, Sendable {
        /// `text/event-stream`.
        case events
        /// Whatever comes in lines, such as JSON Lines over chunked transfer coding.
        case lines
    }

    package struct Expected: Hashable, Sendable {
        package var event: String?
        package var json: [JSONExpectation]
        package var data: [TextCondition]
        package var id: [TextCondition]

        package init(
            event: String? = nil, json: [JSONExpectation] = [], data: [TextCondition] = [], id: [TextCondition] = []
        ) {
            self.event = event
            self.json = json
            self.data = data
            self.id = id
        }
    }

    /// The stream is read again from where it ended, as browsers do it.
    package struct Reconnection: Hashable, Sendable {
        package var times: Int
        /// When this side ends the connection; nil waits for the server to do it.
        package var afterMilliseconds: Int?

        package init(times: Int = 1, afterMilliseconds: Int? = nil) {
            self.times = times
            self.afterMilliseconds = afterMilliseconds
        }
    }

    package var framing: Framing
    package var path: Template
    package var headers: [HeaderTemplate]
    /// The stream is read for this long, or until it ends.
    package var withinMilliseconds: Int
    package var responseHeaders: [HeaderExpectation]
    package var events: [Expected]
    package var minimumCount: Int
    package var firstEventBelowMilliseconds: Int?
    /// Of the events that have the key.
    package var order: WebSocketCheck.ReceiveOrdered?
    /// True: the server must end the stream; false: it must not.
    package var mustEnd: Bool?
    /// The longest time between two events, and until the stream is cut.
    package var gapBelowMilliseconds: Int?
    /// The same of bytes of any kind, comments that keep it alive too.
    package var silenceBelowMilliseconds: Int?
    package var reconnection: Reconnection?

    package init(
        framing: Framing = .events, path: Template, headers: [HeaderTemplate] = [], withinMilliseconds: Int = 10_000,
        responseHeaders: [HeaderExpectation] = [], events: [Expected] = [], minimumCount: Int = 1,
        firstEventBelowMilliseconds: Int? = nil, order: WebSocketCheck.ReceiveOrdered? = nil, mustEnd: Bool? = nil,
        gapBelowMilliseconds: Int? = nil, silenceBelowMilliseconds: Int? = nil, reconnection: Reconnection? = nil
    ) {
        self.framing = framing
        self.path = path
        self.headers = headers
        self.withinMilliseconds = withinMilliseconds
        self.responseHeaders = responseHeaders
        self.events = events
        self.minimumCount = minimumCount
        self.firstEventBelowMilliseconds = firstEventBelowMilliseconds
        self.order = order
        self.mustEnd = mustEnd
        self.gapBelowMilliseconds = gapBelowMilliseconds
        self.silenceBelowMilliseconds = silenceBelowMilliseconds
        self.reconnection = reconnection
    }

    package func request(in scope: CheckScope) throws(Template.Unresolved) -> HTTPProbeRequest {
        let url = try scope.url(path)
        var headers = try scope.headers(for: url, self.headers)
        if framing == .events {
            if headers["accept"] == nil { headers.set("Accept", "text/event-stream") }
            if headers["cache-control"] == nil { headers.set("Cache-Control", "no-cache") }
        }
        var request = HTTPProbeRequest(url: url, headers: headers, timeoutMilliseconds: withinMilliseconds)
        request.isOpenEnded = true
        // As browsers ask: what compresses a stream often holds it back, too.
        request.acceptsCompression = headers["accept-encoding"] == nil
        return request
    }
}
