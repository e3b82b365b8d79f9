import Verification

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The day on which waivers run out, in UTC: the same for everybody who runs the same suite.
enum Today {
    static var secondsSince1970: Double { Date().timeIntervalSince1970 }

    static var utc: CalendarDay {
        CalendarDay(secondsSince1970: Int(Date().timeIntervalSince1970))
    }
}
