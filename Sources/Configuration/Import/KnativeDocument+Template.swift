import JSON

/// The template of a v1 service in the words of v2: what v1 says in annotations v2 has fields for.
extension KnativeDocument {
    static func template(_ document: JSONValue?) -> JSONValue {
        var spec = document?["spec"]?.object ?? [:]
        var annotations = Annotations(document?["metadata"]?["annotations"])
        var template: [String: JSONValue] = [:]
        var scaling: [String: JSONValue] = [:]
        scaling["minInstanceCount"] = number(annotations.take("autoscaling.knative.dev/minScale"))
        scaling["maxInstanceCount"] = number(annotations.take("autoscaling.knative.dev/maxScale"))
        if !scaling.isEmpty { template["scaling"] = .object(scaling) }
        template["labels"] = document?["metadata"]?["labels"]
        template["maxInstanceRequestConcurrency"] = spec.removeValue(forKey: "containerConcurrency")
        template["serviceAccount"] = spec.removeValue(forKey: "serviceAccountName")
        template["timeout"] = spec.removeValue(forKey: "timeoutSeconds")?.integer.map { .string("\($0)s") }
        if annotations.text("run.googleapis.com/sessionAffinity") == "true" { template["sessionAffinity"] = true }
        template["executionEnvironment"] = executionEnvironment(
            annotations.take("run.googleapis.com/execution-environment"))
        template["encryptionKey"] = annotations.take("run.googleapis.com/encryption-key")
        template["vpcAccess"] = vpcAccess(&annotations)
        if let type = (spec.removeValue(forKey: "nodeSelector"))?["run.googleapis.com/accelerator"] {
            template["nodeSelector"] = ["accelerator": type]
        }
        if annotations.text("run.googleapis.com/gpu-zonal-redundancy-disabled") == "true" {
            template["gpuZonalRedundancyDisabled"] = true
        }
        let secrets = SecretAliases(annotations.text("run.googleapis.com/secrets"))
        var volumes = (spec.removeValue(forKey: "volumes")?.array ?? []).map { volume($0, secrets) }
        var containers = (spec.removeValue(forKey: "containers")?.array ?? []).map { container($0, secrets) }
        addResources(to: &containers, &annotations)
        addOrder(to: &containers, &annotations)
        if let databases = annotations.text("run.googleapis.com/cloudsql-instances") {
            volumes.append(cloudSQL(databases, mountedIn: &containers))
        }
        if !containers.isEmpty { template["containers"] = .array(containers) }
        if !volumes.isEmpty { template["volumes"] = .array(volumes) }
        for (key, value) in annotations.left where isMeant(key) { template[key] = value }
        for (key, value) in spec { template[key] = value }
        return .object(template)
    }

    /// Annotations of which each is read or left over.
    private struct Annotations {
        private(set) var left: [String: JSONValue]

        init(_ document: JSONValue?) { left = document?.object ?? [:] }

        mutating func take(_ name: String) -> JSONValue? { left.removeValue(forKey: name) }
        mutating func text(_ name: String) -> String? { take(name)?.string }

        /// JSON inside of a text; what is none is left.
        mutating func document(_ name: String) -> JSONValue? {
            guard let text = left[name]?.string, let document = try? JSONValue(parsing: Array(text.utf8)) else {
                return nil
            }
            left[name] = nil
            return document
        }
    }

    /// `alias:projects/P/secrets/NAME,…`: how v1 names secrets of other projects.
    private struct SecretAliases {
        private var names: [String: String] = [:]

        init(_ text: String?) {
            for entry in (text ?? "").split(separator: ",") {
                let parts = entry.split(separator: ":", maxSplits: 1).map { $0.drop { $0 == " " } }
                if parts.count == 2 { names[String(parts[0])] = String(parts[1]) }
            }
        }

        func name(_ value: JSONValue?) -> JSONValue? {
            value?.string.flatMap { names[$0] }.map(JSONValue.string) ?? value
        }
    }

    private static func executionEnvironment(_ word: JSONValue?) -> JSONValue? {
        word.map { value in value.string.map { .string("EXECUTION_ENVIRONMENT_\($0.uppercased())") } ?? value }
    }

    private static func number(_ text: JSONValue?) -> JSONValue? {
        text.map { value in
            value.integer.map(JSONValue.integer) ?? value.string.flatMap(Int64.init).map(JSONValue.integer) ?? value
        }
    }

