import JSON

/// A probe (v2 `Probe`); nil where the configuration has no words for its kind.
struct ProbeReading {
    var probe: Probe?
    var unexpressed: [UnexpressedField] = []

    /// - Parameter port: the container's own, which goes without saying; nil for a sidecar.
    init(_ document: JSONValue, path: String, port: Int?, longest: Int) {
        var fields = UnreadFields(document, path: path)
        // An empty object says "the default connection", so that presence counts.
        let kinds = ["httpGet", "tcpSocket", "grpc"].filter { document[$0] != nil }
        guard kinds.count == 1, let name = kinds.first else { return }
        var target = UnreadFields(document[name], path: fields.place(name))
        fields.drop([name])
        var result = Probe(kind: .tcp)
        if name == "httpGet" {
            let path = target.take("path")?.string ?? "/"
            guard StringRule.urlPath.allows(path) else { return }
            result.kind = .http(path: path)
            let headers = target.take("httpHeaders")
            result.headers = headers.flatMap(Self.headers)
            if result.headers == nil { target.leave("httpHeaders", headers) }
        } else if name == "grpc" {
            let service = target.take("service")?.string
            guard service.map(StringRule.text.allows) ?? true else { return }
            result.kind = .grpc(service: service)
        }
        result.port = target.takeWhole("port", in: 1...65535).flatMap { $0 == port ? nil : $0 }
        result.initialDelaySeconds = fields.takeWhole("initialDelaySeconds", in: 0...longest)
        result.timeoutSeconds = fields.takeWhole("timeoutSeconds", in: 1...longest)
        result.periodSeconds = fields.takeWhole("periodSeconds", in: 1...longest)
        result.failureThreshold = fields.takeWhole("failureThreshold", in: 1...1000)
        probe = result
        unexpressed = fields.left + target.left
    }

    /// Nil where a header is repeated, or could not be written down.
    private static func headers(_ document: JSONValue) -> [String: String]? {
        var headers: [String: String] = [:]
        for entry in document.array ?? [] {
            let value = entry["value"]?.string ?? ""
            guard let name = entry["name"]?.string, StringRule.headerName.allows(name), value.canBeWritten,
                headers.updateValue(value, forKey: name) == nil
            else { return nil }
        }
        return headers
    }

    /// What Cloud Run echoes where no startup probe was given.
    static func isDefault(_ document: JSONValue, port: Int) -> Bool {
        document["httpGet"] == nil && document["grpc"] == nil && document["timeoutSeconds"]?.integer == 240
            && document["periodSeconds"]?.integer == 240 && document["failureThreshold"]?.integer == 1
            && (document["initialDelaySeconds"]?.integer ?? 0) == 0
            && (document["tcpSocket"]?["port"]?.integer ?? Int64(port)) == Int64(port)
    }
}
