import NIOCore
import NIOHTTP1

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A request of a proxy's caller that is under way.
struct ProxyExchange {
    var request: HTTPRequestHead
    var destination: ProxyDestination
    var path: String
    var requestEnded = false
    var answered = false
    /// The answer was 101: what follows its end is no HTTP.
    var isSwitching = false
    /// Until there is a connection.
    var waiting: [HTTPServerRequestPart] = []
    var isUpgrade: Bool
    /// The caller takes this machine for the target.
    var isTurned: Bool
    var keepAlive: Bool

    /// In seconds since 1970.
    static var now: Double {
        var moment = timespec()
        clock_gettime(CLOCK_REALTIME, &moment)
        return Double(moment.tv_sec) + Double(moment.tv_nsec) / 1e9
    }
}
