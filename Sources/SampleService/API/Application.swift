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

    init(settings: Settings) {
        self.settings = settings
        issuer = TokenIssuer(secret: settings.jwtSecret)
        routes = Route.table(for: settings.role)
        memory = Mutex(Memory(limited: RateLimiter(limit: settings.requestsPerSecond)))
    }

    var now: Int { time(nil) }

    func reply(to request: Request) -> Reply {
        let method = request.method == .HEAD ? .GET : request.method
        var allowed: [String] = []
        for route in routes {
            guard let parameters = route.match(request.path) else { continue }
            if route.method == method { return reply(to: request, route: route, parameters: parameters) }
            allowed.append(route.method.rawValue)
        }
        if allowed.isEmpty { return .response(.error(.notFound, "no route \(request.path)")) }
        return .response(
            .error(.methodNotAllowed, "\(request.path) does not take \(request.method.rawValue)")
                .with(header: "allow", allowed.joined(separator: ", ")))
    }

    private func reply(to request: Request, route: Route, parameters: [String]) -> Reply {
        if settings.faults.contains(.missingRoute), route.path == "/api/threads" {
            return .response(.error(.notFound, "no route \(request.path)"))
        }
        var user = ""
        if route.needsToken {
            guard let known = request.bearerToken.flatMap({ issuer.user(of: $0, now: now) }) else {
                return .response(
                    .error(.unauthorized, "a valid bearer token is needed")
                        .with(header: "www-authenticate", "Bearer"))
            }
            user = known
        }
        switch route.endpoint {
        case .home: return .response(home())
        case .health: return .response(health())
        case .ready: return .response(.json(["status": "ready"]))
        case .version: return .response(version())
        case .openAPI: return .response(.json(OpenAPI.document(for: settings, routes: routes)))
        case .metrics: return .response(metrics())
        case .limited: return .response(limited(request))
        case .events: return .events
        case .createToken: return .response(createToken(request))
        case .verifyToken: return .response(.json(["valid": true, "sub": .string(user)]))
        case .listAgents, .createAgent, .getAgent: return .response(agents(request, route.endpoint, parameters))
        case .listThreads, .createThread, .getThread, .listMessages, .createMessage:
            return .response(threads(request, route.endpoint, parameters))
        case .me: return .response(me(user))
        case .webSocket: return webSocket(request, user: user)
        case .authStatus: return upstream("auth", url: settings.authURL, variable: "AUTH_URL")
        case .backendVersion: return upstream("backend", url: settings.backendURL, variable: "BACKEND_URL")
        }
    }

    private func webSocket(_ request: Request, user: String) -> Reply {
        guard let key = request.webSocketKey else {
            return .response(
                .error(.upgradeRequired, "this route speaks WebSocket").with(header: "upgrade", "websocket"))
        }
        if settings.faults.contains(.webSocket403) {
            FaultBehaviour.logRefusedUpgrade()
            return .response(.error(.forbidden, "origin is not allowed"))
        }
        return .webSocket(key: key, user: user)
    }

    private func upstream(_ name: String, url: String?, variable: String) -> Reply {
        guard let url else { return .response(.error(.serviceUnavailable, "\(variable) is not set")) }
        return .upstream(name: name, url: url + "/version")
    }
}
