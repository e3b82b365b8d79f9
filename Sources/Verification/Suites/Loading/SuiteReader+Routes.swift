import Configuration

extension SuiteReader {
    private static let routeKeys = ["paths", "openapi", "status", "parameters", "methods", "exclude"]

    mutating func routes(_ node: ConfigurationNode, _ path: String, _ defaults: SuiteDefaults) -> RoutesCheck? {
        guard let routes = node["routes"] else { return nil }
        let place = join(path, "routes")
        guard mapping(routes, place, keys: Self.routeKeys) else { return nil }
        var check = RoutesCheck(routes: [], headers: defaults.headers)
        check.headers += headers(node["headers"], join(path, "headers"))
        check.timeoutMilliseconds = duration(node["timeout"], join(path, "timeout")) ?? defaults.timeoutMilliseconds
        check.connectTimeoutMilliseconds = defaults.connectTimeoutMilliseconds
        let status = status(routes["status"], join(place, "status"))
        check.status = status ?? .success
        if routes["paths"] == nil, routes["openapi"] == nil {
            report(routes, place, "`routes` needs `paths` or `openapi`")
        }
        let paths = list(routes["paths"])
        if paths.isEmpty, let empty = routes["paths"] {
            report(empty, join(place, "paths"), "`paths` is an empty list")
        }
        for (index, element) in paths.enumerated() {
            let place = join(place, "paths.\(index)")
            guard let text = text(element, place) else { continue }
            if text.hasPrefix("/") {
                if let target = address(element, place) { check.routes.append(.init(path: target)) }
            } else if let (method, target) = request(element, place) {
                check.routes.append(.init(method: method, path: target))
            }
        }
        check.routes += documented(routes, place, statusIsGiven: status != nil)
        return check
    }

    /// The operations of the document that `openapi` names: those of reading, unless `methods` says otherwise.
    private mutating func documented(
        _ routes: ConfigurationNode, _ path: String, statusIsGiven: Bool
    ) -> [RoutesCheck.Route] {
        for key in ["parameters", "methods", "exclude"] where routes["openapi"] == nil {
            if let node = routes[key] { report(node, join(path, key), "`\(key)` goes with `openapi`") }
        }
        guard let node = routes["openapi"], let file = text(node, join(path, "openapi")) else { return [] }
        guard let document = openAPI(file, node, join(path, "openapi")) else { return [] }
        let known = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]
        let methods = list(routes["methods"]).compactMap { choice($0, join(path, "methods"), of: known) }
        var parameters: [String: String] = [:]
        if let node = routes["parameters"], node.isMapping || mapping(node, join(path, "parameters"), keys: []) {
            for entry in node.entries {
                parameters[entry.key] = text(entry.value, join(path, "parameters.\(entry.key)"))
            }
        }
        let excluded = excluded(routes["exclude"], join(path, "exclude"), document)
        let operations = document.operations.filter { operation in
            (methods.isEmpty ? ["GET"] : methods).contains(operation.method)
                && !excluded.contains(operation.path) && !excluded.contains("\(operation.method) \(operation.path)")
        }
        if operations.isEmpty {
            report(node, join(path, "openapi"), "\(file.quotedForMessage) leaves no route to ask")
        }
        return operations.compactMap { operation in
            let name = "\(operation.method) \(operation.path)"
            if operation.isWebSocket {
                report(
                    node, join(path, "openapi"), "`\(name)` is documented as a WebSocket",
                    hint: "write a `ws` check, and list the route in `exclude`")
                return nil
            }
            switch OpenAPIRoutes.filled(operation.path, parameters) {
            case .failure(let missing):
                report(
                    node, join(path, "openapi"), "`\(name)` needs a value for `\(missing.name)`",
                    hint: "write `parameters: { \(missing.name): … }`, or list the route in `exclude`")
                return nil
            case .success(let filled):
                guard let target = template(filled, about: node, join(path, "openapi")) else { return nil }
                return .init(
                    method: operation.method, path: target, status: statusIsGiven ? nil : operation.statuses)
            }
        }
    }

    private mutating func openAPI(_ file: String, _ node: ConfigurationNode, _ path: String) -> OpenAPIRoutes? {
        let bytes: [UInt8]
        do throws(SuiteFiles.Unreadable) {
            bytes = try files.bytes(of: file)
        } catch {
            report(node, path, error.reason)
            return nil
        }
        switch ConfigurationReader.read(bytes, file: file) {
        case .failure(let findings):
            for finding in findings.findings {
                report(node, path, "\(file.quotedForMessage) line \(finding.line): \(finding.message)")
            }
            return nil
        case .success(let document):
            let routes = OpenAPIRoutes(document.root)
            if routes == nil { report(node, path, "\(file.quotedForMessage) is not an OpenAPI 3 document") }
            return routes
        }
    }

    private mutating func excluded(
        _ node: ConfigurationNode?, _ path: String, _ document: OpenAPIRoutes
    ) -> Set<String> {
        let names = document.operations.flatMap { [$0.path, "\($0.method) \($0.path)"] }
        var excluded: Set<String> = []
        for (index, element) in list(node).enumerated() {
            let place = join(path, "\(index)")
            guard let name = text(element, place) else { continue }
            if !names.contains(name) {
                report(
                    element, place, "\(name.quotedForMessage) is not in the document",
                    hint: NearestName.hint(for: name, in: names))
            }
            excluded.insert(name)
        }
        return excluded
    }
}
