/// One of two releases that are compared, with all that is known of it.
package struct ComparedRelease: Hashable, Sendable {
    package var document: ReleaseDocument
    /// What each service was made of: the plan of the run that made its revision. Missing where that is not here.
    package var configurations: [ServiceKey: PlannedService]
    /// Of all suites; nil where nothing was recorded.
    package var checks: [CheckOutcome]?
    /// Empty where the journal is not here.
    package var failures: [FailedStep]

    package init(
        document: ReleaseDocument, configurations: [ServiceKey: PlannedService] = [:], checks: [CheckOutcome]? = nil,
        failures: [FailedStep] = []
    ) {
        self.document = document
        self.configurations = configurations
        self.checks = checks
        self.failures = failures
    }

    /// From the journal of the run.
    ///
    /// - Parameter makers: plans of the runs that made revisions which this one gave traffic to again.
    package init(_ document: ReleaseDocument, plan: Plan, progress: Progress, makers: [String: Plan] = [:]) {
        var configurations: [ServiceKey: PlannedService] = [:]
        for service in plan.services {
            guard let maker = Self.maker(of: service, in: plan) else {
                configurations[Self.key(of: service)] = service
                continue
            }
            configurations[Self.key(of: service)] =
                makers[maker]?.services.first { $0.identity == service.identity && $0.decision == .deploy }
        }
        let smokes = plan.steps.compactMap { progress.state(of: $0.id).output?.smoke }
        let checks = smokes.compactMap(\.checks)
        // Recorded by an earlier version of stagectl: not the same as none.
        let isIncomplete = smokes.contains { $0.checks == nil }
        self.init(
            document: document, configurations: configurations,
            checks: smokes.isEmpty || isIncomplete ? nil : checks.flatMap(\.self),
            failures: FailedStep.all(plan, progress))
    }

    /// The runs whose plans are needed for what this plan gives traffic to again.
    package static func makers(in plan: Plan) -> Set<String> {
        Set(plan.services.compactMap { maker(of: $0, in: plan) })
    }

    /// The run that made the revision; nil where that is the plan's own.
    private static func maker(of service: PlannedService, in plan: Plan) -> String? {
        guard case .reuse = service.decision, let run = service.labels[ReleaseLabel.run], run != plan.run else {
            return nil
        }
        return run
    }

    /// With its region, since the other run may be of an environment with several.
    static func key(of service: PlannedService) -> ServiceKey {
        ServiceKey(service.identity.name, region: service.identity.region)
    }
}
