/// One event of a stream (HTML Living Standard, section 9.2).
package struct ServerSentEvent: Hashable, Sendable {
    package var event: String
    package var data: String
    package var id: String?

    package init(event: String = "message", data: String, id: String? = nil) {
        self.event = event
        self.data = data
        self.id = id
    }

    /// The complete events of a stream; what follows the last blank line has not happened yet.
    package static func parse(_ bytes: [UInt8]) -> [ServerSentEvent] {
        var text = String(decoding: bytes, as: UTF8.self)[...]
        if text.hasPrefix("\u{FEFF}") { text = text.dropFirst() }
        let lines = text.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
            .split(separator: "\n", omittingEmptySubsequences: false)
        var events: [ServerSentEvent] = []
        var (name, data, id) = ("", [Substring](), String?.none)
        // The piece after the last line break is an unfinished line.
        for line in lines.dropLast() {
            if line.isEmpty {
                if !data.isEmpty {
                    events.append(
                        ServerSentEvent(
                            event: name.isEmpty ? "message" : name, data: data.joined(separator: "\n"), id: id))
                }
                (name, data) = ("", [])
                continue
            }
            let field = line.prefix { $0 != ":" }
            var value = line.dropFirst(field.count + 1)
            if value.hasPrefix(" ") { value = value.dropFirst() }
            switch field {
            case "event": name = String(value)
            case "data": data.append(value)
            case "id": id = String(value)
            default: continue
            }
        }
        return events
    }
}
