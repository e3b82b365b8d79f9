extension BisectSearch {
    /// What the finished search says, in one sentence; nil while it goes on.
    package var conclusion: String? {
        guard next == nil else { return nil }
        if let commit = firstBadCommit {
            return "commit \(commit.prefix(12)) broke it: `\(order.check.name)` passes at its parent and fails at it"
        }
        if isElsewhere {
            return "no commit broke it: `\(order.check.name)` fails where it once passed, or passes where it fails"
        }
        guard suspects.count > 1 else {
            return suspects.first.map { "commit \($0.prefix(12)) may have broken it; its parent could not be asked" }
        }
        return "one of \(suspects.count) commits broke it; they could not all be asked"
    }

    /// The groups with the search's check end their chain with what was found.
    ///
    /// - Parameter subjects: of commits, by their id.
    package func told(in groups: [FailureGroup], subjects: [String: String]) -> [FailureGroup] {
        guard let conclusion else { return groups }
        let why = Why(
            conclusion,
            evidence: suspects.prefix(5).map { commit in
                CauseEvidence(
                    .change, [String(commit.prefix(12)), subjects[commit]].compactMap(\.self).joined(separator: " "))
            }, isKnown: firstBadCommit != nil)
        return groups.map { group in
            guard group.checks.contains(where: { $0.name == order.check.name }) else { return group }
            var group = group
            if group.cause.whys.last?.isKnown == false { group.cause.whys.removeLast() }
            group.cause.whys = group.cause.whys.prefix(Why.most - 1) + [why]
            return group
        }
    }
}
