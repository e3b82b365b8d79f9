import JSON
import Releases
import Transport

/// One resumable upload: a session is begun, parts are sent, and after every lost answer the server is asked how far it
/// came. A session that is gone is begun anew. Nothing is visible in the bucket before all of it is there.
struct ResumableUpload {
    /// Parts must be multiples of it, except for the last.
    static let granularity = 256 << 10
    private static let mostSessions = 4

    let rest: RESTClient
    let endpoints: StorageEndpoints
    /// Where the session is begun, with the condition on the generation.
    let beginning: String
    let metadata: JSONValue
    let source: UploadSource
    let partBytes: Int
    /// For each part.
    let partTimeout: Duration
    /// By the clock of `rest`.
    let end: Duration
    let progress: @Sendable (Int64) -> Void

    private struct State {
        var session: String?
        var sessions = 0
        /// Bytes that the server has, as far as it said.
        var offset: Int64 = 0
        var sent: Int64 = 0
        /// The answer to the last part is missing.
        var isUnanswered = false
        /// In a row, without any progress between them.
        var troubles = 0
    }

    init(
        rest: RESTClient, endpoints: StorageEndpoints, beginning: String, metadata: JSONValue, source: UploadSource,
        partBytes: Int, partTimeout: Duration, deadline: Duration, progress: @escaping @Sendable (Int64) -> Void
    ) {
        var once = rest
        // What to do after a trouble is decided here: first ask how far it came.
        once.retry.attempts = 1
        self.rest = once
        self.endpoints = endpoints
        self.beginning = beginning
        self.metadata = metadata
        self.source = source
        self.partBytes = max(partBytes / Self.granularity, 1) * Self.granularity
        self.partTimeout = partTimeout
        end = rest.limits.clock.now() + deadline
        self.progress = progress
    }

    private var left: Duration { end - rest.limits.clock.now() }

    /// The object's metadata. Throws ``GoogleError``, ``Failure``, `CancellationError`.
    ///
    /// - Parameter mayBeThere: whether a part whose answer is missing may have made the object.
    func run(retry: RetryPolicy, mayBeThere: inout Bool) async throws -> JSONValue {
        var state = State()
        while true {
            try Task.checkCancellation()
            guard left > .zero else { throw deadlineFailure(state) }
            do {
                let session = try await begin(&state)
                switch try await exchange(session, &state) {
                case .finished(let object):
                    progress(source.bytes)
                    return object
                case .received(let count):
                    let isProgress = count > state.offset
                    state.offset = count
                    state.isUnanswered = false
                    mayBeThere = false
                    if isProgress {
                        state.troubles = 0
                        progress(count)
                    } else {
                        try await pause(after: nil, retry, &state)
                    }
                case .gone:
                    state.session = nil
                    try await pause(after: nil, retry, &state)
                case .unreadable(let reason):
                    throw GoogleError.unreadable(what: "the answer of Cloud Storage", reason: reason, isWrite: true)
                }
            } catch let error as GoogleError where Self.isPassing(error) {
                state.isUnanswered = state.session != nil
                if Failure(error, during: "uploading").mayHaveHappened { mayBeThere = true }
                try await pause(after: error, retry, &state)
            }
        }
    }

    private func begin(_ state: inout State) async throws -> String {
        if let session = state.session { return session }
        guard state.sessions < Self.mostSessions else {
            throw Failure(
                .unavailable, "Cloud Storage lost the upload \(Self.mostSessions) times",
                hint: "try again in a minute")
        }
        let headers = HTTPHeaders([
            .init("Content-Type", "application/json; charset=utf-8"),
            .init("X-Upload-Content-Type", source.contentType), .init("X-Upload-Content-Length", "\(source.bytes)"),
        ])
        let response = try await rest.exchange(
            "POST", beginning, headers: headers, body: Array(metadata.serialized().utf8), isWrite: false)
        guard let session = response.headers["Location"], endpoints.trusts(session: session) else {
            // Not shown: whoever has the address of a session may write to it.
            throw GoogleError.unreadable(
                what: "the begin of an upload", reason: "it names no address of the same server", isWrite: false)
        }
        state.session = session
        // A server that could not be asked for one has lost none.
        state.sessions += 1
        state.offset = 0
        state.sent = 0
        state.isUnanswered = false
        return session
    }

    /// Sends the next part, or asks how far the last one came.
    private func exchange(_ session: String, _ state: inout State) async throws -> UploadAnswer {
        var body: [UInt8] = []
        var range = "bytes */\(source.bytes)"
        if !state.isUnanswered, state.offset < source.bytes {
            let count = Int(min(Int64(partBytes), source.bytes - state.offset))
            body = try source.read(state.offset, count)
            guard body.count == count else {
                throw Failure(.internalError, "the content of an upload became shorter while it was sent")
            }
            state.sent = max(state.sent, state.offset + Int64(count))
            range = "bytes \(state.offset)-\(state.offset + Int64(count) - 1)/\(source.bytes)"
        }
        let response = try await rest.exchange(
            "PUT", session,
            headers: HTTPHeaders([.init("Content-Range", range), .init("Content-Type", source.contentType)]),
            body: body, timeout: min(partTimeout, max(left, .seconds(1))), isWrite: true,
            accepts: [308, 404, 410])
        return UploadAnswer(response, sent: state.sent)
    }

    /// Waits longer each time; throws when there were too many troubles without any progress.
    private func pause(after error: GoogleError?, _ retry: RetryPolicy, _ state: inout State) async throws {
        state.troubles += 1
        guard state.troubles <= max(retry.attempts, 1) * 2 else {
            if let error { throw error }
            throw Failure(
                .unavailable, "Cloud Storage takes no more of the upload",
                details: [.init("stopped at", "\(state.offset) of \(source.bytes) bytes")],
                hint: "try again in a minute")
        }
        let wait = retry.pause(
            beforeRepetition: state.troubles, drawn: .random(in: 0.5...1), retryAfter: error?.retryAfter)
        // A time after the deadline is not waited for.
        if let error, let asked = error.retryAfter, asked >= left { throw error }
        try await rest.limits.clock.sleep(min(wait, max(left, .zero)))
    }

    private static func isPassing(_ error: GoogleError) -> Bool {
        switch error {
        case .status(let status): [408, 429, 500, 502, 503, 504].contains(status.httpStatus)
        case .transport(let error, _):
            switch error {
            case .couldNotConnect, .couldNotResolve, .connectionLost, .timedOut: true
            default: false
            }
        default: false
        }
    }

    private func deadlineFailure(_ state: State) -> Failure {
        Failure(
            .deadline, "the upload did not end in time",
            details: [.init("stopped at", "\(state.offset) of \(source.bytes) bytes")],
            hint: "send less (.gcloudignore), or try again on a faster connection")
    }
}
