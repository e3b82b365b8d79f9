package import Configuration

/// What speaks for the image of one service in another environment, and what against: from what serves there and what
/// the history there says of it. Pure.
package struct PromotionEvidence: Sendable {
    /// The service in one region of the other environment, as it was seen.
    package struct Place: Sendable {
        package var placement: Placement
        package var observation: ServiceObservation?
        /// Newest first.
        package var revisions: [RevisionObservation]
        /// Of the service, newest first.
        package var releases: [ReleaseDocument]

        package init(
            placement: Placement, observation: ServiceObservation?, revisions: [RevisionObservation],
            releases: [ReleaseDocument]
        ) {
            self.placement = placement
            self.observation = observation
            self.revisions = revisions
            self.releases = releases
        }
    }

    /// Nil where nothing serves that could be named.
    package private(set) var origin: PromotionOrigin?
    package private(set) var findings: [PromotionFinding] = []

    /// - Parameters:
    ///   - places: every region that the service has there; at least one.
    ///   - target: what the image is to become here, with the names of its variables.
    ///   - time: of the planning, RFC 3339.
    package init(
        from environment: String, places: [Place], target: PromotionComparison.Side, gate: PromotionGate,
        at time: String
    ) {
        var digests: [String] = []
        for place in places {
            let (seen, found) = Self.look(at: place, from: environment)
            findings += found.map { PromotionFinding(place.placement.key, $0) }
            guard var seen else { continue }
            digests.append(seen.image.digest)
            seen.differences = Self.differences(place, seen.revision, target, gate)
            // What was verified first is the weakest of all regions' evidence.
            if let known = origin, (known.age(at: time) ?? .max) >= (seen.age(at: time) ?? .max) { continue }
            origin = seen
        }
        guard let origin, let key = places.first?.placement.key else { return }
        if Set(digests).count > 1 {
            findings.append(PromotionFinding(key, .regionsDiffer(digests)))
        }
        if let age = origin.age(at: time), age > gate.maximumAgeSeconds {
            findings.append(
                PromotionFinding(key, .tooOld(run: origin.run ?? "", age: age, limit: gate.maximumAgeSeconds)))
        }
        findings += origin.differences.filter(\.isRefused).map { PromotionFinding(key, .differs($0)) }
    }

    private static func differences(
        _ place: Place, _ revision: String, _ target: PromotionComparison.Side, _ gate: PromotionGate
    ) -> [PromotionDifference] {
        // What really ran when it passed says more than what a file says by now.
        let template = place.revisions.first { $0.name == revision }?.template
        let service = place.placement.service
        return PromotionComparison.differences(
            verified: .init(
                container: template?.container ?? service.container,
                variables: Set((template?.environment ?? service.environment).map(\.name)),
                identity: place.placement.identity), wanted: target, refusing: gate.sameSettings)
    }

    // MARK: - One region

    private static func look(
        at place: Place, from environment: String
    ) -> (PromotionOrigin?, [PromotionFinding.Reason]) {
        guard let observation = place.observation, let name = observation.servingRevision,
            let revision = place.revisions.first(where: { $0.name == name })
        else { return (nil, [.servesNothing]) }
        guard let image = revision.pinnedImage else { return (nil, [.unnamed(revision: name, image: revision.image)]) }
        var origin = PromotionOrigin(
            environment: environment, image: image, revision: name, commit: revision.labels[ReleaseLabel.commit],
            tree: revision.labels[ReleaseLabel.tree])
        var reasons: [PromotionFinding.Reason] = []
        if observation.share(of: name) < 100 { reasons.append(.split(TrafficPlan.text(observation.trafficStatuses))) }
        // A later promotion to full traffic probes health alone: the gates ran where the suites did.
        guard
            let release = place.releases.first(where: {
                RevisionEvidence.ranSuites(of: name, place.placement, in: $0)
            })
        else { return (origin, reasons + [unknown(name, image, place)]) }
        origin.run = release.run
        origin.verdict = release.verdict.result
        origin.verified = release.finished ?? release.started
        switch release.verdict.result {
        case .fail: reasons.append(.failed(run: release.run, rule: release.verdict.rule))
        case .incomplete, .inconclusive:
            reasons.append(
                .incomplete(run: release.run, result: release.verdict.result, rule: release.verdict.rule))
        case .pass:
            if !RevisionEvidence.isWitnessed(name, of: place.placement, releases: place.releases) {
                reasons.append(.notWitnessed(revision: name, run: release.run))
            }
        }
        return (origin, reasons)
    }

    /// Nothing is known of what serves; perhaps of what served before somebody changed it.
    private static func unknown(_ revision: String, _ image: ImageReference, _ place: Place) -> PromotionFinding.Reason
    {
        for release in place.releases where release.verdict.result == .pass {
            for result in release.services where result.isOf(place.placement) && result.witnessedHealthy {
                guard let passed = result.image.map({ ImageReference($0).digest }), passed != image.digest else {
                    continue
                }
                return .moved(run: release.run, passed: passed, serving: image.digest)
            }
        }
        return .none(revision: revision)
    }
}

extension ImageReference {
    /// `sha256:…`; the whole text where it names none.
    var digest: String { value.split(separator: "@", maxSplits: 1).dropFirst().first.map(String.init) ?? value }
}

extension RevisionObservation {
    /// Its image by digest, as it was named or as the platform resolved it; nil where neither says one.
    package var pinnedImage: ImageReference? {
        if image.contains("@sha256:") { return ImageReference(image) }
        guard let digest = template?.digest else { return nil }
        let slash = image.lastIndex(of: "/") ?? image.startIndex
        let name = image[slash...].lastIndex(of: ":").map { image[..<$0] } ?? image[...]
        return ImageReference("\(name)@\(digest)")
    }
}
