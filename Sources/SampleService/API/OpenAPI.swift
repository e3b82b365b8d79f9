import NIOHTTP1

/// The OpenAPI 3.1 document of one role, written from its route table.
enum OpenAPI {
    static func document(for settings: Settings, routes: [Route]) -> JSON {
        var paths: [String] = []
        for route in routes where !paths.contains(route.path) { paths.append(route.path) }
        let items = paths.map { path in
            JSON.Member(name: path, value: .object(routes.filter { $0.path == path }.map(operation)))
        }
        return [
            "openapi": "3.1.0",
            "info": ["title": .string("sample \(settings.role)"), "version": .string(settings.commit)],
            "paths": .object(items),
            "components": [
                "securitySchemes": ["token": ["type": "http", "scheme": "bearer", "bearerFormat": "JWT"]]
            ],
        ]
    }

    private static func operation(_ route: Route) -> JSON.Member {
        let parameters = route.parameterNames.map { name -> JSON in
            ["name": .string(name), "in": "path", "required": true, "schema": ["type": "string"]]
        }
        var members: [JSON.Member] = [
            .init(name: "summary", value: .string(route.summary)),
            .init(
                name: "responses",
                value: .object([.init(name: String(route.success), value: ["description": "done"])])),
        ]
        if !parameters.isEmpty { members.append(.init(name: "parameters", value: .array(parameters))) }
        switch route.access {
        case .anybody: break
        case .tokenIfSent: members.append(.init(name: "security", value: .array([["token": []], .object([])])))
        case .token: members.append(.init(name: "security", value: .array([["token": []]])))
        }
        return JSON.Member(name: route.method.rawValue.lowercased(), value: .object(members))
    }
}
