package import Configuration

/// What all instances of a revision may have together, of one kind, against what the project has in the region.
///
/// Cloud Run refuses a revision whose `max_instances` do not fit: "Max instances must be set to 28 or fewer to set the
/// requested total CPU. Quota violated: CpuAllocPerProjectRegion requested: 200000 allowed: 56000". Where nothing is said
/// it takes what fits.
package struct InstanceQuota: Hashable, Sendable {
    package enum Kind: Hashable, Sendable, CaseIterable {
        case processor, memory

        /// Service Usage's name; processors are counted in thousandths, memory in bytes.
        package var metric: String {
            switch self {
            case .processor: "run.googleapis.com/cpu_allocation"
            case .memory: "run.googleapis.com/mem_allocation"
            }
        }

        /// Cloud Quotas' name.
        var quota: String {
            switch self {
            case .processor: "CpuAllocPerProjectRegion"
            case .memory: "MemAllocPerProjectRegion"
            }
        }

        func words(_ amount: Int64) -> String {
            switch self {
            case .processor: amount % 1000 == 0 ? "\(amount / 1000) cpu" : "\(amount)m cpu"
            case .memory: "\(MemoryText.spelled(Int(clamping: amount))) of memory"
            }
        }
    }

    package var kind: Kind
    package var service: ServiceIdentity
    /// Of one instance, all its containers together.
    package var each: Int64
    package var instances: Int64

    /// Only of services that say how many instances there may be.
    package static func of(_ settings: ContainerSettings, at service: ServiceIdentity) -> [InstanceQuota] {
        guard let instances = settings.maxInstances ?? settings.minInstances else { return [] }
        let sidecars = settings.sidecars ?? []
        let cores = ([settings.cpu] + sidecars.map(\.cpu)).map { $0.flatMap(ProcessorText.milliCores) ?? 1000 }
        let memory = ([settings.memory] + sidecars.map(\.memory)).map { $0.flatMap(MemoryText.bytes) ?? 512 << 20 }
        return [(Kind.processor, cores), (.memory, memory)].map { kind, amounts in
            InstanceQuota(
                kind: kind, service: service, each: Int64(amounts.reduce(0, +)), instances: Int64(instances))
        }
    }

    /// - Parameter limits: by region, `nil` for every region that has none of its own; below zero is without a limit.
    package func finding(_ limits: Inspected<[QuotaLimit]>) -> PreflightFinding {
        let name = kind == .processor ? "cpu" : "memory"
        let id = "quota:\(name):\(service.region)/\(service.name)"
        let question = "whether project `\(service.project)` has enough \(name) for `\(service.name)`"
        switch limits {
        case .found(let limits):
            guard let limit = QuotaLimit.of(service.region, in: limits) else {
                return PreflightFinding(
                    id, .unknown, what: "\(question) is not known", why: "no limit is told for `\(service.region)`")
            }
            let (wanted, isTooMuch) = each.multipliedReportingOverflow(by: instances)
            guard limit >= 0, isTooMuch || wanted > limit else {
                return PreflightFinding(
                    id, .ok,
                    what:
                        "\(Counted.text(Int(clamping: instances), "instance")) of `\(service.name)` fit into the \(name) that the project has"
                )
            }
            let most = limit / max(1, each)
            return PreflightFinding(
                id, .problem, .configuration,
                what:
                    "\(Counted.text(Int(clamping: instances), "instance")) of `\(service.name)` with \(kind.words(each)) each are more than the "
                    + "\(kind.words(limit)) that project `\(service.project)` has in `\(service.region)`",
                why: "Cloud Run refuses the revision (\(kind.quota)); "
                    + (most > 0 ? "`max_instances: \(most)` fits" : "not even one fits"),
                command: ShellWord.line([
                    "gcloud", "beta", "quotas", "preferences", "create", "--service", "run.googleapis.com",
                    "--project", service.project, "--quota-id", kind.quota, "--preferred-value", "\(wanted)",
                    "--dimensions", "region=\(service.region)",
                ]))
        case .missing:
            return PreflightFinding(id, .unknown, what: "\(question) is not known", why: "the quota was not found")
        case .undetermined(let obstacle):
            return PreflightFinding(id, .unknown, what: "\(question) is not known", why: obstacle.words)
        }
    }
}

/// One limit of a quota that is counted by region.
package struct QuotaLimit: Hashable, Sendable {
    /// Nil for every region that has no limit of its own.
    package var region: String?
    /// Below zero: none.
    package var value: Int64

    package init(region: String?, value: Int64) {
        self.region = region
        self.value = value
    }

    static func of(_ region: String, in limits: [QuotaLimit]) -> Int64? {
        (limits.last { $0.region == region } ?? limits.last { $0.region == nil })?.value
    }
}
