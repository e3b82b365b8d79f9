package import Configuration

/// Where a promoted image was verified: what serves in the other environment, and the release that says it passed.
/// Values that are nil are not known; without them nothing is promoted but by an override.
package struct PromotionOrigin: Codable, Hashable, Sendable {
    package var environment: String
    /// By digest.
    package var image: ImageReference
    /// That serves there.
    package var revision: String
    /// Of the image's build.
    package var commit: String?
    /// Whether that commit described the source: `clean`, `dirty` or `none`.
    package var tree: String?
    /// The release that ran the revision's gates.
    package var run: String?
    package var verdict: VerdictSummary.Result?
    /// RFC 3339: when that release ended.
    package var verified: String?
    package var differences: [PromotionDifference]

    package init(
        environment: String, image: ImageReference, revision: String, commit: String? = nil, tree: String? = nil,
        run: String? = nil, verdict: VerdictSummary.Result? = nil, verified: String? = nil,
        differences: [PromotionDifference] = []
    ) {
        self.environment = environment
        self.image = image
        self.revision = revision
        self.commit = commit
        self.tree = tree
        self.run = run
        self.verdict = verdict
        self.verified = verified
        self.differences = differences
    }

    /// Seconds between the evidence and `time` (RFC 3339); nil where there is none. Never below zero: clocks differ.
    package func age(at time: String) -> Int? {
        guard let verified, let from = MomentText.milliseconds(verified), let to = MomentText.milliseconds(time) else {
            return nil
        }
        return Int(max(0, to - from) / 1000)
    }

    /// As a record shows it.
    /// - Parameter time: when the promotion was planned, RFC 3339.
    package func shown(at time: String) -> PromotedFrom {
        PromotedFrom(
            environment: environment, run: run, revision: revision, commit: commit, verdict: verdict,
            ageSeconds: age(at: time), differences: differences)
    }
}

/// Where a release's image came from, in its record.
package struct PromotedFrom: Codable, Hashable, Sendable {
    package var environment: String
    package var run: String?
    package var revision: String
    package var commit: String?
    package var verdict: VerdictSummary.Result?
    /// Between the end of that release and the planning of this one.
    package var ageSeconds: Int?
    package var differences: [PromotionDifference]
}

/// A kind of settings in which the revision that was verified and the one that is made of its image differ.
package struct PromotionDifference: Codable, Hashable, Sendable {
    package var setting: PromotionSetting
    /// Where it was verified. Never a variable's value.
    package var there: String
    package var here: String
    /// Whether the gate refuses it.
    package var isRefused: Bool

    package init(_ setting: PromotionSetting, there: String, here: String, isRefused: Bool) {
        self.setting = setting
        self.there = there
        self.here = here
        self.isRefused = isRefused
    }

    package var text: String { "\(setting.rawValue): \(there) there, \(here) here" }
}
