#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What the broken samples log: the lines a real service would leave, so that a cause can be found from outside.
enum FaultBehaviour {
    static func crash(_ settings: Settings) -> Int32 {
        Log.line("sample \(settings.role) starting")
        Log.error("Fatal error: configuration key `database.pool` is missing")
        Log.error("  at Configuration.load (configuration.swift:41)")
        Log.error("  at Database.connect (database.swift:17)")
        Log.error("  at main (main.swift:8)")
        return 1
    }

    static func waitForEver(_ settings: Settings, signals: inout sigset_t) -> Int32 {
        Log.line("sample \(settings.role) starting")
        var attempt = 1
        var pause = timespec(tv_sec: 1, tv_nsec: 0)
        while true {
            Log.error("waiting for database connection db.internal:5432 (attempt \(attempt)): connection timed out")
            attempt += 1
            // The pause of a retry loop that a signal ends early.
            if sigtimedwait(&signals, nil, &pause) > 0 { return 0 }
        }
    }

    static func logUnhealthy() {
        Log.error("health check failed: dependency database is down: dial tcp db.internal:5432: connection refused")
    }

    static func logRefusedUpgrade() {
        Log.error("WebSocket /ws refused with 403: origin is not in ALLOWED_ORIGINS")
    }

    /// Structured, so that it is found by the request's trace (https://cloud.google.com/run/docs/logging#run_manual_logging).
    static func logMissingHeaders(of trace: String) {
        Log.error(
            #"{"severity":"WARNING","message":"WebSocket /ws refused with 403: header Authorization is missing","#
                + #""logging.googleapis.com/trace":"projects/sample/traces/\#(trace)"}"#)
    }

    static func logWebSocketTraceback() {
        Log.error("Traceback (most recent call last):")
        Log.error("  File \"/app/sockets/agent.py\", line 88, in handle")
        Log.error("    session = await self.sessions.open(user)")
        Log.error("RuntimeError: session store redis.internal:6379 is not reachable")
    }
}
