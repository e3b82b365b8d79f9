/// A stream that is not what was wanted.
enum StreamDiagnosis {
    private static let eventStream = "text/event-stream"

    /// HTML section 9.2.3: with any other type a browser closes the stream for good.
    static func typeProblem(_ type: String?) -> String? {
        let essence = type?.prefix { $0 != ";" }.lowercased().filter { $0 != " " && $0 != "\t" }
        if essence == eventStream { return nil }
        return type.map { "the content type is `\(TextCondition.short($0))`, wanted `\(eventStream)`" }
            ?? "the answer has no content type, wanted `\(eventStream)`"
    }

    /// Of the head of an answer alone.
    static func explain(_ response: HTTPProbeResponse, _ framing: EventStreamCheck.Framing) -> LikelyCause? {
        guard framing == .events, response.status == 200, typeProblem(response.headers["content-type"]) != nil else {
            return nil
        }
        return LikelyCause(
            cause: "the path does not answer with server-sent events: a browser's EventSource fails at once and does "
                + "not come back",
            fix: "see that the path is the stream's, and that the handler sets `Content-Type: text/event-stream`")
    }

    static func explain(_ transcript: StreamTranscript) -> LikelyCause? {
        let first = transcript.items.first?.milliseconds ?? 0
        let last = transcript.items.last?.milliseconds ?? 0
        if transcript.items.count > 1, first > 1000, last - first < 50, transcript.end == .whole {
            return LikelyCause(
                cause: "all of it came at once, at the end: something between the handler and here holds the stream "
                    + "back, such as compression, a proxy's buffer, or a handler that never flushes",
                fix: "flush after each event, leave streams out of compression, and send `X-Accel-Buffering: no` and "
                    + "`Cache-Control: no-transform`")
        }
        switch transcript.end {
        case .cut:
            return LikelyCause(
                cause: "the stream stopped while its connection stays open: the handler waits for something that does "
                    + "not come, or the instance has no CPU between requests",
                fix: "look at what the handler waits for, and let the CPU be always allocated for work outside of it")
        case .lost:
            return LikelyCause(
                cause: "the instance ended, or raised an error, in the middle of the stream",
                fix: "read the service's logs of this trace id with `stagectl logs`")
        case .whole, .untold: return nil
        }
    }
}
