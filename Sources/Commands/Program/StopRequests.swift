#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What the signals of one invocation ask for, taken together.
///
/// Three ways to end something say one thing more than once, and none of them means "stop at once": a closed terminal
/// (the kernel and the shell each send SIGHUP, and a machine that goes down sends SIGTERM after it), and timeout(1),
/// which sends SIGTERM to its child and then to the group that the child is in.
struct StopRequests: Sendable {
    enum Answer: Hashable, Sendable {
        case stopSafely, stopNow
        /// Already known.
        case nothingNew
    }

    /// As long as timeout(1) may take between its two signals.
    private static let echo = Duration.milliseconds(100)

    /// The signal that began the stop; nil while none has come.
    private(set) var first: Int32?
    /// Of the first signal that somebody sent on purpose.
    private var counted: (number: Int32, time: ContinuousClock.Instant)?

    mutating func take(_ number: Int32, at now: ContinuousClock.Instant) -> Answer {
        let isNew = first == nil
        first = first ?? number
        guard number != SIGHUP else { return isNew ? .stopSafely : .nothingNew }
        guard let counted else {
            counted = (number, now)
            return isNew ? .stopSafely : .nothingNew
        }
        if number == SIGTERM, counted.number == SIGTERM, now - counted.time < Self.echo { return .nothingNew }
        return .stopNow
    }

    /// A closed terminal ends a run as SIGTERM does, and with its code: the table of exit codes is closed, and nobody
    /// is left at that terminal who could tell 129 from 143.
    static func status(of number: Int32) -> ExitStatus { number == SIGINT ? .interrupted : .terminated }

    /// The signals that are listened to. `nohup` leaves SIGHUP ignored, and what is ignored stays so.
    static func signals() -> [Int32] {
        var hangUp = sigaction()
        sigaction(SIGHUP, nil, &hangUp)
        #if canImport(Glibc)
        let isIgnored = unsafeBitCast(hangUp.__sigaction_handler.sa_handler, to: Int.self) == 1
        #else
        let isIgnored = unsafeBitCast(hangUp.__sigaction_u.__sa_handler, to: Int.self) == 1
        #endif
        return isIgnored ? [SIGINT, SIGTERM] : [SIGINT, SIGTERM, SIGHUP]
    }
}
