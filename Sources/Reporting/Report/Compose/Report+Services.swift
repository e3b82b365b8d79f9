import Configuration
import Releases

extension Report {
    static func services(_ source: ReportSource, _ progress: Progress) -> [ReportedService] {
        (source.release?.services ?? []).map { service in
            let planned = source.plan?.services.first {
                $0.identity.name == service.service && $0.identity.region == service.region
            }
            let before = planned.flatMap { progress.state(of: "lock:\($0.key)").output?.snapshot }?.trafficStatuses
            return ReportedService(
                service: service.service, region: service.region, outcome: service.outcome, revision: service.revision,
                previousRevision: service.previousRevision, candidate: service.candidate, image: service.image,
                imageBytes: service.imageReport?.bytes, imageChange: service.imageReport?.change,
                commit: service.commit, dirty: service.dirty, url: service.url,
                trafficBefore: (before ?? []).map {
                    TrafficEntry(revision: $0.revision, percent: $0.percent, tag: $0.tag)
                }, trafficAfter: service.traffic,
                resources: planned.map { resources(of: $0.service.container, service.region, source.prices) },
                diagnosis: service.diagnosis, environmentOverrides: service.environmentOverrides)
        }
    }

    /// With Cloud Run's defaults where the files are silent: 1 core, 512 MiB, 80 requests at once, 0 to 100 instances.
    private static func resources(
        of container: ContainerSettings, _ region: String, _ prices: PriceTable
    ) -> ReportedResources {
        let least = container.minInstances ?? 0
        var resources = ReportedResources(
            milliCores: container.cpu.flatMap(ProcessorText.milliCores) ?? 1000,
            memoryBytes: container.memory.flatMap(MemoryText.bytes) ?? 512 << 20,
            concurrency: container.concurrency ?? 80, minInstances: least,
            maxInstances: max(container.maxInstances ?? 100, least), isBilledByInstance: container.cpuIdle == false)
        resources.cost = prices.estimate(resources, region: region)
        return resources
    }

    static func health(_ source: ReportSource, _ progress: Progress) -> [ReportedHealth] {
        progress.begun.compactMap { step in
            guard let result = progress.state(of: step).output?.health else { return nil }
            let answered = result.samples.filter { $0.status != nil }.map(\.milliseconds).sorted()
            return ReportedHealth(
                service: step.split(separator: ":", maxSplits: 1).last.map(String.init) ?? step,
                healthy: result.healthy, samples: result.samples.count,
                healthySamples: result.samples.count { $0.problem == nil },
                medianMilliseconds: answered.isEmpty ? nil : answered[(answered.count - 1) / 2],
                slowestMilliseconds: answered.last, revision: result.samples.last { $0.revision != nil }?.revision,
                identity: result.identity, problem: result.samples.last { $0.problem != nil }?.problem)
        }
    }
}

extension ReportedChanges {
    private static let most = 200

    init?(_ source: ReportSource, _ now: [CheckOutcome]) {
        guard let before = source.earlierChecks else { return nil }
        let release = source.earlier.first { $0.run == before.run }
        self.init(
            run: before.run, started: release?.started ?? "", result: release?.verdict.result.rawValue ?? "unknown")
        let found = CheckDifference.between(before.checks, now)
        func changes(_ kind: CheckDifference.Kind) -> [Change] {
            found.filter { $0.kind == kind }.prefix(Self.most).map {
                Change(
                    check: "\($0.suite)/\($0.id)", before: Self.words($0.earlier, kind), now: Self.words($0.later, kind)
                )
            }
        }
        broken = changes(.broken)
        fixed = changes(.fixed)
        stillFailing = changes(.stillFailing)
        flaky = changes(.flaky)
        notRun = changes(.notRun)
        new = changes(.new)
        gone = changes(.gone)
        slower = changes(.slower)
    }

    private static func words(_ outcome: CheckOutcome?, _ kind: CheckDifference.Kind) -> String? {
        outcome.map { kind == .slower ? Seconds.milliseconds($0.milliseconds) : $0.status }
    }
}