    private static func vpcAccess(_ annotations: inout Annotations) -> JSONValue? {
        var fields: [String: JSONValue] = [:]
        fields["connector"] = annotations.take("run.googleapis.com/vpc-access-connector")
        fields["networkInterfaces"] = annotations.document("run.googleapis.com/network-interfaces").map { document in
            .array(
                (document.array ?? []).map { interface in
                    guard let tags = interface["tags"]?.string else { return interface }
                    var interface = interface
                    interface["tags"] = .array(tags.split(separator: ",").map { .string(String($0)) })
                    return interface
                })
        }
        guard !fields.isEmpty else { return nil }
        fields["egress"] = annotations.text("run.googleapis.com/vpc-access-egress").map { word in
            .string(word == "all" ? "ALL_TRAFFIC" : word.uppercased().replacing("-", with: "_"))
        }
        return .object(fields)
    }

    // MARK: - Containers

    private static func container(_ document: JSONValue, _ secrets: SecretAliases) -> JSONValue {
        var container = document.object ?? [:]
        container["env"] = (container["env"]?.array).map { .array($0.map { variable($0, secrets) }) }
        return .object(container)
    }

    /// A secret's version is its `key` there.
    private static func variable(_ document: JSONValue, _ secrets: SecretAliases) -> JSONValue {
        guard let reference = document["valueFrom"]?["secretKeyRef"], let name = document["name"] else {
            return document
        }
        var source: [String: JSONValue] = [:]
        source["secret"] = secrets.name(reference["name"])
        source["version"] = reference["key"]
        return ["name": name, "valueSource": ["secretKeyRef": .object(source)]]
    }

    /// v1 says of a revision what v2 says of each container.
    private static func addResources(to containers: inout [JSONValue], _ annotations: inout Annotations) {
        let throttles = annotations.text("run.googleapis.com/cpu-throttling") != "false"
        let boosts = annotations.text("run.googleapis.com/startup-cpu-boost") == "true"
        for index in containers.indices {
            var resources = containers[index]["resources"]?.object ?? [:]
            if throttles { resources["cpuIdle"] = true } else if resources.isEmpty { resources["cpuIdle"] = false }
            if boosts { resources["startupCpuBoost"] = true }
            containers[index]["resources"] = .object(resources)
        }
    }

    private static func addOrder(to containers: inout [JSONValue], _ annotations: inout Annotations) {
        let order = annotations.document("run.googleapis.com/container-dependencies")
        for index in containers.indices {
            guard let name = containers[index]["name"]?.string, let needs = order?[name] else { continue }
            containers[index]["dependsOn"] = needs
        }
    }

    // MARK: - Volumes

    private static func cloudSQL(_ databases: String, mountedIn containers: inout [JSONValue]) -> JSONValue {
        let main = containers.firstIndex { !($0["ports"]?.array ?? []).isEmpty } ?? 0
        if containers.indices.contains(main) {
            let mounts = containers[main]["volumeMounts"]?.array ?? []
            containers[main]["volumeMounts"] = .array(
                mounts + [
                    [
                        "name": .string(ContainerSettings.cloudSQLVolume),
                        "mountPath": .string(ContainerSettings.cloudSQLPath),
                    ]
                ])
        }
        let names = databases.split(separator: ",").map { JSONValue.string(String($0.drop { $0 == " " })) }
        return [
            "name": .string(ContainerSettings.cloudSQLVolume), "cloudSqlInstance": ["instances": .array(names)],
        ]
    }

    private static func volume(_ document: JSONValue, _ secrets: SecretAliases) -> JSONValue {
        var volume = document
        if let secret = document["secret"] {
            var fields: [String: JSONValue] = [:]
            fields["secret"] = secrets.name(secret["secretName"])
            fields["defaultMode"] = secret["defaultMode"]
            fields["items"] = (secret["items"]?.array).map { items in
                .array(
                    items.map { item in
                        var fields = item.object ?? [:]
                        fields["version"] = fields.removeValue(forKey: "key")
                        return .object(fields)
                    })
            }
            volume["secret"] = .object(fields)
        } else if let medium = document["emptyDir"]?["medium"]?.string {
            volume["emptyDir"]?["medium"] = .string(medium.uppercased())
        } else if document["csi"]?["driver"]?.string == "gcsfuse.run.googleapis.com" {
            var fields: [String: JSONValue] = [:]
            fields["bucket"] = document["csi"]?["volumeAttributes"]?["bucketName"]
            fields["readOnly"] = document["csi"]?["readOnly"]
            fields["mountOptions"] = document["csi"]?["volumeAttributes"]?["mountOptions"]?.string.map { options in
                .array(options.split(separator: ",").map { .string(String($0)) })
            }
            volume["csi"] = nil
            volume["gcs"] = .object(fields)
        }
        return volume
    }
}
