import Configuration
import JSON

/// The values that all checks of a suite start from.
struct SuiteDefaults {
    var timeoutMilliseconds = 5000
    var connectTimeoutMilliseconds = 2000
    var maximumBodyBytes = 1 << 20
    var headers: [HeaderTemplate] = []
}

extension SuiteReader {
    private static let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

    mutating func http(_ node: ConfigurationNode, _ path: String, _ defaults: SuiteDefaults) -> HTTPCheck? {
        guard let http = node["http"] else { return nil }
        // What stands beside a line that is wrong is read all the same.
        let (method, target) = request(http, join(path, "http")) ?? ("GET", .literal("/"))
        return self.http(method, target, node, path, defaults)
    }

    /// Everything about a request and its answer that stands beside the line that names them.
    mutating func http(
        _ method: String, _ target: Template, _ node: ConfigurationNode, _ path: String, _ defaults: SuiteDefaults
    ) -> HTTPCheck {
        var check = HTTPCheck(method: method, path: target, headers: defaults.headers)
        check.headers += headers(node["headers"], join(path, "headers"))
        check.timeoutMilliseconds = duration(node["timeout"], join(path, "timeout")) ?? defaults.timeoutMilliseconds
        check.connectTimeoutMilliseconds =
            duration(node["connect_timeout"], join(path, "connect_timeout")) ?? defaults.connectTimeoutMilliseconds
        check.maximumBodyBytes = defaults.maximumBodyBytes
        check.body = body(node, path)
        check.expectation = responseExpectation(node["expect"], join(path, "expect"))
        return check
    }

    /// `GET /path`, or a mapping of `method` and `path`.
    mutating func request(_ node: ConfigurationNode, _ path: String) -> (String, Template)? {
        if node.isMapping {
            guard mapping(node, path, keys: ["method", "path"], required: ["path"]) else { return nil }
            let method = choice(node["method"], join(path, "method"), of: Self.methods) ?? "GET"
            return address(node["path"], join(path, "path")).map { (method, $0) }
        }
        guard let text = text(node, path) else { return nil }
        let words = text.split(separator: " ", maxSplits: 1)
        guard words.count == 2, Self.methods.contains(String(words[0])) else {
            report(
                node, path, "\(text.quotedForMessage) is not a request",
                hint: "write a method and a path: `GET /health`")
            return nil
        }
        return address(String(words[1]), node, path).map { (String(words[0]), $0) }
    }

    mutating func address(_ node: ConfigurationNode?, _ path: String) -> Template? {
        guard let node, let text = text(node, path) else { return nil }
        return address(text, node, path)
    }

    private mutating func address(_ text: String, _ node: ConfigurationNode, _ path: String) -> Template? {
        if !text.hasPrefix("/"), !text.hasPrefix("${"), !CheckScope.isAbsolute(text) {
            report(node, path, "\(text.quotedForMessage) is not a path", hint: "a path starts with `/`")
        }
        return template(text, about: node, path)
    }

    private mutating func body(_ node: ConfigurationNode, _ path: String) -> HTTPCheck.Body? {
        if let json = node["json"] {
            if node["body"] != nil { report(json, join(path, "json"), "`json` and `body` exclude each other") }
            return jsonTemplate(json, join(path, "json")).map { .json($0) }
        }
        guard let body = node["body"] else { return nil }
        let path = join(path, "body")
        guard body.isMapping else { return template(body, path).map { .text($0) } }
        guard mapping(body, path, keys: ["json", "text"]) else { return nil }
        if let json = body["json"] { return jsonTemplate(json, join(path, "json")).map { .json($0) } }
        return template(body["text"], join(path, "text")).map { .text($0) }
    }
}
