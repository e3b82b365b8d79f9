import JSON

@testable import LocalCloudRun

/// The services of v1 as a description for `Fuzz`, from the same generated table that the API reads bodies by: no
/// document has to be installed for it.
enum NamespaceMethods {
    static let all: [DiscoveredAPI.Method] = [
        ("apis/serving.knative.dev/v1/namespaces/{namespacesId}/services", "namespaces"),
        ("v1/projects/{projectsId}/locations/{locationsId}/services", "projects.locations"),
    ].flatMap { path, parent -> [DiscoveredAPI.Method] in
        let list = [
            "continue", "fieldSelector", "includeUninitialized", "labelSelector", "limit", "resourceVersion", "watch",
        ]
        let delete = ["apiVersion", "dryRun", "kind", "propagationPolicy"]
        return [
            method("\(parent).services.create", "POST", path, ["dryRun"], body: "Service"),
            method("\(parent).services.list", "GET", path, list, answer: "ListServicesResponse"),
            method("\(parent).services.get", "GET", path + "/{servicesId}", []),
            method("\(parent).services.replaceService", "PUT", path + "/{servicesId}", ["dryRun"], body: "Service"),
            method("\(parent).services.delete", "DELETE", path + "/{servicesId}", delete, answer: "Status"),
        ]
    }

    /// What makes a body be looked at beyond its first lines.
    static let usual: [String: [JSONValue]] = [
        "apiVersion": ["serving.knative.dev/v1"], "kind": ["Service"], "name": ["one", "two", "three"],
        "namespace": [.null], "image": ["repo/app:1"], "resourceVersion": ["", "1", .null, .null],
        "annotations": [
            .null, .null, .null, .null, ["run.googleapis.com/ingress": "all"], ["run.googleapis.com/ingress": "nobody"],
            ["autoscaling.knative.dev/maxScale": "3"], ["autoscaling.knative.dev/minScale": "-1"],
        ],
        "latestRevision": [true], "percent": [100], "revisionName": [.null],
    ]

    static let schemas: [String: JSONValue] = FieldTable.runV1.messages.mapValues { fields in
        ["properties": .object(fields.mapValues(schema))]
    }

    /// What is wrong with an answer: fields or values that the table does not know.
    static func problems(in answer: JSONValue, status: Int, of method: DiscoveredAPI.Method) -> [String] {
        guard status < 400 else {
            let error = answer["error"]
            let isWhole =
                error?["code"]?.integer == Int64(status) && error?["message"]?.string?.isEmpty == false
                && error?["status"]?.string?.isEmpty == false
            return isWhole ? [] : ["not a google.rpc.Status: \(answer.serialized())"]
        }
        do throws(APIError) {
            _ = try FieldTable.runV1.decode(answer, as: method.response, at: method.id)
            return []
        } catch {
            return [error.message]
        }
    }

    private static func method(
        _ id: String, _ verb: String, _ path: String, _ query: [String], body: String? = nil,
        answer: String = "Service"
    ) -> DiscoveredAPI.Method {
        DiscoveredAPI.Method(id: id, verb: verb, path: path, query: query, request: body, response: answer)
    }

    private static func schema(_ field: FieldTable.Field) -> JSONValue {
        switch field.shape {
        case .single: schema(field.kind)
        case .list: ["type": "array", "items": schema(field.kind)]
        case .map: ["type": "object", "additionalProperties": schema(field.kind)]
        }
    }

    private static func schema(_ kind: FieldTable.Kind) -> JSONValue {
        switch kind {
        case .message(let name): ["$ref": .string(name)]
        case .bool: ["type": "boolean"]
        case .int32: ["type": "integer"]
        case .double: ["type": "number"]
        case .int64: ["type": "string", "format": "int64"]
        case .timestamp: ["type": "string", "format": "google-datetime"]
        case .duration: ["type": "string", "format": "google-duration"]
        case .enumeration(let enumeration): ["type": "string", "enum": .array(enumeration.names.map { .string($0) })]
        case .string, .bytes, .any: ["type": "string"]
        }
    }
}
