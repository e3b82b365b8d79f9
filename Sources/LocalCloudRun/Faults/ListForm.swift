import JSON

/// How a list of the API is asked for and answered, so that its elements can be changed and put into pages anew: the
/// keys are the control plane's own, so that a token of one page is good for the next, changed or not.
struct ListForm: Hashable, Sendable {
    private enum Order {
        case byName, newestFirst
    }

    /// Of the elements in the answer: `services`, or `items` in v1.
    let field: String
    private let pattern: [String]
    private let order: Order
    private let maximum: Int
    private var isNamespace: Bool { field == "items" }

    /// nil for what is no list that a fault changes.
    init?(_ request: APIRequest) {
        guard request.method == "GET" else { return nil }
        let parts = request.path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        switch (parts.dropFirst().first, parts.last) {
        case ("apis", "services") where parts.count == 7:
            field = "items"
            pattern = ["", "v1", "projects", parts[5], "locations", "-", "services"]
        case ("v1", "services"):
            field = "items"
            pattern = parts
        case ("v2", let last?) where ["services", "jobs", "revisions", "executions"].contains(last):
            field = last
            pattern = parts
        default: return nil
        }
        order = ["revisions", "executions"].contains(field) ? .newestFirst : .byName
        maximum = order == .newestFirst ? 1000 : 100
    }

    /// Whether the list is about the resource of this path.
    func contains(path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == pattern.count + 1
            && zip(pattern, parts).allSatisfy { wanted, part in wanted == "-" || wanted == part }
    }

    /// Where an element is read by itself.
    func path(of element: JSONValue) -> String {
        guard isNamespace else { return "/v2/" + (element["name"]?.string ?? "") }
        let metadata = element["metadata"]
        let location = metadata?["labels"]?[KnativeAnnotations.location]?.string ?? ""
        let (project, name) = (metadata?["namespace"]?.string ?? "", metadata?["name"]?.string ?? "")
        return "/v1/projects/\(project)/locations/\(location)/services/\(name)"
    }

    private func key(of element: JSONValue) -> String {
        if isNamespace {
            let metadata = element["metadata"]
            let location = metadata?["labels"]?[KnativeAnnotations.location]?.string ?? ""
            return (metadata?["name"]?.string ?? "") + "/" + location
        }
        let name = shortName(element["name"]?.string ?? "")
        guard order == .newestFirst else { return name }
        let created = element["createTime"]?.string.flatMap(Timestamp.init(rfc3339:))?.microseconds ?? 0
        return String(Int64.max - max(0, created)) + "/" + name
    }

    /// The list with its elements changed, in the pages that the request asks for.
    func answer(
        to request: APIRequest, from api: (APIRequest) async -> APIResponse,
        changing change: ([JSONValue]) -> [JSONValue]
    ) async -> APIResponse {
        // What is wrong with the request is refused as ever.
        let plain = await api(request)
        guard plain.status == 200 else { return plain }
        let (sizeName, tokenName) = isNamespace ? ("limit", "continue") : ("pageSize", "pageToken")
        let query = Dictionary(
            request.query.map { (QueryRules.camelCase($0.key), $0.value) }, uniquingKeysWith: { first, _ in first })
        var whole = APIRequest(method: "GET", path: request.path)
        var elements: [JSONValue] = []
        repeat {
            let page = await api(whole).body
            elements += page[field]?.array ?? []
            whole.query[tokenName] = (isNamespace ? page["metadata"]?["continue"] : page["nextPageToken"])?.string
        } while whole.query[tokenName] != nil
        elements = change(elements)
        if let selector = query["labelSelector"].flatMap({ try? LabelSelector(parsing: $0) }) {
            elements = elements.filter { selector.matches(Self.labels(of: $0)) }
        }
        let keyed = elements.map { (key: key(of: $0), element: $0) }.sorted { $0.key < $1.key }
        guard
            let page = try? Page(keyed, key: \.key, size: query[sizeName], token: query[tokenName], maximum: maximum)
        else { return plain }
        return body(page.elements.map(\.element), next: page.nextToken, like: plain, for: request)
    }

    private func body(
        _ elements: [JSONValue], next: String?, like plain: APIResponse, for request: APIRequest
    ) -> APIResponse {
        var result = plain
        let token = next.map { JSONValue.string($0) }
        if isNamespace {
            result.body["items"] = .array(elements)
            result.body["metadata"]?["continue"] = token
        } else {
            result.body[field] = elements.isEmpty ? nil : .array(elements)
            result.body["nextPageToken"] = token
            if request.wantsEnumNumbers {
                let message = "List\(field.prefix(1).uppercased())\(field.dropFirst())Response"
                result.body = FieldTable.runV2.withEnumNumbers(result.body, message: message)
            }
        }
        return result
    }

    /// As the selector of v1 sees them: without those of the system.
    private static func labels(of element: JSONValue) -> [String: String] {
        var labels = (element["metadata"]?["labels"]?.object ?? [:]).compactMapValues(\.string)
        labels[KnativeAnnotations.location] = nil
        return labels
    }
}
