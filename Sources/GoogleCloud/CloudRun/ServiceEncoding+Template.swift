import Configuration
import JSON
import Releases

/// A revision's template in the words of the v2 API.
extension ServiceEncoding {
    static func template(_ template: RevisionTemplate) -> JSONValue {
        let settings = template.container
        var scaling: [String: JSONValue] = [:]
        scaling["minInstanceCount"] = settings.minInstances.map(integer)
        scaling["maxInstanceCount"] = settings.maxInstances.map(integer)
        let sidecars = (settings.sidecars ?? []).map { container(of: $0, besides: settings) }
        var fields: [String: JSONValue] = [
            "containers": .array([container(template)] + sidecars),
            "labels": strings(template.labels),
        ]
        if !template.annotations.isEmpty { fields["annotations"] = strings(template.annotations) }
        if !scaling.isEmpty { fields["scaling"] = .object(scaling) }
        fields["maxInstanceRequestConcurrency"] = settings.concurrency.map(integer)
        fields["timeout"] = settings.timeoutSeconds.map { .string("\($0)s") }
        fields["serviceAccount"] = settings.serviceAccount.map(JSONValue.string)
        fields["executionEnvironment"] = settings.executionEnvironment.map(executionEnvironment)
        fields["sessionAffinity"] = settings.sessionAffinity.map(JSONValue.bool)
        fields["encryptionKey"] = settings.encryptionKey.map(JSONValue.string)
        fields["serviceMesh"] = settings.serviceMesh.map { ["mesh": .string($0)] }
        fields["vpcAccess"] = settings.vpc.map(vpcAccess)
        fields["nodeSelector"] = settings.gpu.map { ["accelerator": .string($0.type)] }
        fields["gpuZonalRedundancyDisabled"] = settings.gpu?.zonalRedundancy.map { .bool(!$0) }
        let volumes = volumes(of: settings)
        if !volumes.isEmpty { fields["volumes"] = .array(volumes) }
        return .object(fields)
    }

    private static func executionEnvironment(_ word: String) -> JSONValue {
        .string("EXECUTION_ENVIRONMENT_\(word.uppercased())")
    }

    // MARK: - Containers

    private static func container(_ template: RevisionTemplate) -> JSONValue {
        let settings = template.container
        var fields: [String: JSONValue] = [
            "image": .string(template.image),
            "ports": [
                ["name": settings.usesHTTP2 == true ? "h2c" : "http1", "containerPort": integer(settings.port)]
            ],
        ]
        fields["name"] = settings.name.map(JSONValue.string)
        fields["command"] = list(settings.command)
        fields["args"] = list(settings.arguments)
        fields["workingDir"] = settings.workingDirectory.map(JSONValue.string)
        if !template.environment.isEmpty { fields["env"] = .array(template.environment.map(variable)) }
        fields["resources"] = resources(
            cpu: settings.cpu, memory: settings.memory, gpu: settings.gpu, boost: settings.startupCPUBoost,
            idle: settings.cpuIdle)
        fields["startupProbe"] = settings.startupProbe.map(probe)
        fields["livenessProbe"] = settings.livenessProbe.map(probe)
        fields["readinessProbe"] = settings.readinessProbe.map(probe)
        var mounts = (settings.mounts ?? []).map(mount)
        if settings.cloudSQL?.isEmpty == false {
            mounts.append(
                mount(
                    VolumeMount(
                        volume: ContainerSettings.cloudSQLVolume, path: ContainerSettings.cloudSQLPath)))
        }
        if !mounts.isEmpty { fields["volumeMounts"] = .array(mounts) }
        fields["dependsOn"] = list(settings.startsAfter ?? [])
        return .object(fields)
    }

    private static func container(of sidecar: Sidecar, besides settings: ContainerSettings) -> JSONValue {
        var fields: [String: JSONValue] = ["name": .string(sidecar.name), "image": .string(sidecar.image)]
        fields["command"] = list(sidecar.command)
        fields["args"] = list(sidecar.arguments)
        fields["workingDir"] = sidecar.workingDirectory.map(JSONValue.string)
        if !sidecar.environment.isEmpty { fields["env"] = .array(sidecar.environment.map(variable)) }
        // The processor of an instance is there, or not, for all its containers.
        fields["resources"] = resources(
            cpu: sidecar.cpu, memory: sidecar.memory, gpu: nil, boost: sidecar.startupCPUBoost,
            idle: settings.cpuIdle)
        fields["startupProbe"] = sidecar.startupProbe.map(probe)
        fields["livenessProbe"] = sidecar.livenessProbe.map(probe)
        fields["readinessProbe"] = sidecar.readinessProbe.map(probe)
        if !sidecar.mounts.isEmpty { fields["volumeMounts"] = .array(sidecar.mounts.map(mount)) }
        fields["dependsOn"] = list(sidecar.dependsOn)
        return .object(fields)
    }

    private static func resources(
        cpu: String?, memory: String?, gpu: GPUSettings?, boost: Bool?, idle: Bool?
    ) -> JSONValue? {
        var limits: [String: JSONValue] = [:]
        limits["cpu"] = cpu.map(JSONValue.string)
        limits["memory"] = memory.map(JSONValue.string)
        limits["nvidia.com/gpu"] = gpu.map { .string("\($0.count)") }
        guard !limits.isEmpty || boost != nil || idle != nil else { return nil }
        // Naming any resource drops the default of `cpuIdle`, which is true (request-based billing).
        var fields: [String: JSONValue] = ["cpuIdle": .bool(idle ?? true)]
        if !limits.isEmpty { fields["limits"] = .object(limits) }
        fields["startupCpuBoost"] = boost.map(JSONValue.bool)
        return .object(fields)
    }

