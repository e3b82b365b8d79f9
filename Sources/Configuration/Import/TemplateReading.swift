package import JSON

/// A revision's template (v2 `RevisionTemplate` or `Revision`) in the words of the configuration.
package struct TemplateReading: Codable, Hashable, Sendable {
    /// As the template names it.
    package var image: String
    /// What the revision really runs, where the answer says it: `sha256:…`.
    package var digest: String?
    package var container: ContainerSettings
    package var environment: [ConfiguredVariable]
    /// What a revision that is made from the rest would not have.
    package var unexpressed: [UnexpressedField]

    /// Parts that say how the revision came about or how it is, not what it is.
    private static let descriptive = [
        "name", "uid", "generation", "annotations", "createTime", "updateTime", "deleteTime", "expireTime",
        "service", "reconciling", "conditions", "observedGeneration", "logUri", "satisfiesPzs", "etag", "creator",
        "scalingStatus", "containerStatuses", "client", "clientVersion", "launchStage", "revision",
    ]

    package init(_ document: JSONValue, path: String = "template") {
        var template = UnreadFields(document, path: path)
        template.drop(Self.descriptive)
        let containers = template.take("containers")?.array ?? []
        // The one with a port takes the requests; the others are sidecars.
        let index = containers.firstIndex { !($0["ports"]?.array ?? []).isEmpty } ?? 0
        var reading = ContainerReading(
            containers.isEmpty ? .object([:]) : containers[index], path: "\(path).containers[\(index)]",
            role: containers.count > 1 ? .main : .alone)
        let digests = ContainerDigests(containers: containers, statuses: document["containerStatuses"])
        var sidecars: [Sidecar] = []
        for (position, container) in containers.enumerated() where position != index {
            let place = "\(path).containers[\(position)]"
            let sidecar = ContainerReading(container, path: place, role: .sidecar)
            guard let value = Sidecar(sidecar, digest: digests[position]) else {
                reading.unexpressed.append(UnexpressedField(path: place, document: container))
                continue
            }
            sidecars.append(value)
            reading.unexpressed += sidecar.unexpressed
            if sidecar.hasIdleProcessor != reading.hasIdleProcessor {
                reading.unexpressed.append(
                    UnexpressedField(
                        path: "\(place).resources.cpuIdle", document: .bool(sidecar.hasIdleProcessor)))
            }
        }
        if containers.count > 1, reading.settings.name == nil {
            reading.unexpressed.append(UnexpressedField(path: "\(path).containers[\(index)].name", document: .null))
        }
        reading.settings.sidecars = sidecars.isEmpty ? nil : sidecars
        reading.settings.startsAfter = reading.dependsOn.isEmpty ? nil : reading.dependsOn

        var scaling = UnreadFields(template.take("scaling"), path: template.place("scaling"))
        reading.settings.minInstances = scaling.takeWhole("minInstanceCount", in: 0...1000)
        reading.settings.maxInstances = scaling.takeWhole("maxInstanceCount", in: 1...1000)
        reading.settings.concurrency = template.takeWhole("maxInstanceRequestConcurrency", in: 1...1000)
        reading.settings.serviceAccount = template.take("serviceAccount")?.string
        let timeout = template.take("timeout")
        reading.settings.timeoutSeconds = timeout?.seconds(in: 1...3600)
        if reading.settings.timeoutSeconds == nil { template.leave("timeout", timeout) }
        let volumes = reading.readInstance(&template)

        image = reading.image
        digest = containers.isEmpty ? nil : digests[index]
        container = reading.settings
        environment = reading.environment
        unexpressed = template.left + scaling.left + volumes + reading.unexpressed
    }
}

extension ContainerReading {
    /// What a template says of all its containers together; returns what of its volumes has no words here.
    fileprivate mutating func readInstance(_ template: inout UnreadFields) -> [UnexpressedField] {
        let labels = template.take("labels")?.object ?? [:]
        settings.labels = Self.ownLabels(labels)
        switch template.take("executionEnvironment")?.string {
        case nil: break
        case "EXECUTION_ENVIRONMENT_GEN1": settings.executionEnvironment = "gen1"
        case "EXECUTION_ENVIRONMENT_GEN2": settings.executionEnvironment = "gen2"
        case let word?: template.leave("executionEnvironment", .string(word))
        }
        if template.take("sessionAffinity")?.bool == true { settings.sessionAffinity = true }
        settings.encryptionKey = template.takeText("encryptionKey", .encryptionKey)
        if let mesh = template.take("serviceMesh") {
            let name = mesh["mesh"]?.string
            settings.serviceMesh = name.flatMap { StringRule.serviceMesh.allows($0) ? $0 : nil }
            if settings.serviceMesh == nil || mesh.object?.count != 1 { template.leave("serviceMesh", mesh) }
        }
        if let vpc = template.take("vpcAccess") {
            settings.vpc = VPCReading.vpc(vpc)
            if settings.vpc == nil { template.leave("vpcAccess", vpc) }
        }
        readGPU(&template)
        return readVolumes(&template)
    }

