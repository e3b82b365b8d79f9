/// The paths of the Cloud Storage JSON API v1 below a base URL.
struct StorageEndpoints: Hashable, Sendable {
    private let base: String

    /// gcloud's override of this endpoint ends with the API's own path, which belongs to the paths here.
    init(base: String) {
        let path = "/storage/v1"
        self.base = base.hasSuffix(path) ? String(base.dropLast(path.count)) : base
    }

    /// `scheme://host:port` of the API.
    var origin: String? { Self.origin(of: base) }

    func bucket(_ name: String) -> String { "\(base)/storage/v1/b/\(name.percentEncoded)" }

    func creation(project: String) -> String { "\(base)/storage/v1/b?project=\(project.percentEncoded)" }

    /// The project's own buckets whose names begin like that.
    func buckets(of project: String, prefix: String) -> String {
        "\(base)/storage/v1/b?project=\(project.percentEncoded)&prefix=\(prefix.percentEncoded)"
    }

    func object(_ name: String, in bucket: String, _ query: [(String, String)] = []) -> String {
        "\(self.bucket(bucket))/o/\(name.percentEncoded)" + Self.query(query)
    }

    func objects(in bucket: String, _ query: [(String, String)]) -> String {
        "\(self.bucket(bucket))/o" + Self.query(query)
    }

    func permissions(_ permissions: [String], of bucket: String) -> String {
        "\(self.bucket(bucket))/iam/testPermissions" + Self.query(permissions.map { ("permissions", $0) })
    }

    func upload(_ name: String, in bucket: String, type: String, ifGeneration generation: Int64?) -> String {
        var query = [("uploadType", type), ("name", name)]
        if let generation { query.append(("ifGenerationMatch", "\(generation)")) }
        return "\(base)/upload/storage/v1/b/\(bucket.percentEncoded)/o" + Self.query(query)
    }

    /// Whether the session of an upload that the server names is one of its own: content travels there.
    func trusts(session url: String) -> Bool {
        guard let origin = Self.origin(of: url), let parts = BaseURL(url) else { return false }
        if origin == self.origin { return true }
        guard let own = BaseURL(base), own.host.hasSuffix(".googleapis.com") else { return false }
        return parts.scheme == "https" && parts.host.hasSuffix(".googleapis.com") && !origin.dropFirst(8).contains(":")
    }

    private static func query(_ items: [(String, String)]) -> String {
        items.isEmpty ? "" : "?" + items.map { "\($0.0)=\($0.1.percentEncoded)" }.joined(separator: "&")
    }

    private static func origin(of url: String) -> String? {
        guard BaseURL(url) != nil, let scheme = url.firstRange(of: "://") else { return nil }
        return (url[..<scheme.upperBound] + url[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" })
            .lowercased()
    }
}