    private static func variable(_ variable: EnvironmentVariable) -> JSONValue {
        switch variable.value {
        case .literal(let value): plain(variable.name, value)
        case .secret(let name, let version): secret(variable.name, name, version)
        }
    }

    private static func variable(_ variable: ConfiguredVariable) -> JSONValue {
        switch variable.value {
        case .literal(let value): plain(variable.name, value)
        case .secret(let name, let version): secret(variable.name, name, version)
        }
    }

    private static func plain(_ name: String, _ value: String) -> JSONValue {
        ["name": .string(name), "value": .string(value)]
    }

    private static func secret(_ name: String, _ secret: String, _ version: String) -> JSONValue {
        [
            "name": .string(name),
            "valueSource": ["secretKeyRef": ["secret": .string(secret), "version": .string(version)]],
        ]
    }

    private static func probe(_ probe: Probe) -> JSONValue {
        var target: [String: JSONValue] = [:]
        target["port"] = probe.port.map(integer)
        var fields: [String: JSONValue] = [:]
        switch probe.kind {
        case .http(let path):
            target["path"] = .string(path)
            if let headers = probe.headers, !headers.isEmpty {
                target["httpHeaders"] = .array(
                    headers.sorted { $0.key < $1.key }.map { name, value in
                        ["name": .string(name), "value": .string(value)]
                    })
            }
            fields["httpGet"] = .object(target)
        case .tcp:
            fields["tcpSocket"] = .object(target)
        case .grpc(let service):
            target["service"] = service.map(JSONValue.string)
            fields["grpc"] = .object(target)
        }
        fields["initialDelaySeconds"] = probe.initialDelaySeconds.map(integer)
        fields["timeoutSeconds"] = probe.timeoutSeconds.map(integer)
        fields["periodSeconds"] = probe.periodSeconds.map(integer)
        fields["failureThreshold"] = probe.failureThreshold.map(integer)
        return .object(fields)
    }

    // MARK: - Volumes and network

    private static func mount(_ mount: VolumeMount) -> JSONValue {
        var fields: [String: JSONValue] = ["name": .string(mount.volume), "mountPath": .string(mount.path)]
        fields["subPath"] = mount.subPath.map(JSONValue.string)
        return .object(fields)
    }

    private static func volumes(of settings: ContainerSettings) -> [JSONValue] {
        var volumes = (settings.volumes ?? []).map(volume)
        if let instances = settings.cloudSQL, !instances.isEmpty {
            volumes.append([
                "name": .string(ContainerSettings.cloudSQLVolume),
                "cloudSqlInstance": ["instances": .array(instances.map(JSONValue.string))],
            ])
        }
        return volumes
    }

    private static func volume(_ volume: Volume) -> JSONValue {
        var fields: [String: JSONValue] = [:]
        switch volume.kind {
        case .secret(let secret):
            fields["secret"] = .string(secret.secret)
            fields["defaultMode"] = secret.mode.map(integer)
            if !secret.files.isEmpty {
                fields["items"] = .array(
                    secret.files.map { file in
                        var item: [String: JSONValue] = [
                            "path": .string(file.path), "version": .string(file.version),
                        ]
                        item["mode"] = file.mode.map(integer)
                        return .object(item)
                    })
            }
            return ["name": .string(volume.name), "secret": .object(fields)]
        case .emptyDirectory(let directory):
            fields["medium"] = directory.medium.map { .string($0.rawValue.uppercased()) }
            fields["sizeLimit"] = directory.sizeLimit.map(JSONValue.string)
            return ["name": .string(volume.name), "emptyDir": .object(fields)]
        case .bucket(let bucket):
            fields["bucket"] = .string(bucket.name)
            if bucket.isReadOnly { fields["readOnly"] = true }
            fields["mountOptions"] = list(bucket.mountOptions)
            return ["name": .string(volume.name), "gcs": .object(fields)]
        case .nfs(let export):
            fields["server"] = .string(export.server)
            fields["path"] = .string(export.path)
            if export.isReadOnly { fields["readOnly"] = true }
            return ["name": .string(volume.name), "nfs": .object(fields)]
        }
    }

    private static func vpcAccess(_ vpc: VPCAccess) -> JSONValue {
        var fields: [String: JSONValue] = [:]
        switch vpc.way {
        case .connector(let name): fields["connector"] = .string(name)
        case .direct(let direct):
            var interface: [String: JSONValue] = [:]
            interface["network"] = direct.network.map(JSONValue.string)
            interface["subnetwork"] = direct.subnetwork.map(JSONValue.string)
            interface["tags"] = list(direct.tags)
            fields["networkInterfaces"] = [.object(interface)]
        }
        switch vpc.egress {
        case .allTraffic?: fields["egress"] = "ALL_TRAFFIC"
        case .privateRangesOnly?: fields["egress"] = "PRIVATE_RANGES_ONLY"
        case nil: break
        }
        return .object(fields)
    }

    private static func list(_ words: [String]) -> JSONValue? {
        words.isEmpty ? nil : .array(words.map(JSONValue.string))
    }
}