    private mutating func readGPU(_ template: inout UnreadFields) {
        guard let selector = template.take("nodeSelector") else {
            if let gpu = settings.gpu {
                unexpressed.append(
                    UnexpressedField(path: template.place("nvidia.com/gpu"), document: .string("\(gpu.count)")))
            }
            settings.gpu = nil
            return
        }
        guard let type = selector["accelerator"]?.string, StringRule.accelerator.allows(type),
            selector.object?.count == 1
        else { return template.leave("nodeSelector", selector) }
        settings.gpu = GPUSettings(type: type, count: settings.gpu?.count ?? 1)
        if template.take("gpuZonalRedundancyDisabled")?.bool == true { settings.gpu?.zonalRedundancy = false }
    }

    private mutating func readVolumes(_ template: inout UnreadFields) -> [UnexpressedField] {
        let own = Set((settings.mounts ?? []).map(\.volume))
        let others = (settings.sidecars ?? []).flatMap { $0.mounts.map(\.volume) }
        let reading = VolumeReading(
            template.take("volumes")?.array ?? [], path: template.place("volumes"), mounted: own.union(others),
            byMain: own)
        settings.volumes = reading.volumes.isEmpty ? nil : reading.volumes
        settings.cloudSQL = reading.databases
        // `cloud_sql` mounts what it makes in the service's own container, and sidecars call it by one name.
        let known = Set(reading.volumes.map(\.name))
        let mounts = (settings.mounts ?? []).filter { known.contains($0.volume) }
        settings.mounts = mounts.isEmpty ? nil : mounts
        settings.sidecars = settings.sidecars?.map { sidecar in
            var sidecar = sidecar
            sidecar.mounts = sidecar.mounts.compactMap { mount in
                guard mount.volume == reading.databaseVolume else { return known.contains(mount.volume) ? mount : nil }
                return VolumeMount(volume: ContainerSettings.cloudSQLVolume, path: mount.path)
            }
            return sidecar
        }
        return reading.unexpressed
    }

    /// Those of people: the platform's have a domain or begin with `goog-`
    /// (cloud.google.com/resource-manager/docs/labels-overview), and stagectl's own are made anew.
    private static func ownLabels(_ labels: [String: JSONValue]) -> [String: String]? {
        let own = labels.compactMapValues(\.string).filter { key, value in
            !key.hasPrefix("goog-") && !key.hasPrefix("stagectl-") && StringRule.labelKey.allows(key)
                && StringRule.labelValue.allows(value)
        }
        return own.isEmpty ? nil : own
    }
}

extension Sidecar {
    /// Nil without a name or an image that a configuration may have.
    fileprivate init?(_ reading: ContainerReading, digest: String?) {
        guard let name = reading.settings.name else { return nil }
        let image = digest.map { ServiceImport.pinned(reading.image, digest: $0) } ?? reading.image
        guard StringRule.imageReference.allows(image) else { return nil }
        let settings = reading.settings
        self.init(
            name: name, image: image, command: settings.command, arguments: settings.arguments,
            workingDirectory: settings.workingDirectory, environment: reading.environment, cpu: settings.cpu,
            memory: settings.memory, startupCPUBoost: settings.startupCPUBoost, startupProbe: settings.startupProbe,
            livenessProbe: settings.livenessProbe, readinessProbe: settings.readinessProbe,
            mounts: settings.mounts ?? [], dependsOn: reading.dependsOn)
    }
}

/// What containers really run: from the names of their images, else from what the revision says of them (v2
/// `ContainerStatus.imageDigest`).
private struct ContainerDigests {
    let containers: [JSONValue]
    let statuses: JSONValue?

    subscript(position: Int) -> String? {
        let container = containers[position]
        let all = statuses?.array ?? []
        let own =
            all.first { $0["name"]?.string == container["name"]?.string && $0["name"] != nil }
            ?? (all.count == 1 && containers.count == 1 ? all[0] : nil)
        return [container["image"]?.string, own?["imageDigest"]?.string].lazy.compactMap { text -> String? in
            guard let text, let start = text.firstRange(of: "sha256:")?.lowerBound else { return nil }
            let digest = String(text[start...])
            return digest.utf8.count == 71 ? digest : nil
        }.first
    }
}

extension JSONValue {
    func whole(in range: ClosedRange<Int>) -> Int? {
        integer.flatMap { Int(exactly: $0) }.flatMap { range.contains($0) ? $0 : nil }
    }

    /// `300s`, as Google's JSON writes a duration; whole seconds alone.
    func seconds(in range: ClosedRange<Int>) -> Int? {
        guard let text = string, text.hasSuffix("s"), let value = Int(text.dropLast()), range.contains(value) else {
            return nil
        }
        return value
    }
}
