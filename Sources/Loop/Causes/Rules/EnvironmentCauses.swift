/// Tests that do not see where they run, and so do not.
enum EnvironmentCauses {
    private static let phrases = [
        Phrase(
            [
                "environment", "staging", " env ", "deployment target", "target url", "base url", " stage ",
                "live system", "e2e",
            ],
            [
                "not available", "unavailable", "not detected", "undetected", "unable to detect", "could not detect",
                "couldn t detect", "cannot detect", "not reachable", "unreachable", "not set", "unknown",
                "not configured",
                "not recognised", "not recognized", "requires", "only run", "only runs", "not running in",
                "not running against",
                "skipped outside", "outside of", "undefined", "no staging", "not a staging", "detection", "missing",
                "is not staging",
                "could not determine", "could not be", "determined", "found none", "none found", "cannot determine",
                "is not staging", "unable to determine", "couldn t determine", "not found", "is local", "disabled",
                "needs ",
            ])
    ]

    static func finding(_ reason: String) -> CauseFinding? {
        let text = SeenText(reason, .check)
        guard phrases.contains(where: { $0.fits(text) }) else { return nil }
        return finding(text.evidence)
    }

    static let rules = [
        CauseRule(.environmentUndetected) { failure in
            guard failure.status == nil, failure.closeCode == nil,
                let seen = failure.messages.first(where: { text in
                    phrases.contains { $0.fits(text) }
                        && ["detect", "determine", "recogni"].contains { text.words.contains($0) }
                })
            else { return nil }
            return finding(seen.evidence)
        }
    ]

    private static func finding(_ seen: CauseEvidence) -> CauseFinding {
        CauseFinding(
            .named, .environmentUndetected, "tests do not see in which environment they run, and skip themselves",
            evidence: [seen],
            fix:
                "give the runner what its detection looks for (`env` of the check), or mend the detection; a skip is no pass"
        )
    }
}
