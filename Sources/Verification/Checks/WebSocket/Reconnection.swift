import JSON

extension WebSocketCheck {
    /// The connection is lost and made again: does the server take it, and does it go on where it was?
    package struct Reconnection: Hashable, Sendable {
        package enum Loss: Hashable, Sendable {
            /// This side ends the connection without a close frame, as a network that fails does.
            case drop
            /// This side closes in an orderly way.
            case close
            /// The server ends it, within this time after the script.
            case server(withinMilliseconds: Int)
        }

        /// A value of the newest message that has it, as `${ws.NAME}`.
        package struct Remembered: Hashable, Sendable {
            package var name: String
            package var path: JSONPath

            package init(name: String, path: JSONPath) {
                self.name = name
                self.path = path
            }
        }

        package var times: Int
        package var after: Loss
        /// From the loss until the connection is there again, refused attempts included.
        package var withinMilliseconds: Int
        /// Nil: as the first connection.
        package var path: Template?
        package var headers: [HeaderTemplate]
        package var remember: [Remembered]
        /// A whole number in messages that goes on over the loss: nothing is missing, nothing comes twice.
        package var continues: JSONPath?
        /// Nil: the check's own.
        package var script: [Step]?

        package init(
            times: Int = 1, after: Loss = .drop, withinMilliseconds: Int = 5000, path: Template? = nil,
            headers: [HeaderTemplate] = [], remember: [Remembered] = [], continues: JSONPath? = nil,
            script: [Step]? = nil
        ) {
            self.times = times
            self.after = after
            self.withinMilliseconds = withinMilliseconds
            self.path = path
            self.headers = headers
            self.remember = remember
            self.continues = continues
            self.script = script
        }
    }
}

/// What of a connection's messages counts for the connections after it.
struct ConversationMemory: Hashable, Sendable {
    private let remembered: [WebSocketCheck.Reconnection.Remembered]
    private let continues: JSONPath?
    private var last: Int64?
    /// Until the first number after a loss has come.
    private(set) var isResuming = false
    /// By full reference.
    private(set) var values: [String: String] = [:]

    init(_ reconnection: WebSocketCheck.Reconnection?) {
        remembered = reconnection?.remember ?? []
        continues = reconnection?.continues
    }

    mutating func resume() { isResuming = continues != nil }

    /// Pure but for itself: what is wrong with a message, after what came before it.
    mutating func take(_ text: String) -> String? {
        guard continues != nil || !remembered.isEmpty, let document = try? JSONValue(parsing: text) else { return nil }
        for item in remembered {
            if let value = try? item.path.values(in: document).first {
                values["ws.\(item.name)"] = JSONExpectation.text(of: value)
            }
        }
        guard let continues, let number = try? continues.values(in: document).first?.integer else { return nil }
        defer {
            last = number
            isResuming = false
        }
        guard isResuming, let last else { return nil }
        if number <= last {
            return "after the reconnect `\(continues.source)` is \(number) again, and was \(last) before"
        }
        // `number` is larger, so there is one after `last`.
        if number == last + 1 { return nil }
        return "messages are missing over the reconnect: `\(continues.source)` is \(number) after \(last)"
    }
}
