package import Configuration

/// What another implementation of the same test came to, with 10,000 runs each (numpy and scipy; errors alone, a look after
/// every pair): how often a candidate fails and passes, and after how many pairs in the middle.
package struct OperatingCharacteristic: Sendable {
    package var profile: AnalysisProfile
    /// Failure rates.
    package var baseline: Double
    package var candidate: Double
    package var fails: Double
    package var passes: Double
    package var medianToFail: Int?
    package var medianToPass: Int?

    private init(
        _ profile: AnalysisProfile, _ baseline: Double, _ candidate: Double, fails: Double, passes: Double,
        toFail: Int?,
        toPass: Int?
    ) {
        self.profile = profile
        self.baseline = baseline
        self.candidate = candidate
        self.fails = fails
        self.passes = passes
        medianToFail = toFail
        medianToPass = toPass
    }

    var scenario: CanaryScenario { .rates(baseline, candidate, profile) }

    package var name: String { scenario.name }

    package static let published: [OperatingCharacteristic] = [
        .init(.standard, 0, 0, fails: 0.0000, passes: 1.0000, toFail: nil, toPass: 72),
        .init(.standard, 0.001, 0.001, fails: 0.0000, passes: 1.0000, toFail: nil, toPass: 72),
        .init(.standard, 0.005, 0.005, fails: 0.0011, passes: 0.9976, toFail: 300, toPass: 72),
        .init(.standard, 0.02, 0.02, fails: 0.0143, passes: 0.8739, toFail: 287, toPass: 129),
        .init(.standard, 0.1, 0.1, fails: 0.0259, passes: 0.2848, toFail: 300, toPass: 134),
        .init(.standard, 0.5, 0.5, fails: 0.0298, passes: 0.1165, toFail: 300, toPass: 73),
        .init(.standard, 0, 1, fails: 1.0000, passes: 0.0000, toFail: 7, toPass: nil),
        .init(.standard, 0, 0.5, fails: 1.0000, passes: 0.0000, toFail: 13, toPass: nil),
        .init(.standard, 0, 0.2, fails: 1.0000, passes: 0.0000, toFail: 34, toPass: nil),
        .init(.standard, 0, 0.1, fails: 0.9993, passes: 0.0007, toFail: 67, toPass: 72),
        .init(.standard, 0, 0.05, fails: 0.9700, passes: 0.0300, toFail: 132, toPass: 72),
        .init(.standard, 0.005, 0.05, fails: 0.9067, passes: 0.0473, toFail: 170, toPass: 72),
        .init(.standard, 0.01, 0.05, fails: 0.7768, passes: 0.0690, toFail: 227, toPass: 72),
        .init(.standard, 0.01, 0.1, fails: 0.9971, passes: 0.0026, toFail: 91, toPass: 58),
        .init(.standard, 0.05, 0.15, fails: 0.9803, passes: 0.0045, toFail: 145, toPass: 31),
        .init(.standard, 0.05, 0.1, fails: 0.5972, passes: 0.0307, toFail: 300, toPass: 35),
        .init(.standard, 0.01, 0.06, fails: 0.9023, passes: 0.0312, toFail: 187, toPass: 58),
        .init(.strict, 0, 0, fails: 0.0000, passes: 1.0000, toFail: nil, toPass: 182),
        .init(.strict, 0.001, 0.001, fails: 0.0000, passes: 0.9986, toFail: nil, toPass: 182),
        .init(.strict, 0.005, 0.005, fails: 0.0077, passes: 0.8864, toFail: 600, toPass: 182),
        .init(.strict, 0.02, 0.02, fails: 0.0209, passes: 0.4153, toFail: 600, toPass: 282),
        .init(.strict, 0.1, 0.1, fails: 0.0348, passes: 0.1086, toFail: 600, toPass: 151),
        .init(.strict, 0.5, 0.5, fails: 0.0325, passes: 0.0655, toFail: 600, toPass: 41),
        .init(.strict, 0, 1, fails: 1.0000, passes: 0.0000, toFail: 7, toPass: nil),
        .init(.strict, 0, 0.5, fails: 1.0000, passes: 0.0000, toFail: 14, toPass: nil),
        .init(.strict, 0, 0.2, fails: 1.0000, passes: 0.0000, toFail: 34, toPass: nil),
        .init(.strict, 0, 0.1, fails: 1.0000, passes: 0.0000, toFail: 66, toPass: nil),
        .init(.strict, 0, 0.05, fails: 1.0000, passes: 0.0000, toFail: 134, toPass: nil),
        .init(.strict, 0.005, 0.05, fails: 0.9985, passes: 0.0003, toFail: 183, toPass: 145),
        .init(.strict, 0.01, 0.05, fails: 0.9815, passes: 0.0025, toFail: 282, toPass: 112),
        .init(.strict, 0.01, 0.1, fails: 1.0000, passes: 0.0000, toFail: 90, toPass: nil),
        .init(.strict, 0.05, 0.15, fails: 0.9985, passes: 0.0014, toFail: 146, toPass: 27),
        .init(.strict, 0.05, 0.1, fails: 0.8926, passes: 0.0062, toFail: 435, toPass: 43),
        .init(.strict, 0, 0.02, fails: 0.9594, passes: 0.0271, toFail: 327, toPass: 182),
        .init(.strict, 0.01, 0.03, fails: 0.6387, passes: 0.0320, toFail: 541, toPass: 112),
    ]
}
