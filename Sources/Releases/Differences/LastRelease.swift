import Configuration

/// What the last release of a service left behind, as far as its annotations, the ledger and the journal tell.
package struct LastRelease: Hashable, Sendable {
    package var run: String?
    package var revision: String
    /// What the release did to this service; nil where the ledger does not have it.
    package var result: ServiceResult?
    /// As it was planned; nil where the journal is not here.
    package var planned: PlannedService?
    /// The service when the release locked it; nil where there was none, or nobody knows.
    package var before: ServiceObservation?

    package init(
        run: String? = nil, revision: String, result: ServiceResult? = nil, planned: PlannedService? = nil,
        before: ServiceObservation? = nil
    ) {
        self.run = run
        self.revision = revision
        self.result = result
        self.planned = planned
        self.before = before
    }

    /// Nil for a service that no release has left.
    ///
    /// - Parameters:
    ///   - document: of the run that the service's annotations name, if it is here.
    ///   - journal: of that run.
    package init?(
        of placement: Placement, _ observation: ServiceObservation, document: ReleaseDocument?,
        journal: (plan: Plan, progress: Progress)?
    ) {
        guard let revision = observation.annotations[ReleaseAnnotation.revision] else { return nil }
        let planned = journal?.plan.services.first { $0.identity == placement.identity }
        self.init(
            run: observation.annotations[ReleaseAnnotation.run], revision: revision,
            result: document?.services.first { $0.isOf(placement) }, planned: planned,
            before: planned.flatMap { journal?.progress.state(of: "lock:\($0.key)").output?.snapshot })
    }

    /// Access, instances and entry as the release left them: it changes none of them on a service that is there already.
    var access: (isPublic: Bool?, ingress: String?, invokers: [String]?, scaling: [String: String]?) {
        guard let planned else { return (nil, nil, nil, nil) }
        guard let before else {
            // Without a look before it the service was made by this release, or nobody can say.
            guard !planned.exists else { return (planned.wasPublic, nil, planned.invokers, nil) }
            let isPublic = planned.service.isPublic
            return (isPublic, planned.service.container.ingress ?? "all", isPublic ? ["allUsers"] : [], [:])
        }
        let opened = planned.isFirst && planned.service.isPublic
        let invokers = (before.invokers ?? planned.invokers).map { Set($0).union(opened ? ["allUsers"] : []).sorted() }
        return (before.isPublic || opened, before.ingress, invokers, before.scaling)
    }
}
