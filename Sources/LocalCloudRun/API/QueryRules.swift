/// Checks the query of a call as Google checks it: every parameter is one that the method has, by its JSON name or its
/// name in the .proto file, with a value of its kind. What is misspelt must not be read over: a dry run that is none
/// would delete.
enum QueryRules {
    enum Kind: Hashable, Sendable {
        case text, flag, number
    }

    /// Of every method (the discovery document's own parameters).
    private static let common: Set<String> = [
        "$.xgafv", "access_token", "alt", "callback", "fields", "key", "oauth_token", "prettyPrint", "quotaUser",
        "uploadType", "upload_protocol",
    ]

    /// The query with JSON names and with flags as `true` and `false`.
    static func checked(
        _ query: [String: String], of endpoint: Endpoint
    ) throws(APIError) -> [String: String] {
        let known = endpoint.parameters
        var result: [String: String] = [:]
        var violations: [FieldViolation] = []
        for (given, value) in query.sorted(by: { $0.key < $1.key }) {
            let bare = given.hasPrefix("$") && given != "$.xgafv" ? String(given.dropFirst()) : given
            if common.contains(bare) {
                result[given] = value
                continue
            }
            let name = camelCase(given)
            guard let kind = known[name] else {
                violations.append(
                    .unknownName(
                        given, at: "",
                        "Cannot bind query parameter. Field '\(given)' could not be found in request message."))
                continue
            }
            guard let read = read(value, kind) else {
                let type = kind == .flag ? "TYPE_BOOL" : "TYPE_INT32"
                violations.append(.wrongValue("\"\(value)\"", type: type, at: FieldTable.protoName(name)))
                continue
            }
            result[name] = read
        }
        guard violations.isEmpty else { throw .badRequest(violations) }
        return result
    }

    private static func read(_ value: String, _ kind: Kind) -> String? {
        switch kind {
        case .text: value
        case .flag: FieldTable.flag(value).map { $0 ? "true" : "false" }
        case .number: Int32(value).map { String($0) }
        }
    }

    static func camelCase(_ name: String) -> String {
        let parts = name.split(separator: "_", omittingEmptySubsequences: false)
        return parts.dropFirst().reduce(String(parts.first ?? "")) { $0 + $1.prefix(1).uppercased() + $1.dropFirst() }
    }
}

extension Endpoint {
    /// The parameters that the discovery documents give this method, besides those of every method.
    var parameters: [String: QueryRules.Kind] {
        let page: [String: QueryRules.Kind] = ["pageSize": .number, "pageToken": .text]
        let shown = page.merging(["showDeleted": .flag]) { $1 }
        let deletion: [String: QueryRules.Kind] = ["etag": .text, "validateOnly": .flag]
        return switch self {
        case .createService: ["serviceId": .text, "validateOnly": .flag]
        case .patchService:
            ["allowMissing": .flag, "forceNewRevision": .flag, "updateMask": .text, "validateOnly": .flag]
        case .listServices, .listRevisions: shown
        case .deleteService, .deleteRevision: deletion
        case .listOperations: page.merging(["filter": .text, "returnPartialSuccess": .flag]) { $1 }
        case .getPolicy: ["options.requestedPolicyVersion": .number]
        case .job(let endpoint):
            switch endpoint {
            case .create: ["jobId": .text, "validateOnly": .flag]
            case .patch: ["allowMissing": .flag, "validateOnly": .flag]
            case .list, .listExecutions, .listTasks: shown
            case .delete, .deleteExecution: deletion
            case .get, .run, .getExecution, .cancelExecution, .getTask: [:]
            }
        case .namespace(let endpoint):
            switch endpoint {
            case .create, .replace: ["dryRun": .text]
            case .delete: ["apiVersion": .text, "dryRun": .text, "kind": .text, "propagationPolicy": .text]
            case .list:
                [
                    "continue": .text, "fieldSelector": .text, "includeUninitialized": .flag, "labelSelector": .text,
                    "limit": .number, "resourceVersion": .text, "watch": .flag,
                ]
            case .get: [:]
            }
        case .getService, .setPolicy, .testPermissions, .getRevision, .getOperation, .waitOperation, .deleteOperation,
            .listLogEntries, .generateIdentityToken, .status:
            [:]
        }
    }
}
