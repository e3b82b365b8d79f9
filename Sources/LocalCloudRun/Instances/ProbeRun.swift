/// Runs a startup probe to its verdict, with Cloud Run's log lines.
struct ProbeRun: Sendable {
    var probe: Probe
    var target: ProbeTarget
    var container: String
    /// Exit code, once the instance has ended.
    var exitCode: @Sendable () -> Int32?
    var log: @Sendable (_ text: String, _ severity: String) -> Void

    func callAsFunction() async -> StartupFailure? {
        let clock = ContinuousClock()
        await pause(until: clock.now + probe.initialDelay)
        for attempt in 1...max(1, probe.failureThreshold) {
            let start = clock.now
            let deadline = start + probe.timeout
            let passed = await poll(until: deadline) { () -> Bool? in
                if exitCode() != nil { return false }
                let left = deadline - clock.now
                guard left > .zero else { return false }
                switch await ProbeAttempt.run(
                    probe.kind, at: target, timeout: patience(left))
                {
                case .passed: return true
                // A server that answers has its attempt; one that does not listen yet may still come up in time.
                case .answered, .timedOut: return probe.kind == .tcp ? nil : false
                case .refused: return nil
                }
            }
            if passed == true {
                log(
                    "\(probe.title) succeeded after \(attempt) \(attempt == 1 ? "attempt" : "attempts") for container \"\(container)\" on port \(probe.port).",
                    "INFO")
                return nil
            }
            if Task.isCancelled { return .interrupted }
            let code = exitCode()
            if code != nil || attempt == max(1, probe.failureThreshold) {
                log(
                    "\(probe.title) failed \(attempt) \(attempt == 1 ? "time" : "times") consecutively for container \"\(container)\" on port \(probe.port). The instance was not started.\nConnection failed with status \(code == nil ? "DEADLINE_EXCEEDED" : "CANCELLED").",
                    "ERROR")
                if let code { return .exited(code: code, port: probe.port) }
                break
            }
            log(
                "\(probe.title) failed \(attempt) \(attempt == 1 ? "time" : "times") consecutively for container \"\(container)\" on port \(probe.port).",
                "WARNING")
            await pause(until: start + probe.period)
        }
        return probe.isDefault ? .notListening(port: probe.port) : .probeFailed
    }

    /// A TCP attempt is short, so that an instance that ended is noticed soon.
    private func patience(_ left: Duration) -> Duration {
        probe.kind == .tcp ? min(left, .seconds(1)) : left
    }

    /// Until the moment has come or the instance has ended.
    private func pause(until moment: ContinuousClock.Instant) async {
        guard moment > ContinuousClock.now else { return }
        _ = await poll(until: moment) { exitCode() == nil ? nil : true }
    }
}
