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
        var store = Store()
        var limited: RateLimiter
        /// Tokens are cheap to ask for and dear to have stolen: a wider, but still bounded, rate.
        var tokens = RateLimiter(limit: 50)
        var statuses: [UInt: Int] = [:]
        var webSockets = 0
    }

    let settings: Settings
    let issuer: TokenIssuer
    let routes: [Route]
    let memory: Mutex<Memory>
    let mutations: MutationSwitch
    /// What was there before anybody asked.
    let firstMemory: Memory

    init(settings: Settings) {
        self.settings = settings
        issuer = TokenIssuer(secret: settings.jwtSecret)
        routes = Route.table(for: settings.role)
        firstMemory = Memory(limited: RateLimiter(limit: settings.requestsPerSecond))
        memory = Mutex(firstMemory)
        mutations = MutationSwitch(settings: settings)
    }

    var now: Int { time(nil) }

    /// What becomes of a request, and which defects the answer still has to get.
    func answer(_ request: Request) -> MutatedReply {
        var request = request
        let active = mutations.take(from: &request)
        if request.path == MutationSwitch.listPath, settings.isMutable { return MutatedReply(mutations.list) }
        let method = request.method == .HEAD ? .GET : request.method
        let segments = request.path.split(separator: "/")
        var allowed: [String] = []
        for route in routes {
            guard let parameters = route.match(segments) else { continue }
            if route.method == method {
                let own = active.filter { $0.concerns(route.name) }
                let call = Call(request: request, parameters: parameters, now: now)
                guard !own.isEmpty else { return MutatedReply(reply(to: call, route)) }
                return mutatedReply(to: call, route, own)
            }
            allowed.append(route.method.rawValue)
        }
        let own = active.filter { $0.concerns(Mutation.noRoute) }
        if allowed.isEmpty {
            return MutatedReply(.response(.error(.notFound, "no route \(request.path)")), own)
        }
        return MutatedReply(
            .response(
                .error(.methodNotAllowed, "\(request.path) does not take \(request.method.rawValue)")
                    .with(header: "allow", allowed.joined(separator: ", "))), own)
    }

    func reply(to call: Call, _ route: Route) -> Reply {
        if settings.faults.contains(.missingRoute), route.path == "/api/threads" {
            return .response(.error(.notFound, "no route \(call.request.path)"))
        }
        var call = call
        let token = call.request.bearerToken
        if route.access == .token || route.access == .tokenIfSent && token != nil, call.user.isEmpty {
            guard let known = token.flatMap({ issuer.user(of: $0, now: call.now) }) else {
                return .response(
                    .error(.unauthorized, "a valid bearer token is needed")
                        .with(header: "www-authenticate", "Bearer"))
            }
            call.user = known
        }
        return route.handler(self, call)
    }

    /// Counts every response once it is on its way.
    func count(_ status: HTTPResponseStatus) {
        memory.withLock { $0.statuses[status.code, default: 0] += 1 }
    }

    func countWebSocket() {
        memory.withLock { $0.webSockets += 1 }
    }

    func upstream(_ name: String, url: String?, variable: String, path: String = "/version") -> Reply {
        guard let url else { return .response(.error(.serviceUnavailable, "\(variable) is not set")) }
        return .upstream(name: name, url: url + path)
    }
}
