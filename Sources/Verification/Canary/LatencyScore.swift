#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// How much slower the candidate answered than the baseline, as a number between -1 and 1.
package enum LatencyScore {
    /// `tanh(2 (ln c − ln b − ln(1 + tolerance)))`. Odd in the logarithm of the ratio, so its mean is 0 where the two
    /// sides could be exchanged after the tolerance; bounded, so one very slow answer decides nothing.
    ///
    /// - Parameters:
    ///   - candidate: milliseconds; so is `baseline`. Both are taken as at least a microsecond.
    ///   - tolerance: 0.05 forgives 5 %.
    package static func of(candidate: Double, baseline: Double, tolerance: Double) -> Double {
        let ratio = max(candidate, 0.001) / max(baseline, 0.001)
        return tanh(2 * (log(ratio) - log(1 + tolerance)))
    }
}
