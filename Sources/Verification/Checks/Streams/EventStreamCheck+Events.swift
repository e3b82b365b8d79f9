import Configuration
import JSON

extension EventStreamCheck {
    private var noun: String { framing == .events ? "event" : "line" }

    /// Pure: everything that is wrong with what came.
    func problems(
        in transcript: StreamTranscript, values: [String: String]
    ) throws(Template.Unresolved) -> [String] {
        let received = transcript.items.map(\.event)
        var problems: [String] = []
        if received.count < minimumCount {
            problems.append("\(Counted.text(received.count, noun)) came, wanted at least \(minimumCount)")
        }
        problems += timeProblems(transcript)
        problems += endProblems(transcript)
        problems += resumptionProblems(transcript)
        if let order, let problem = try orderProblem(order, received, values) { problems.append(problem) }
        var rest = received[...]
        for (index, expected) in events.enumerated() {
            var found: ArraySlice<ServerSentEvent>.Index?
            for position in rest.indices where try expected.fits(rest[position], values: values) {
                found = position
                break
            }
            guard let found else {
                let names = received.map(\.event).prefix(10).joined(separator: ", ")
                let name = expected.event.map { " (`\($0)`)" } ?? ""
                let came = framing == .events ? "; came: \(names)" : " (\(Counted.text(received.count, "line")) came)"
                // One that may still come is late; one that is not in a whole answer is missing.
                let time = transcript.end == .cut ? " within \(withinMilliseconds) ms" : ""
                problems.append("expected \(noun) \(index + 1)\(name) did not come in its place\(time)\(came)")
                break
            }
            rest = rest[(found + 1)...]
        }
        return problems
    }

    private func timeProblems(_ transcript: StreamTranscript) -> [String] {
        var problems: [String] = []
        if let limit = firstEventBelowMilliseconds, let first = transcript.items.first?.milliseconds,
            !(first < Double(limit))
        {
            problems.append("the first \(noun) took \(JUnitDocument.seconds(first)) s, wanted less than \(limit) ms")
        }
        if let limit = gapBelowMilliseconds, !(transcript.longestGap < Double(limit)) {
            problems.append(
                "no \(noun) came for \(JUnitDocument.seconds(transcript.longestGap)) s, wanted less than \(limit) ms")
        }
        if let limit = silenceBelowMilliseconds, !(transcript.longestSilence < Double(limit)) {
            problems.append(
                "nothing came for \(JUnitDocument.seconds(transcript.longestSilence)) s, wanted less than \(limit) ms")
        }
        return problems
    }

    private func endProblems(_ transcript: StreamTranscript) -> [String] {
        switch (mustEnd, transcript.end) {
        case (_, .lost(let reason)): return ["the stream was lost: \(reason)"]
        case (true?, .cut):
            return [
                "the stream did not end within \(withinMilliseconds) ms, after \(Counted.text(transcript.items.count, noun))"
            ]
        case (true?, .untold):
            return [
                "the end of the stream cannot be told from a lost connection: the answer has neither a length nor chunks"
            ]
        case (false?, .whole), (false?, .untold):
            return ["the server ended the stream after \(Counted.text(transcript.items.count, noun))"]
        case (nil, _), (true?, .whole), (false?, .cut): return []
        }
    }

    private func resumptionProblems(_ transcript: StreamTranscript) -> [String] {
        guard reconnection != nil, transcript.parts > 1 else { return [] }
        guard transcript.lastEventID != nil else {
            return ["no event has an id, so a client that comes back cannot say where it was"]
        }
        var seen: [String: Int] = [:]
        for item in transcript.items {
            guard let id = item.event.id else { continue }
            if let before = seen[id], before < item.part {
                return ["after the reconnect the event with the id `\(TextCondition.short(id))` came again"]
            }
            seen[id] = item.part
        }
        return []
    }

    private func orderProblem(
        _ order: WebSocketCheck.ReceiveOrdered, _ received: [ServerSentEvent], _ values: [String: String]
    ) throws(Template.Unresolved) -> String? {
        var keys: [JSONValue] = []
        for event in received {
            guard let document = try? JSONValue(parsing: event.data),
                let key = try? order.key.values(in: document).first
            else { continue }
            keys.append(key)
            if let problem = try order.problem(in: keys, values: values) { return problem }
        }
        return keys.count < order.count
            ? "\(keys.count) \(noun)s have `\(order.key.source)`, wanted at least \(order.count)" : nil
    }
}

extension EventStreamCheck.Expected {
    func fits(_ received: ServerSentEvent, values: [String: String]) throws(Template.Unresolved) -> Bool {
        if let event, event != received.event { return false }
        if !json.isEmpty,
            try !JSONExpectation.problems(json, body: Array(received.data.utf8), values: values).isEmpty
        {
            return false
        }
        for condition in data where try condition.problem(in: received.data, values: values) != nil { return false }
        for condition in id where try condition.problem(in: received.id ?? "", values: values) != nil { return false }
        return true
    }
}
