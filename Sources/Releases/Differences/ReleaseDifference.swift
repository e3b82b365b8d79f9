/// What differs between two releases, the older one first however they were named.
package struct ReleaseDifference: Hashable, Sendable {
    package var earlier: ReleaseDocument
    package var later: ReleaseDocument
    /// What the reader must know of the two before anything else.
    package var notes: [String]
    package var services: [ReleasedServiceDifference]
    /// Nil where one of the two has no recorded checks.
    package var checks: [CheckDifference]?
    package var steps: [StepDifference]

    package init(_ one: ComparedRelease, _ other: ComparedRelease) {
        let isInOrder = one.document.started <= other.document.started
        let (before, after) = isInOrder ? (one, other) : (other, one)
        earlier = before.document
        later = after.document
        services = Self.services(before, after)
        steps = StepDifference.between(before.document.steps, after.document.steps)
        checks = before.checks.flatMap { old in after.checks.map { CheckDifference.between(old, $0) } }
        notes = Self.notes(before, after)
    }

    /// Whether anything but names and times differs.
    package var isEmpty: Bool {
        services.allSatisfy(\.isEmpty) && earlier.outcome == later.outcome
            && earlier.verdict.result == later.verdict.result
            && (checks ?? []).allSatisfy { $0.kind == .slower || $0.kind == .stillFailing }
    }

    private static func notes(_ before: ComparedRelease, _ after: ComparedRelease) -> [String] {
        let (old, new) = (before.document, after.document)
        var notes: [String] = []
        if old.environment != new.environment {
            notes.append(
                "the two are of different environments: `\(old.run)` of `\(old.environment)`, `\(new.run)` of "
                    + "`\(new.environment)`")
        }
        for release in [before, after] where release.checks == nil {
            notes.append(
                "of `\(release.document.run)` no single checks are recorded: it ran none, or was made by an earlier version"
            )
        }
        for release in [before, after] {
            let missing = release.document.services.filter {
                $0.outcome != .unchanged && release.configurations[ServiceKey($0.service, region: $0.region)] == nil
            }
            guard !missing.isEmpty else { continue }
            let names = Set(missing.map(\.service)).sorted().map { "`\($0)`" }.joined(separator: ", ")
            notes.append("what \(names) was made of in `\(release.document.run)` is not in this state any more")
        }
        return notes
    }

    private static func services(
        _ before: ComparedRelease, _ after: ComparedRelease
    ) -> [ReleasedServiceDifference] {
        func byKey(_ release: ComparedRelease) -> [ServiceKey: ServiceResult] {
            Dictionary(
                release.document.services.map { (ServiceKey($0.service, region: $0.region), $0) },
                uniquingKeysWith: { $1 })
        }
        let (old, new) = (byKey(before), byKey(after))
        let known = after.document.services + before.document.services
        var seen: Set<ServiceKey> = []
        return known.map { ServiceKey($0.service, region: $0.region) }.filter { seen.insert($0).inserted }.map { key in
            ReleasedServiceDifference(
                key, earlier: old[key], later: new[key], settings: before.configurations[key],
                later: after.configurations[key])
        }
    }
}

/// A step of one of the two, or of both.
package struct StepDifference: Hashable, Sendable {
    package var id: String
    package var earlier: StepResult?
    package var later: StepResult?

    /// In the order of the later release; what only the earlier one had comes after.
    static func between(_ earlier: [StepResult], _ later: [StepResult]) -> [StepDifference] {
        let before = Dictionary(earlier.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let now = Dictionary(later.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        var seen: Set<String> = []
        return (later + earlier).map(\.id).filter { seen.insert($0).inserted }.map {
            StepDifference(id: $0, earlier: before[$0], later: now[$0])
        }
    }
}
