import Discovery
import JSON

/// What Google's own description says of a request: its query and its body.
package enum RequestRules {
    private static let storage = DiscoveryDocument.named("storage.v1.json")
    private static let cloudBuild = DiscoveryDocument.named("cloudbuild.v1.json")
    private static let logging = DiscoveryDocument.named("logging.v2.json")

    /// Said once: without the documents, requests are taken as they come.
    static let warning: Void = {
        if storage == nil || cloudBuild == nil || logging == nil {
            print("skipped: no discovery documents are installed, so requests are not held against them")
        }
    }()

    static func problems(in request: LoopbackHTTP.Request) -> [String] {
        _ = warning
        let parts = request.path.split(separator: "/").map(String.init)
        if request.path.hasPrefix("/session/") { return [] }
        if request.path.hasPrefix("/upload/storage/v1/b/") {
            var (request, schema) = (request, String?.some("Object"))
            if request.query["uploadType"] == "media" { schema = nil }
            if request.query["uploadType"] == "multipart" {
                guard let parts = GoogleStub.parts(request), parts.count == 2 else {
                    return ["\(request.method) \(request.path): not two parts"]
                }
                request.body = parts[0]
            }
            return check(request, storage, ["objects", "insert"], body: schema, extra: ["uploadType"])
        }
        if request.path.hasPrefix("/storage/v1/b") {
            let asksPermissions = parts.count == 6 && parts[4] == "iam"
            let resource = parts.count > 4 && !asksPermissions ? "objects" : "buckets"
            let method =
                switch (request.method, parts.count) {
                case ("GET", 6) where asksPermissions: "testIamPermissions"
                case ("GET", 3), ("GET", 5): "list"
                case ("POST", 7): "compose"
                case ("PATCH", _): "patch"
                case ("POST", 3): "insert"
                case ("DELETE", _): "delete"
                default: "get"
                }
            return check(request, storage, [resource, method], body: Self.schema(of: method))
        }
        if request.path.hasPrefix("/v1/projects/") {
            let path = ["projects", "locations", "builds"]
            switch (request.method, parts.count) {
            case ("POST", 6): return check(request, cloudBuild, path + ["create"], body: "Build")
            case ("POST", _): return check(request, cloudBuild, path + ["cancel"], body: "CancelBuildRequest")
            case (_, 6): return check(request, cloudBuild, path + ["list"], body: nil)
            default: return check(request, cloudBuild, path + ["get"], body: nil)
            }
        }
        if request.path == "/v2/entries:list" {
            return check(request, logging, ["entries", "list"], body: "ListLogEntriesRequest")
        }
        return ["\(request.method) \(request.path): no such method"]
    }

    /// What requests of a method of `objects` may demand, as Google describes it; nil where no document is installed.
    package static func preconditions(of method: String) -> [String]? {
        guard let storage else { return nil }
        let parameters = storage.document["resources"]?["objects"]?["methods"]?[method]?["parameters"]?.object
        return (parameters ?? [:]).keys.filter { $0.hasPrefix("if") && $0.hasSuffix("Match") }.sorted()
    }

    private static func schema(of method: String) -> String? {
        switch method {
        case "insert": "Bucket"
        case "compose": "ComposeRequest"
        case "patch": "Object"
        default: nil
        }
    }

    /// - Parameter method: resources and, last, the method's name.
    private static func check(
        _ request: LoopbackHTTP.Request, _ document: DiscoveryDocument?, _ method: [String], body schema: String?,
        extra: Set<String> = []
    ) -> [String] {
        guard let document else { return [] }
        var place: JSONValue? = document.document
        for name in method.dropLast() { place = place?["resources"]?[name] }
        let title = "\(request.method) \(request.path)"
        guard let description = place?["methods"]?[method.last ?? ""] else { return ["\(title): no such method"] }
        var problems: [String] = []
        let isUpload = request.path.hasPrefix("/upload/")
        if !isUpload, description["httpMethod"]?.string != request.method {
            problems.append("\(title): not \(description["httpMethod"]?.string ?? "")")
        }
        let known = extra.union((description["parameters"]?.object ?? [:]).keys)
            .union((document.document["parameters"]?.object ?? [:]).keys)
        problems += request.query.keys.filter { !known.contains($0) }.map { "\(title): unknown parameter \($0)" }
        if let schema {
            guard let value = try? JSONValue(parsing: request.body) else { return problems + ["\(title): no JSON"] }
            problems += document.problems(in: value, schema: schema, at: title)
        } else if request.method != "POST", !request.body.isEmpty {
            problems.append("\(title): a body")
        }
        return problems
    }
}
