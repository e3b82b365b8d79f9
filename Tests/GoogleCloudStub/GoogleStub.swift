import Discovery
package import JSON
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Plays Cloud Storage, Cloud Build, Cloud Logging and a registry, as far as a build in the cloud needs them, and holds
/// every request against Google's discovery documents.
package final class GoogleStub: Sendable {
    package struct Object: Sendable {
        package var bytes: [UInt8]
        package var generation: Int
        package var metageneration = 1
    }

    struct Session: Sendable {
        var bucket: String
        var name: String
        /// They must hold when the upload begins and when it ends.
        var preconditions: StoragePreconditions
        var md5: String?
        var received: [UInt8] = []
    }

    /// How builds go: each look at one takes it a step further.
    package struct BuildScript: Sendable {
        /// Statuses one after the other; the last one stays.
        package var statuses: [String] = ["QUEUED", "WORKING", "SUCCESS"]
        /// Appended to the log with each status.
        package var log: [String] = ["", "Step 1/1 : FROM scratch\nhalf a ", "line\r\nDONE\n"]
        package var failure: JSONValue?
        package var exitCode: Int64?
        package var logsBucket: String? = "gs://logs"
        package var digest = "sha256:" + String(repeating: "ab", count: 32)

        package init() {}
    }

    /// What goes wrong, how often, with requests whose method and path hold these words.
    package struct Fault: Sendable {
        package enum Kind: Sendable {
            /// Closes before anything is done.
            case refuse
            /// Does it and closes without an answer.
            case loseAnswer
            case status(Int)
            /// Of an upload's part, keeps only so many bytes.
            case keepOnly(Int)
            /// Answers nothing for as long as ten seconds, or until the stub is let go on.
            case stall
        }

        package var method: String
        package var path: String
        package var kind: Kind
        package var times: Int
        /// So many of these requests pass before.
        package var after: Int

        package init(_ method: String, _ path: String, _ kind: Kind, times: Int = 1, after: Int = 0) {
            self.method = method
            self.path = path
            self.kind = kind
            self.times = times
            self.after = after
        }
    }

    struct State: Sendable {
        /// Projects of the buckets.
        var buckets: [String: String] = [:]
        var objects: [String: Object] = [:]
        var sessions: [String: Session] = [:]
        var builds: [(document: JSONValue, looks: Int, isCancelled: Bool)] = []
        var pushed: Set<String> = []
        var script = BuildScript()
        var faults: [Fault] = []
        var forbidden: [String] = []
        var asked: [String] = []
        var problems: [String] = []
        var counter = 1000
        var isStalled = false
        var cancelled: [String] = []
        var gapOfChanges: Duration?
        var withheld: Set<String> = []
        var changes: [String: ContinuousClock.Instant] = [:]
        var trouble: (percent: Int, random: SystemRandomNumberGenerator)?
    }

    let state = Mutex(State())
    private let server = Mutex<LoopbackHTTP?>(nil)

    /// - Parameter now: what its answers say the time is, in seconds since 1970.
    package init(now: @escaping @Sendable () -> Double = { Double(time(nil)) }) throws {
        let started = try LoopbackHTTP(now: now) { [weak self] request in self?.handle(request) ?? .hangUp }
        server.withLock { $0 = started }
    }

    package var port: Int { server.withLock { $0?.port ?? 0 } }
    package var base: String { "http://127.0.0.1:\(port)" }
    package func stop() { server.withLock { $0 }?.stop() }

    // MARK: - For tests

    package func set(_ change: (inout BuildScript) -> Void) { state.withLock { change(&$0.script) } }
    package func fail(_ faults: Fault...) { state.withLock { $0.faults += faults } }
    /// Whoever asks does not have this permission.
    package func withhold(_ permission: String) { state.withLock { _ = $0.withheld.insert(permission) } }
    /// Objects take one change in that time, and answer 429 to others.
    package func limitChanges(to gap: Duration) { state.withLock { $0.gapOfChanges = gap } }
    /// So many of a hundred requests to Cloud Storage go wrong, in one of the ways in which they can.
    package func trouble(percent: Int) { state.withLock { $0.trouble = (percent, SystemRandomNumberGenerator()) } }
    /// Whether a request stands still in a fault.
    package var isStalled: Bool { state.withLock { $0.isStalled } }
    package func goOn() { state.withLock { $0.isStalled = false } }
    /// Answers 403 to requests whose path holds this.
    package func forbid(_ path: String) { state.withLock { $0.forbidden.append(path) } }
    package func addBucket(_ name: String, project: String) { state.withLock { $0.buckets[name] = project } }
    package func addObject(_ name: String, in bucket: String, _ bytes: [UInt8]) {
        state.withLock { state in
            state.counter += 1
            state.objects["\(bucket)/\(name)"] = Object(bytes: bytes, generation: state.counter)
        }
    }

    /// By `bucket/name`.
    package var objects: [String: Object] { state.withLock { $0.objects } }
    package var buckets: [String: String] { state.withLock { $0.buckets } }
    /// As they were asked for.
    package var builds: [JSONValue] { state.withLock { $0.builds.map(\.document) } }
    package var cancelled: [String] { state.withLock { $0.cancelled } }
    /// `METHOD /path` of every request.
    package var asked: [String] { state.withLock { $0.asked } }
    /// What in requests is not as the discovery documents have it.
    package var problems: [String] { state.withLock { $0.problems } }
    package func count(_ method: String, _ path: String) -> Int {
        asked.filter { $0.hasPrefix(method + " ") && $0.contains(path) }.count
    }

    // MARK: - Serving

    private func handle(_ request: LoopbackHTTP.Request) -> LoopbackHTTP.Reply {
        let fault = state.withLock { state -> Fault.Kind? in
            state.asked.append("\(request.method) \(request.path)")
            if !request.path.hasPrefix("/v2/") || request.path == "/v2/entries:list" {
                if request.headers["authorization"] != "Bearer stub-token" {
                    state.problems.append("\(request.method) \(request.path): no token")
                }
                state.problems += RequestRules.problems(in: request)
            }
            guard
                let index = state.faults.firstIndex(where: {
                    $0.times > 0 && $0.method == request.method && request.path.contains($0.path)
                })
            else { return request.path.contains("/storage/v1/") ? state.randomTrouble() : nil }
            guard state.faults[index].after == 0 else {
                state.faults[index].after -= 1
                return nil
            }
            state.faults[index].times -= 1
            if case .stall = state.faults[index].kind { state.isStalled = true }
            return state.faults[index].kind
        }
        switch fault {
        case .refuse: return .hangUp
        case .status(let status): return Self.error(status)
        case .loseAnswer:
            _ = route(request, keepOnly: nil)
            return .hangUp
        case .stall:
            let end = ContinuousClock.now + .seconds(100)
            while isStalled, .now < end { usleep(2000) }
            return .hangUp
        case .keepOnly(let count): return route(request, keepOnly: count)
        case nil: return route(request, keepOnly: nil)
        }
    }

    private func route(_ request: LoopbackHTTP.Request, keepOnly: Int?) -> LoopbackHTTP.Reply {
        if state.withLock({ $0.forbidden.contains { request.path.contains($0) } }) { return Self.error(403) }
        let parts = request.path.split(separator: "/").map { LoopbackHTTP.decoded(String($0)) }
        if request.path.hasPrefix("/upload/storage/v1/b/") || request.path.hasPrefix("/session/") {
            return upload(request, parts, keepOnly: keepOnly)
        }
        if request.path.hasPrefix("/storage/v1/b") { return storage(request, parts) }
        if request.path.hasPrefix("/v1/projects/") { return cloudBuild(request, parts) }
        if request.path == "/v2/entries:list" { return logging(request) }
        if request.path.hasPrefix("/v2/"), let reference = parts.last {
            let isThere = state.withLock { $0.pushed.contains(reference) }
            return isThere ? .answer(status: 200, body: []) : Self.error(404)
        }
        return Self.error(404)
    }

    static func json(_ document: JSONValue, headers: [(String, String)] = []) -> LoopbackHTTP.Reply {
        .answer(
            status: 200, headers: [("Content-Type", "application/json")] + headers,
            body: Array(document.serialized().utf8))
    }

    static func error(_ status: Int) -> LoopbackHTTP.Reply {
        let document: JSONValue = [
            "error": ["code": .integer(Int64(status)), "message": .string("stub says \(status)")]
        ]
        return .answer(status: status, body: Array(document.serialized().utf8))
    }
}

extension GoogleStub.State {
    fileprivate mutating func randomTrouble() -> GoogleStub.Fault.Kind? {
        guard var trouble else { return nil }
        defer { self.trouble = trouble }
        guard Int.random(in: 0..<100, using: &trouble.random) < trouble.percent else { return nil }
        return [.loseAnswer, .loseAnswer, .refuse, .status(503), .status(429)].randomElement(using: &trouble.random)
    }
}
