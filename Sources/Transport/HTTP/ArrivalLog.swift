/// So many bytes of a body had come by then, in microseconds since the start of the request.
package struct HTTPArrival: Hashable, Sendable {
    package var bytes: Int
    package var microseconds: Int64
}

/// Notes when a body came. A stream of single bytes needs no more room for its times than for itself: bytes that come
/// closer together than half a millisecond have the time of the first of them.
struct ArrivalLog {
    private static let resolution: Int64 = 500

    private let start = ContinuousClock.now
    private(set) var all: [HTTPArrival] = []

    /// `bytes` of the body have come.
    mutating func note(_ bytes: Int) {
        let elapsed = start.duration(to: .now).components
        let microseconds = elapsed.seconds * 1_000_000 + elapsed.attoseconds / 1_000_000_000_000
        if let last = all.last, microseconds - last.microseconds < Self.resolution {
            all[all.count - 1].bytes = bytes
        } else {
            all.append(HTTPArrival(bytes: bytes, microseconds: microseconds))
        }
    }
}
