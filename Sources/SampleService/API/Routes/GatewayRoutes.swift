import NIOHTTP1

/// The way from a browser, which knows the frontend alone, to the other services: to their public routes alone.
extension Route {
    static let gateway: [Route] =
        [HTTPMethod.GET, .POST, .PUT, .PATCH, .DELETE].map { method in
            Route(method, "/gateway/{service}/{rest...}", "Asks another service", success: 200) { $0.forward($1) }
        } + [
            Route(.GET, "/api/overview", "How the services are") { application, call in application.overview(call) }
        ]
}

extension Route {
    /// Of the role backend: a token says who it was made for, and only auth knows whether the session lasts.
    static let session: [Route] = [
        Route(.GET, "/api/session", "The session of the token, as auth knows it") { _, call in
            .proxied(ProxiedRequest(service: .auth, target: "/api/auth/session", request: call.request) { $0 })
        }
    ]
}

extension Application {
    /// What a browser may reach through the frontend.
    private static let published = ["api/", "oauth/", ".well-known/"]

    fileprivate func forward(_ call: Call) -> Reply {
        guard let service = ProxiedRequest.Service(rawValue: call.parameters["service"] ?? ""),
            let rest = call.parameters["rest"],
            Self.published.contains(where: rest.hasPrefix) || call.isBroken("gateway.publishes-all")
        else { return .response(.error(.notFound, "no route \(call.request.path)")) }
        // Encoded anew: a space would end the address of the request that is sent on.
        let target = "/" + rest.split(separator: "/").map { Form.encoded(String($0)) }.joined(separator: "/")
        return .proxied(ProxiedRequest(service: service, target: target, request: call.request) { $0 })
    }

    /// Of both at once; one that does not answer takes nothing from the other.
    fileprivate func overview(_ call: Call) -> Reply {
        var request = call.request
        request.query = [:]
        request.queryText = ""
        let asked = ProxiedRequest.Service.allCases.map { service in
            ProxiedRequest(service: service, target: "/version", request: request) { answer in
                guard answer.status == .ok, let version = JSONParser.parse(answer.body) else {
                    return .json(["status": "down", "code": .integer(Int(answer.status.code))])
                }
                return .json([
                    "status": "up", "service": version["service"] ?? .null, "revision": version["revision"] ?? .null,
                    "commit": version["commit"] ?? .null,
                ])
            }
        }
        return .collected(asked) { answers in
            let parts = zip(asked, answers).map { asked, answer in
                JSON.Member(name: asked.service.rawValue, value: JSONParser.parse(answer.body) ?? .null)
            }
            let isWhole = parts.allSatisfy { $0.value["status"] == "up" }
            return .json(.object([.init(name: "status", value: isWhole ? "up" : "degraded")] + parts))
        }
    }
}
