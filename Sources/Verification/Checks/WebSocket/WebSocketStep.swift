import JSON

extension WebSocketCheck {
    /// One line of a script.
    package enum Step: Hashable, Sendable {
        case send(Message)
        case receive(Receive)
        case receiveOrdered(ReceiveOrdered)
        case roundTrips(RoundTrips)
        case ping(withinMilliseconds: Int)
        case hold(Hold)
        /// No message may come for so long.
        case quiet(milliseconds: Int)
        case close(Close)
    }

    /// What is sent.
    package enum Message: Hashable, Sendable {
        case text(Template)
        case json(JSONTemplate)
        case binary([UInt8])
    }

    /// Waits for a message that fits. Others that come before it are passed over, unless it must be the next.
    package struct Receive: Hashable, Sendable {
        package var withinMilliseconds: Int
        package var json: [JSONExpectation]
        package var text: [TextCondition]
        package var mustBeNext: Bool
        /// A binary message of exactly these bytes.
        package var bytes: [UInt8]?

        package init(
            withinMilliseconds: Int = 5000, json: [JSONExpectation] = [], text: [TextCondition] = [],
            mustBeNext: Bool = false, bytes: [UInt8]? = nil
        ) {
            self.withinMilliseconds = withinMilliseconds
            self.json = json
            self.text = text
            self.mustBeNext = mustBeNext
            self.bytes = bytes
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

    /// A question and its answer, many times over, each measured. `${ws.trip}` is the number of the one under way,
    /// from 1, so that a late answer is not taken for the next one's.
    package struct RoundTrips: Hashable, Sendable {
        package var count: Int
        package var send: Message
        /// Its time is that of one round trip.
        package var receive: Receive
        package var pauseMilliseconds: Int

        package init(count: Int, send: Message, receive: Receive, pauseMilliseconds: Int = 0) {
            self.count = count
            self.send = send
            self.receive = receive
            self.pauseMilliseconds = pauseMilliseconds
        }
    }

    /// Keeps the connection open and watches it.
    package struct Hold: Hashable, Sendable {
        package var milliseconds: Int
        /// Between two pings, each of which must be answered; nil sends none.
        package var pingEveryMilliseconds: Int?
        package var pongWithinMilliseconds: Int
        /// Sent again and again while the connection is held.
        package var traffic: Traffic?
        /// The server may end it at about this age of the connection, and not before.
        package var mayEndAtMilliseconds: Int?

        package struct Traffic: Hashable, Sendable {
            package var send: Message
            package var everyMilliseconds: Int
            /// Nil wants no answer.
            package var receive: Receive?

            package init(send: Message, everyMilliseconds: Int, receive: Receive? = nil) {
                self.send = send
                self.everyMilliseconds = everyMilliseconds
                self.receive = receive
            }
        }

        package init(
            milliseconds: Int, pingEveryMilliseconds: Int? = nil, pongWithinMilliseconds: Int = 5000,
            traffic: Traffic? = nil, mayEndAtMilliseconds: Int? = nil
        ) {
            self.milliseconds = milliseconds
            self.pingEveryMilliseconds = pingEveryMilliseconds
            self.pongWithinMilliseconds = pongWithinMilliseconds
            self.traffic = traffic
            self.mayEndAtMilliseconds = mayEndAtMilliseconds
        }
    }

    /// This side closes.
    package struct Close: Hashable, Sendable {
        package var code: Int
        package var reason: Template?
        /// The server must answer with a close frame of its own.
        package var mustBeAnswered: Bool

        package init(code: Int = 1000, reason: Template? = nil, mustBeAnswered: Bool = false) {
            self.code = code
            self.reason = reason
            self.mustBeAnswered = mustBeAnswered
        }
    }
}

extension WebSocketCheck.Step {
    /// As it is written in a suite.
    var keyword: String {
        switch self {
        case .send: "send"
        case .receive: "receive"
        case .receiveOrdered: "receive_ordered"
        case .roundTrips: "round_trips"
        case .ping: "ping"
        case .hold: "hold"
        case .quiet: "quiet"
        case .close: "close"
        }
    }

    /// The step itself shows that the connection works, or ends it.
    var isTelling: Bool {
        if case .send = self { false } else { true }
    }

    var isClose: Bool {
        if case .close = self { true } else { false }
    }
}
