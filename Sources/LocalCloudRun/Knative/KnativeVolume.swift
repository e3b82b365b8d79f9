import JSON

/// A volume as v1 writes it, and as v2 does.
enum KnativeVolume {
    /// A kind that v1 has no word for is shown by its name alone.
    static func encode(_ volume: JSONValue) -> JSONValue {
        var result: [String: JSONValue] = [:]
        result["name"] = volume["name"]
        if let memory = volume["emptyDir"] {
            var members: [String: JSONValue] = ["medium": "Memory"]
            members["sizeLimit"] = memory["sizeLimit"]
            result["emptyDir"] = .object(members)
        } else if let secret = volume["secret"] {
            var members: [String: JSONValue] = [:]
            members["secretName"] = secret["secret"]
            members["defaultMode"] = secret["defaultMode"]
            members["items"] = (secret["items"]?.array).map { items in
                .array(
                    items.map { item in
                        var shown: [String: JSONValue] = ["key": item["version"] ?? "latest"]
                        shown["path"] = item["path"]
                        shown["mode"] = item["mode"]
                        return .object(shown)
                    })
            }
            result["secret"] = .object(members)
        }
        return .object(result)
    }

    static func decode(_ volume: JSONValue, stored: [JSONValue]) throws(APIError) -> JSONValue {
        if let before = stored.first(where: { $0["name"] == volume["name"] }), encode(before) == volume {
            return before
        }
        var result: [String: JSONValue] = [:]
        result["name"] = volume["name"]
        if let memory = volume["emptyDir"] {
            var members: [String: JSONValue] = ["medium": "MEMORY"]
            members["sizeLimit"] = memory["sizeLimit"]
            result["emptyDir"] = .object(members)
        } else if let secret = volume["secret"] {
            var members: [String: JSONValue] = [:]
            members["secret"] = secret["secretName"]
            members["defaultMode"] = secret["defaultMode"]
            members["items"] = (secret["items"]?.array).map { items in
                .array(
                    items.map { item in
                        var taken: [String: JSONValue] = ["version": item["key"] ?? "latest"]
                        taken["path"] = item["path"]
                        taken["mode"] = item["mode"]
                        return .object(taken)
                    })
            }
            result["secret"] = .object(members)
        } else {
            throw APIError(
                .invalidArgument,
                "spec.template.spec.volumes: only secret and emptyDir volumes can be set through this version of the API."
            )
        }
        return .object(result)
    }
}
