/// What the suites of runs measured, as their reports need it, for everybody who shares the state.
package protocol EvidenceRecords: Sendable {
    /// Nil where nothing is kept.
    func evidence(of run: String, in environment: String) async throws -> [UInt8]?

    /// Keeps what `change` makes of what is there, which is asked again as often as somebody else was faster; nil leaves it
    /// as it is. Throws `unavailable` when the state cannot be reached, and `usage` for more than
    /// ``EvidenceLimits/largest``.
    func changeEvidence(
        of run: String, in environment: String, _ change: @escaping @Sendable ([UInt8]?) -> [UInt8]?) async throws
}

package enum EvidenceLimits {
    /// Bytes of one run: 5,000 checks that all failed with long texts are well below.
    package static let largest = 32 << 20

    package static func assertBounded(_ bytes: [UInt8], of run: String) throws(Failure) {
        guard bytes.count > largest else { return }
        throw Failure(
            .usage, "the evidence of run `\(run)` is too large to be shared",
            details: [.init("size", "\(bytes.count >> 20) MiB, and at most \(largest >> 20)")],
            hint: "it stays on this machine, whose `stagectl report \(run)` has it; let checks print less")
    }
}
