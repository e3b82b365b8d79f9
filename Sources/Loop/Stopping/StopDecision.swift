import Releases

/// Which rule ends a loop whose goal is not reached; the most telling one where several do.
struct StopDecision {
    private let progress: LoopProgress
    private let order: LoopOrder
    /// Seconds, up to now.
    private let worked: Double

    /// - Parameter working: seconds of work since the last entry.
    init(_ progress: LoopProgress, _ order: LoopOrder, working: Double) {
        self.progress = progress
        self.order = order
        worked = progress.workedSeconds + working
    }

    /// Nil where the loop may go on.
    var record: StopRecord? {
        guard let iteration = progress.current else { return nil }
        let limits = order.limits
        if iteration.isFlakyOnly {
            return StopRecord(
                .flakyOnly,
                "nothing fails but what passes when it is asked again: "
                    + Self.names(iteration.flaky.sorted()))
        }
        if order.mender == .nobody {
            return iteration.isBlocked
                ? blocked(iteration) : StopRecord(.noFix, "nobody is there to mend it: add --fix or --fix-interactive")
        }
        if iteration.number >= limits.iterations {
            let bound = limits.iterations == 1 ? "the only iteration is" : "all \(limits.iterations) iterations are"
            return StopRecord(.iterations, "\(bound) over")
        }
        if order.mender == .watched { return nil }
        if let over = time { return over }
        let still = progress.iterationsWithoutProgress
        if still >= limits.noProgress {
            return StopRecord(.noProgress, "\(still) iteration\(still == 1 ? "" : "s") in a row mended nothing")
        }
        if let bound = limits.cost, progress.cost > 0 || limits.costOfFix > 0,
            progress.cost >= bound || progress.cost + limits.costOfFix > bound
        {
            return StopRecord(
                .cost,
                "\(Dollars.text(progress.cost)) of \(Dollars.text(bound)) are spent, and a fix costs "
                    + (limits.costOfFix > 0 ? "\(Dollars.text(limits.costOfFix))" : "more"))
        }
        return nil
    }

    /// The time that was allowed is over; nil while there is some, and for somebody who watches.
    var time: StopRecord? {
        guard order.mender != .watched, worked >= order.limits.seconds else { return nil }
        return StopRecord(.time, "\(Int(worked)) of \(Int(order.limits.seconds)) seconds are over")
    }

    private func blocked(_ iteration: IterationProgress) -> StopRecord {
        if let unready = iteration.gate?.unready, !unready.isEmpty {
            let names = unready.map { "`\($0.service)`" }.joined(separator: ", ")
            return StopRecord(.blocked, "\(names) does not serve: \(unready[0].diagnosis.first ?? "no answer")")
        }
        return StopRecord(
            .blocked, "release \(iteration.release?.run ?? "") failed: \(iteration.release?.failure?.summary ?? "")",
            failure: iteration.release?.failure)
    }

    /// Nil where the fix is worth trying.
    static func record(of fix: FixRecord, in progress: LoopProgress) -> StopRecord? {
        if let first = fix.refusals.first {
            let rest = fix.refusals.count > 1 ? " (and \(fix.refusals.count - 1) more)" : ""
            let place = first.path.map { "`\($0)`: " } ?? ""
            return StopRecord(.fixRefused, "the fix is refused: \(place)\(first.why)\(rest)")
        }
        if let failure = fix.failure { return StopRecord(.fixFailed, failure) }
        let earlier = progress.iterations.dropLast().last {
            $0.fix?.identity != nil && $0.fix?.identity == fix.identity
        }
        if let earlier {
            return StopRecord(
                .sameFix, "the fix is the one of iteration \(earlier.number), which did not mend it")
        }
        return nil
    }

    private static func names(_ checks: [String]) -> String {
        checks.prefix(5).joined(separator: ", ") + (checks.count > 5 ? " and \(checks.count - 5) more" : "")
    }
}
