#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Twelve gamblers who bet against the same claim, each always the same share of the most that may be bet. What they own
/// together is a non-negative supermartingale while the claim is true, so by Ville's inequality it is ever above `1/a`
/// with a probability of at most `a`, however often anybody looks.
///
/// One vector holds them all; the lanes after the twelfth own nothing.
enum BettingGrid {
    static let count = 12
    private static let logCount = log(Double(count))

    /// Of the largest bet that cannot ruin.
    static let fractions = lanes([0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99], rest: 0)

    /// What each begins with, of one in all: much on the boldest, since a dead candidate is to be seen at once, and the
    /// rest on eleven that see small differences.
    static let logWeights = lanes([Double](repeating: log(0.6 / 11), count: 11) + [log(0.4)], rest: -.infinity)

    /// `ln Σ exp`, without leaving the range of a double.
    static func logSum(_ logWealth: SIMD16<Double>) -> Double {
        let most = logWealth.max()
        guard most > -.infinity, most < .infinity else { return most }
        var sum = 0.0
        for lane in 0..<count { sum += exp(logWealth[lane] - most) }
        return most + log(sum)
    }

    /// Whether the sum is at least `threshold`, mostly without an exponential: twelve times the largest bounds it.
    static func reaches(_ threshold: Double, _ logWealth: SIMD16<Double>) -> Bool {
        guard logWealth.max() + logCount >= threshold else { return false }
        return logSum(logWealth) >= threshold
    }

    static func lanes(_ values: [Double], rest: Double) -> SIMD16<Double> {
        var result = SIMD16<Double>(repeating: rest)
        for (lane, value) in values.prefix(count).enumerated() { result[lane] = value }
        return result
    }

    /// `log1p` of each lane.
    static func log1p(_ values: SIMD16<Double>) -> SIMD16<Double> {
        var result = SIMD16<Double>(repeating: 0)
        for lane in 0..<count { result[lane] = Self.scalarLog1p(values[lane]) }
        return result
    }

    private static func scalarLog1p(_ value: Double) -> Double {
        #if canImport(Glibc)
        Glibc.log1p(value)
        #elseif canImport(Musl)
        Musl.log1p(value)
        #else
        Darwin.log1p(value)
        #endif
    }
}
