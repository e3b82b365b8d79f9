import NIOCore
import NIOHTTP1
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Turns a request into a reply; everything that it remembers is behind one lock.
final class Application: Sendable {
    struct Memory: Sendable {
        var agents = Agents()
        var runs = Runs()
        var threads = Threads()
        var workflows = Workflows()
        var coordination = Coordination()
        var data = Collections()
        var operations = Operations()
        var resilience = Resilience()
        var sessions = Sessions()
        var limited: RateLimiter
        /// Tokens are cheap to ask for and dear to have stolen: a wider, but still bounded, rate.
        var tokens = RateLimiter(limit: 50)
        var accounts = Accounts()
        var executions = Executions()
        var grants = Grants()
        var statuses: [UInt: Int] = [:]
        var webSockets = 0
    }

    let settings: Settings
    let issuer: TokenIssuer
    let routes: [Route]
    let memory: Mutex<Memory>
    let mutations: MutationSwitch
    let policy: SecurityPolicy
    let clients: [OAuthClient]
    let signingKey = SigningKey()
    let hub = Hub()
    /// By ``ProcessUse/clock``.
    let startedAt = ProcessUse.clock
    /// How long it took from there until everything was ready.
    let startMilliseconds: Int
    /// What was there before anybody asked.
    let firstMemory: Memory

    init(settings: Settings) {
        self.settings = settings
        issuer = TokenIssuer(secret: settings.jwtSecret)
        routes = Route.table(for: settings.role)
        policy = SecurityPolicy(role: settings.role, origins: settings.allowedOrigins)
        clients = OAuthClient.table(secret: settings.clientSecret)
        firstMemory = Memory(limited: RateLimiter(limit: settings.requestsPerSecond))
        memory = Mutex(firstMemory)
        mutations = MutationSwitch(settings: settings)
        startMilliseconds = ProcessUse.clock - startedAt
    }

    var now: Int { time(nil) }

    /// Of a clock that nobody sets.
    var milliseconds: Int { Int(NIODeadline.now().uptimeNanoseconds / 1_000_000) }

    /// What becomes of a request, and which defects the answer still has to get.
    func answer(_ request: Request) -> MutatedReply {
        var request = request
        let active = mutations.take(from: &request)
        if request.path == MutationSwitch.listPath, settings.isMutable { return MutatedReply(mutations.list) }
        let refused = active.filter { $0.concerns(Mutation.noRoute) }
        let left = active.compactMap { SecurityPolicy.Rule(rawValue: $0.name) }
        if let refusal = policy.refusal(of: request, leavingOut: left) {
            return MutatedReply(.response(refusal), refused)
        }
        let method = request.method == .HEAD ? .GET : request.method
        let segments = request.path.split(separator: "/")
        var allowed: [String] = []
        for route in routes {
            guard let parameters = route.match(segments) else { continue }
            if route.method == method {
                let own = active.filter { $0.concerns(route.name) }
                let call = Call(request: request, parameters: parameters, now: now)
                var answer =
                    own.isEmpty ? MutatedReply(reply(to: call, route)) : mutatedReply(to: call, route, own)
                answer.route = route.name
                answer.trace = TraceParent(request.headers.first(name: "traceparent")).traceID
                return answer
            }
            allowed.append(route.method.rawValue)
        }
        if allowed.isEmpty {
            return MutatedReply(.response(.error(.notFound, "no route \(request.path)")), refused)
        }
        if allowed.contains("GET") { allowed.append("HEAD") }
        allowed.append("OPTIONS")
        if request.method == .OPTIONS {
            return MutatedReply(.response(policy.options(for: request, methods: allowed)), refused)
        }
        return MutatedReply(
            .response(
                .error(.methodNotAllowed, "\(request.path) does not take \(request.method.rawValue)")
                    .with(header: "allow", allowed.joined(separator: ", "))), refused)
    }

    func reply(to call: Call, _ route: Route) -> Reply {
        let isMissing =
            settings.faults.contains(.missingRoute) && route.path == "/api/threads"
            || settings.faults.contains(.missingRoutes) && Fault.pathsMissing.contains(route.path)
        if isMissing {
            return .response(.error(.notFound, "no route \(call.request.path)"))
        }
        var call = call
        let token = call.request.bearerToken
        if route.access == .token || route.access == .tokenIfSent && token != nil, call.user.isEmpty {
            guard let known = token.flatMap({ liveClaims(of: $0, call)?["sub"]?.text }) else {
                return .response(
                    .error(.unauthorized, "a valid bearer token is needed")
                        .with(
                            header: "www-authenticate",
                            // RFC 6750 section 3: nothing is said about a token that was not sent.
                            token == nil ? "Bearer" : "Bearer error=\"invalid_token\""))
            }
            call.user = known
        }
        return route.handler(self, call)
    }

    /// Counts every response once it is on its way.
    func count(_ status: HTTPResponseStatus) {
        memory.withLock { $0.statuses[status.code, default: 0] += 1 }
    }

    /// Everybody who listens to a thread hears of a message.
    func tell(_ thread: String, _ message: Message) {
        hub.tell(
            thread,
            [
                "type": "message", "thread": .string(thread), "seq": .integer(message.number),
                "role": .string(message.role), "content": .string(message.content),
            ])
    }

    func countWebSocket() {
        memory.withLock { $0.webSockets += 1 }
    }

    func upstream(_ name: String, url: String?, variable: String, path: String = "/version") -> Reply {
        guard let url else { return .response(.error(.serviceUnavailable, "\(variable) is not set")) }
        return .upstream(name: name, url: url + path)
    }
}
