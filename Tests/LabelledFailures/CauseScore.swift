package import Loop

/// How well groups fit labels.
package struct CauseScore: Sendable {
    package var failures = 0
    package var batches = 0
    package var kinds: Set<CauseKind> = []
    /// Failures in a group of which most have the same cause.
    package var inPureGroup = 0
    /// Failures whose group names the right kind of cause.
    package var right = 0
    /// Groups for each cause that there was; 1 is best, more are causes that were torn apart.
    package var groups = 0
    package var causes = 0
    /// Failures that no group holds.
    package var lost = 0
    /// What went wrong: kind by kind, with an example.
    package var misses: [String] = []

    package init(batches seeds: Range<UInt64>, vocabulary: Vocabulary) {
        for seed in seeds { add(LabelledBatch(seed: seed, vocabulary: vocabulary)) }
    }

    package var purity: Double { failures == 0 ? 0 : Double(inPureGroup) / Double(failures) }
    package var accuracy: Double { failures == 0 ? 0 : Double(right) / Double(failures) }
    package var groupsPerCause: Double { causes == 0 ? 0 : Double(groups) / Double(causes) }

    private mutating func add(_ batch: LabelledBatch) {
        batches += 1
        failures += batch.labels.count
        kinds.formUnion(batch.labels.values.map(\.kind))
        causes += Set(batch.labels.values).count
        var seen: Set<String> = []
        for group in Causes.groups(of: batch.facts) {
            let labels = group.checks.compactMap { batch.labels[$0.name] }
            seen.formUnion(group.checks.map(\.name))
            guard !labels.isEmpty else { continue }
            groups += 1
            let counts = Dictionary(labels.map { ($0, 1) }, uniquingKeysWith: +)
            inPureGroup += counts.values.max() ?? 0
            right += labels.count { $0.kind == group.cause.kind }
            for check in group.checks {
                guard let label = batch.labels[check.name], label.kind != group.cause.kind else { continue }
                let failure = batch.facts.failed.first { $0.name == check.name }
                misses.append(
                    "\(label.kind.rawValue) taken for \(group.cause.kind.rawValue): "
                        + "\(failure?.message ?? "")  \(failure?.logLines.last ?? "")")
            }
        }
        let unheld = batch.labels.filter { !seen.contains($0.key) }
        lost += unheld.count
        misses += unheld.map { name, label in
            "\(label.kind.rawValue) in no group: \(batch.facts.idle.first { $0.name == name }?.reason ?? name)"
        }
    }
}
