import JSON

/// A probe (v2 `Probe`); nil where the configuration has no words for its kind.
struct ProbeReading {
    var probe: Probe?
    var unexpressed: [UnexpressedField] = []

    init(_ document: JSONValue, path: String, port: Int, longest: Int) {
        var fields = UnreadFields(document, path: path)
        // An empty object says "the default connection", so that presence counts.
        let isHTTP = document["httpGet"] != nil
        guard isHTTP || document["tcpSocket"] != nil, document["grpc"] == nil else { return }
        let name = isHTTP ? "httpGet" : "tcpSocket"
        var target = UnreadFields(document[name], path: fields.place(name))
        fields.drop([name])
        var result = Probe(kind: .tcp)
        if isHTTP {
            let path = target.take("path")?.string ?? "/"
            guard StringRule.urlPath.allows(path) else { return }
            result.kind = .http(path: path)
        }
        result.port = target.take("port")?.whole(in: 1...65535).flatMap { $0 == port ? nil : $0 }
        result.initialDelaySeconds = fields.take("initialDelaySeconds")?.whole(in: 0...longest)
        result.timeoutSeconds = fields.take("timeoutSeconds")?.whole(in: 1...longest)
        result.periodSeconds = fields.take("periodSeconds")?.whole(in: 1...longest)
        result.failureThreshold = fields.take("failureThreshold")?.whole(in: 1...1000)
        probe = result
        unexpressed = fields.left + target.left
    }

    /// What Cloud Run echoes where no startup probe was given.
    static func isDefault(_ document: JSONValue, port: Int) -> Bool {
        document["httpGet"] == nil && document["grpc"] == nil && document["timeoutSeconds"]?.integer == 240
            && document["periodSeconds"]?.integer == 240 && document["failureThreshold"]?.integer == 1
            && (document["initialDelaySeconds"]?.integer ?? 0) == 0
            && (document["tcpSocket"]?["port"]?.integer ?? Int64(port)) == Int64(port)
    }
}
