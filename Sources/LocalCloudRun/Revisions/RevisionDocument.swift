import JSON

/// The revision resource that a template becomes.
enum RevisionDocument {
    static let copied = [
        "scaling", "vpcAccess", "timeout", "serviceAccount", "containers", "volumes", "executionEnvironment",
        "encryptionKey", "serviceMesh", "maxInstanceRequestConcurrency", "sessionAffinity", "nodeSelector", "labels",
        "annotations", "client", "clientVersion",
    ]

    static func make(
        id: String, service: ServiceName, template: JSONValue, uid: String, etag: String, creator: String,
        at time: Timestamp
    ) -> JSONValue {
        var members: [String: JSONValue] = [
            "name": .string(service.revision(id)), "uid": .string(uid), "generation": "1",
            "createTime": .string(time.text), "updateTime": .string(time.text), "service": .string(service.id),
            "launchStage": "GA", "reconciling": true, "etag": .string(etag), "creator": .string(creator),
            "logUri": .string(logsURL(service: service, revision: id)),
        ]
        for name in copied {
            if let value = template[name] { members[name] = value }
        }
        members["conditions"] = [
            Condition.make("Ready", .pending, at: time, message: "Deploying Revision.", revisionReason: "PENDING"),
            Condition.make("ContainerHealthy", .pending, at: time, revisionReason: "PENDING"),
            Condition.make("ResourcesAvailable", .pending, at: time, revisionReason: "PENDING"),
        ]
        return .object(members)
    }

    /// The revision after its first instance came up, or did not.
    static func settled(
        _ document: JSONValue, failure: StartupFailure?, service: ServiceName, at time: Timestamp
    ) -> JSONValue {
        var result = document
        let id = shortName(document["name"]?.string ?? "")
        let conditions: [JSONValue]
        if let failure {
            let message = failure.message(
                revision: id, logsURL: logsURL(service: service, revision: id), account: account(of: document))
            let isHealth = failure.revisionReason != nil
            conditions = [
                Condition.make(
                    "Ready", .failed, at: time, message: message, reason: failure.reason,
                    revisionReason: failure.revisionReason),
                Condition.make(
                    "ContainerHealthy", isHealth ? .failed : .pending, at: time, message: isHealth ? message : nil,
                    revisionReason: failure.revisionReason),
                Condition.make(
                    "ResourcesAvailable", isHealth ? .succeeded : .failed, at: time, message: isHealth ? nil : message,
                    reason: failure.reason),
            ]
        } else {
            conditions = ["Ready", "ContainerHealthy", "ResourcesAvailable"].map {
                Condition.make($0, .succeeded, at: time)
            }
        }
        result["conditions"] = Condition.merged(conditions, into: document["conditions"])
        result["reconciling"] = nil
        result["observedGeneration"] = "1"
        result["updateTime"] = .string(time.text)
        return result
    }

    static func ready(_ document: JSONValue) -> JSONValue? {
        document["conditions"]?.array?.first { $0["type"] == "Ready" }
    }

    static func state(_ document: JSONValue) -> Condition.State {
        ready(document)?["state"]?.string.flatMap(Condition.State.init(rawValue:)) ?? .pending
    }

    /// The service account, or the default one that Cloud Run would name.
    static func account(of document: JSONValue) -> String {
        document["serviceAccount"]?.string ?? "default@local.iam.gserviceaccount.com"
    }

    static func logsURL(service: ServiceName, revision: String) -> String {
        "https://console.cloud.google.com/logs/viewer?project=\(service.parent.project)"
            + "&resource=cloud_run_revision/service_name/\(service.id)/revision_name/\(revision)"
            + "&advancedFilter=resource.type%3D%22cloud_run_revision%22%0Aresource.labels.service_name%3D%22\(service.id)%22"
            + "%0Aresource.labels.revision_name%3D%22\(revision)%22"
    }
}
