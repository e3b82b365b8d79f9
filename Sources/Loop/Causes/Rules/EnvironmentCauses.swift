/// Tests that do not see where they run, and so do not.
enum EnvironmentCauses {
    private static let places = [
        "environment", "staging", " env ", "deployment target", "target url", "base url", " stage ", "live system",
        " e2e ",
    ]
    private static let lacks = [
        " not ", " no ", " none ", "unable", "could", "cannot", "can t ", "couldn t ", "unknown", "undetect",
        "undefined", "unset",
        "unavailable", "unreachable", "missing", "detection", "require", " only ", "outside", "disabled", "needs ",
        " null ",
        "fail", " is local", "unidentified", "unrecogni",
    ]
    private static let phrases = [Phrase(places, lacks)]

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
                        && ["detect", "determine", "recogni", "identif"].contains { text.mentions($0) }
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
