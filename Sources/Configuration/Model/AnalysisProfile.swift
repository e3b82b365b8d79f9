/// How small a difference an analysis is to tell, and for how many pairs it may try.
package enum AnalysisProfile: String, Codable, Hashable, Sendable, CaseIterable {
    case quick
    case standard = "default"
    case strict

    /// A candidate that passed fails more often by less than this, with 95 % confidence.
    package var difference: Double {
        switch self {
        case .quick: 0.1
        case .standard: 0.05
        case .strict: 0.02
        }
    }

    /// After so many pairs without an answer it is inconclusive. Without any failure 35, 72 and 182 pairs are enough;
    /// the quick profile gets three times that, as the others do roughly.
    package var maximumPairs: Int {
        switch self {
        case .quick: 100
        case .standard: 300
        case .strict: 600
        }
    }
}
