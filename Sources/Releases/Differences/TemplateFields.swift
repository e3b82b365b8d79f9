import Configuration

/// What a revision is made of as fields, with Cloud Run's defaults in place, so that what goes without saying differs
/// from nothing.
enum TemplateFields {
    /// - Parameters:
    ///   - service: where, which short names go by.
    ///   - resolve: the text of a literal as the platform is told, nil where nobody can know it here.
    static func reading(
        of container: ContainerSettings, environment: [ConfiguredVariable], at service: ServiceIdentity,
        resolve: (String) -> String?
    ) -> SettingsReading {
        let settings = RevisionComparison.meaning(of: container, at: service)
        var reading = SettingsReading(settings.fields)
        reading.addVariables(environment, below: "env", resolve: resolve)
        for sidecar in settings.sidecars ?? [] {
            let name = "sidecars.\(sidecar.name)"
            for (field, value) in sidecar.fields { reading.values["\(name).\(field)"] = value }
            reading.addVariables(sidecar.environment, below: "\(name).env", resolve: resolve)
        }
        return reading
    }

    /// Of a revision as the platform tells it, with its image and what has no key in a configuration; nil where nobody has
    /// read it.
    static func reading(of revision: RevisionObservation, at service: ServiceIdentity) -> SettingsReading? {
        guard let template = revision.template else { return nil }
        var reading = reading(
            of: template.container, environment: template.environment, at: service, resolve: { $0 })
        reading.values["image"] = SettingValue(template.digest ?? template.image)
        for field in template.unexpressed {
            reading.values[field.path] = SettingValue(field.value)
        }
        return reading
    }
}

extension SettingsReading {
    fileprivate mutating func addVariables(
        _ variables: [ConfiguredVariable], below path: String, resolve: (String) -> String?
    ) {
        for variable in variables {
            let field = "\(path).\(variable.name)"
            switch variable.value {
            case .literal(let text):
                // One that is written twice counts as it is read: the last one.
                values[field] = resolve(text).map(SettingValue.hidden)
                if values[field] == nil { unknown.insert(field) }
            case .secret(let name, let version):
                values[field] = SettingValue("secret \(name), version \(version)")
            }
        }
    }
}

extension ContainerSettings {
    /// Of settings with their defaults in place.
    fileprivate var fields: [String: SettingValue] {
        var fields: [String: SettingValue] = [
            "port": SettingValue("\(port)"), "cpu": SettingText.cores(cpu), "memory": SettingText.memory(memory),
            "command": SettingText.words(command), "args": .hidden(SettingText.words(arguments).meaning),
        ]
        fields["concurrency"] = concurrency.map { SettingValue("\($0)") }
        fields["timeout"] = timeoutSeconds.map { SettingValue("\($0)s") }
        fields["min_instances"] = minInstances.map { SettingValue("\($0)") }
        fields["max_instances"] = maxInstances.map { SettingValue("\($0)") }
        fields["service_account"] = serviceAccount.map(SettingValue.init)
        fields["probes.startup"] = startupProbe.map(SettingText.probe)
        fields["probes.liveness"] = livenessProbe.map(SettingText.probe)
        fields["probes.readiness"] = readinessProbe.map(SettingText.probe)
        fields["container_name"] = name.map(SettingValue.init)
        fields["working_dir"] = workingDirectory.map(SettingValue.init)
        fields["http2"] = usesHTTP2.map { SettingValue("\($0)") }
        fields["cpu_idle"] = cpuIdle.map { SettingValue("\($0)") }
        fields["startup_cpu_boost"] = startupCPUBoost.map { SettingValue("\($0)") }
        fields["gpu"] = gpu.map {
            SettingValue("\($0.count) × \($0.type)\($0.zonalRedundancy == false ? ", one zone" : "")")
        }
        if let startsAfter, !startsAfter.isEmpty { fields["starts_after"] = SettingText.words(startsAfter) }
        fields["execution_environment"] = executionEnvironment.map(SettingValue.init)
        fields["session_affinity"] = sessionAffinity.map { SettingValue("\($0)") }
        for (key, value) in labels ?? [:] { fields["labels.\(key)"] = SettingValue(value) }
        fields["encryption_key"] = encryptionKey.map(SettingValue.init)
        fields["service_mesh"] = serviceMesh.map(SettingValue.init)
        fields["vpc"] = vpc.map(SettingText.network)
        if let cloudSQL, !cloudSQL.isEmpty { fields["cloud_sql"] = SettingText.words(cloudSQL) }
        for volume in volumes ?? [] { fields["volumes.\(volume.name)"] = SettingText.volume(volume) }
        for mount in mounts ?? [] { fields["volumes.\(mount.volume).mount"] = SettingText.mount(mount) }
        return fields.filter { !$0.value.meaning.isEmpty }
    }
}

extension Sidecar {
    /// Beside its variables. The image is its digest where there is one.
    fileprivate var fields: [String: SettingValue] {
        var fields: [String: SettingValue] = [
            "image": SettingValue(image), "cpu": SettingText.cores(cpu), "memory": SettingText.memory(memory),
            "command": SettingText.words(command), "args": .hidden(SettingText.words(arguments).meaning),
            "depends_on": SettingText.words(dependsOn),
        ]
        fields["working_dir"] = workingDirectory.map(SettingValue.init)
        fields["startup_cpu_boost"] = startupCPUBoost.map { SettingValue("\($0)") }
        fields["probes.startup"] = startupProbe.map(SettingText.probe)
        fields["probes.liveness"] = livenessProbe.map(SettingText.probe)
        fields["probes.readiness"] = readinessProbe.map(SettingText.probe)
        for mount in mounts { fields["mounts.\(mount.volume)"] = SettingText.mount(mount) }
        return fields.filter { !$0.value.meaning.isEmpty }
    }
}
