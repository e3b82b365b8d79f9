#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// How long the campaigns are: `scripts/test` plays a short form, `scripts/campaigns` the whole one.
enum CampaignSize {
    static let isWhole = ProcessInfo.processInfo.environment["STAGECTL_CAMPAIGN"] == "whole"

    static func number(_ short: Int, whole: Int) -> Int { isWhole ? whole : short }
}
