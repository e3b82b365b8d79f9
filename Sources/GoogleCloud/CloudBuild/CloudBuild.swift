import JSON

/// A build of Cloud Build as far as its progress and its end go.
package struct CloudBuild: Hashable, Sendable {
    package enum Status: String, Hashable, Sendable {
        case unknown = "STATUS_UNKNOWN"
        case pending = "PENDING"
        case queued = "QUEUED"
        case working = "WORKING"
        case success = "SUCCESS"
        case failure = "FAILURE"
        case internalError = "INTERNAL_ERROR"
        case timeout = "TIMEOUT"
        case cancelled = "CANCELLED"
        case expired = "EXPIRED"

        /// Whether it will be another one by itself.
        package var isUnderWay: Bool {
            switch self {
            case .unknown, .pending, .queued, .working: true
            case .success, .failure, .internalError, .timeout, .cancelled, .expired: false
            }
        }
    }

    package struct Step: Hashable, Sendable {
        package var id: String?
        /// The image that ran it.
        package var name: String
        package var status: Status?
        package var exitCode: Int64?
    }

    package var id: String
    package var status: Status
    package var statusDetail: String?
    package var tags: [String]
    package var logURL: String?
    /// Where its log is: a bucket's name, perhaps with a folder behind a slash.
    package var logsBucket: String?
    package var steps: [Step]
    /// `PUSH_NOT_AUTHORIZED`, `FETCH_SOURCE_FAILED` and the like.
    package var failureType: String?
    package var failureDetail: String?
    /// `sha256:…` of each image that was pushed, by the name that it was pushed as.
    package var digests: [String: String]

    init?(_ document: JSONValue) {
        guard let id = document["id"]?.string, !id.isEmpty else { return nil }
        self.id = id
        status = document["status"]?.string.flatMap(Status.init) ?? .unknown
        statusDetail = document["statusDetail"]?.string
        tags = document["tags"]?.array?.compactMap(\.string) ?? []
        logURL = document["logUrl"]?.string
        logsBucket = document["logsBucket"]?.string
        steps = (document["steps"]?.array ?? []).map { step in
            Step(
                id: step["id"]?.string, name: step["name"]?.string ?? "",
                status: step["status"]?.string.flatMap(Status.init), exitCode: step["exitCode"]?.integer)
        }
        failureType = document["failureInfo"]?["type"]?.string
        failureDetail = document["failureInfo"]?["detail"]?.string
        digests = [:]
        for image in document["results"]?["images"]?.array ?? [] {
            if let name = image["name"]?.string, let digest = image["digest"]?.string { digests[name] = digest }
        }
    }

    /// Where its log is written as it comes; nil where it is not kept in a bucket.
    package var logObject: (bucket: String, name: String)? {
        guard var place = logsBucket?[...], !place.isEmpty else { return nil }
        if place.hasPrefix("gs://") { place = place.dropFirst(5) }
        let parts = place.split(separator: "/", maxSplits: 1)
        guard let bucket = parts.first else { return nil }
        let folder = parts.count > 1 ? parts[1] + (parts[1].hasSuffix("/") ? "" : "/") : ""
        return (String(bucket), "\(folder)log-\(id).txt")
    }
}
