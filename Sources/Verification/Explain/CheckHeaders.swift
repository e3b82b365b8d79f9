/// Which headers a check sends, by name: what a refusal is judged by, without any of their values.
package enum CheckHeaders {
    /// In lower case, sorted; nil for what sends no request of its own, such as a runner.
    package static func names(of check: Check, in suite: Suite) -> [String]? {
        guard let own = headers(of: check.kind) else { return nil }
        var names = Set(own.map { $0.name.lowercased() })
        switch check.auth ?? suite.targets[check.target]?.auth {
        case .bearer: names.insert("authorization")
        case .jwt(let token): names.insert(token.header.lowercased())
        case .identityToken: names.insert("x-serverless-authorization")
        case .anonymous, nil: break
        }
        return names.sorted()
    }

    private static func headers(of kind: CheckKind) -> [HeaderTemplate]? {
        switch kind {
        case .http(let check): check.headers
        case .webSocket(let check): check.headers
        case .routes(let check): check.headers
        case .events(let check): check.headers
        case .load(let check): check.http.headers
        case .users(let check): check.http.headers
        case .rateLimit(let check): check.http.headers
        case .start(let check): check.http.headers
        case .grpc(let check): check.headers
        case .preflight, .tls, .name, .command, .container, .job, .runner: nil
        }
    }
}

extension CheckKind {
    /// As a suite calls it; a stream of events and one of lines are not told apart.
    package var name: String {
        switch self {
        case .http: "http"
        case .webSocket: "ws"
        case .routes: "routes"
        case .events: "sse"
        case .load: "load"
        case .users: "users"
        case .rateLimit: "rate_limit"
        case .start: "start"
        case .preflight: "cors"
        case .tls: "tls"
        case .name: "dns"
        case .command: "command"
        case .grpc: "grpc"
        case .container: "container"
        case .job: "job"
        case .runner: "runner"
        }
    }

    /// Method and path as the suite writes them; nil where the check asks for none.
    package var route: String? {
        switch self {
        case .http(let check): "\(check.method) \(check.path.source)"
        case .webSocket(let check): "GET \(check.path.source)"
        case .events(let check): "GET \(check.path.source)"
        case .load(let check): "\(check.http.method) \(check.http.path.source)"
        case .users(let check): "\(check.http.method) \(check.http.path.source)"
        case .rateLimit(let check): "\(check.http.method) \(check.http.path.source)"
        case .start(let check): "\(check.http.method) \(check.http.path.source)"
        case .routes, .preflight, .tls, .name, .command, .grpc, .container, .job, .runner: nil
        }
    }
}
