import JSON

/// A connection, what is said on it, and how it must begin and end.
package struct WebSocketCheck: Hashable, Sendable {
    package enum Step: Hashable, Sendable {
        case sendText(Template)
        case sendJSON(JSONTemplate)
        case receive(Receive)
        case receiveOrdered(ReceiveOrdered)
        case close(code: Int)
    }

    /// Waits for a message that fits. Others that come before it are passed over, unless it must be the next.
    package struct Receive: Hashable, Sendable {
        package var withinMilliseconds: Int
        package var json: [JSONExpectation]
        package var text: [TextCondition]
        package var mustBeNext: Bool

        package init(
            withinMilliseconds: Int = 5000, json: [JSONExpectation] = [], text: [TextCondition] = [],
            mustBeNext: Bool = false
        ) {
            self.withinMilliseconds = withinMilliseconds
            self.json = json
            self.text = text
            self.mustBeNext = mustBeNext
        }
    }

    /// Waits for `count` messages that have the key, and looks at the order of its values.
    package struct ReceiveOrdered: Hashable, Sendable {
        package var withinMilliseconds: Int
        package var count: Int
        package var key: JSONPath
        package var strictlyIncreasing: Bool
        package var noGaps: Bool
        /// The values themselves, in order.
        package var equals: [JSONTemplate]

        package init(
            withinMilliseconds: Int = 5000, count: Int, key: JSONPath, strictlyIncreasing: Bool = true,
            noGaps: Bool = false, equals: [JSONTemplate] = []
        ) {
            self.withinMilliseconds = withinMilliseconds
            self.count = count
            self.key = key
            self.strictlyIncreasing = strictlyIncreasing
            self.noGaps = noGaps
            self.equals = equals
        }
    }

    package enum Ending: Hashable, Sendable {
        /// The server must not end it before the script does.
        case open
        /// The upgrade must be answered with one of these.
        case refused(StatusExpectation)
        /// After the script the server must close with one of these codes.
        case closed(codes: [Int], withinMilliseconds: Int)
    }

    package struct Connections: Hashable, Sendable {
        package var count: Int
        package var rampMilliseconds: Int

        package init(count: Int, rampMilliseconds: Int = 0) {
            self.count = count
            self.rampMilliseconds = rampMilliseconds
        }
    }

    package var path: Template
    package var subprotocols: [String]
    package var headers: [HeaderTemplate]
    package var timeoutMilliseconds: Int
    package var script: [Step]
    package var ending: Ending
    package var connections: Connections?

    package init(
        path: Template, subprotocols: [String] = [], headers: [HeaderTemplate] = [], timeoutMilliseconds: Int = 5000,
        script: [Step] = [], ending: Ending = .open, connections: Connections? = nil
    ) {
        self.path = path
        self.subprotocols = subprotocols
        self.headers = headers
        self.timeoutMilliseconds = timeoutMilliseconds
        self.script = script
        self.ending = ending
        self.connections = connections
    }

    package func request(in scope: CheckScope) throws(Template.Unresolved) -> WebSocketProbeRequest {
        let url = try scope.url(path)
        return WebSocketProbeRequest(
            url: Self.webSocketURL(url), headers: try scope.headers(for: url, headers), subprotocols: subprotocols,
            timeoutMilliseconds: timeoutMilliseconds)
    }

    static func webSocketURL(_ url: String) -> String {
        if url.hasPrefix("http://") { return "ws://" + url.dropFirst(7) }
        if url.hasPrefix("https://") { return "wss://" + url.dropFirst(8) }
        return url
    }
}
